// The test app as a Worker-like server.
import { answer } from './answer.mjs';

export default {
  async fetch(request) {
    return new Response(answer(await request.text()));
  },
};
