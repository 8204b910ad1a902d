// Runs issuer.mjs in a Worker.
import { trial } from './issuer.mjs';

export default {
  async fetch() {
    return Response.json(await trial());
  },
};
