// The app for hostile input as a Worker.
import { answerHostile } from './hostile.mjs';

export default {
  async fetch(request) {
    return new Response(await answerHostile(await request.text()));
  },
};
