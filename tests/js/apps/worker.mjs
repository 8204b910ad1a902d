// As a server in the manner of Workers.
import { answer } from './answer.mjs';

export default {
  async fetch(request) {
    return new Response(answer(await request.text()));
  },
};
