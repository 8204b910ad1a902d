// The test app as a server like a Worker.
import { answer } from './answer.mjs';

export default {
  async fetch(request) {
    return new Response(answer(await request.text()));
  },
};
