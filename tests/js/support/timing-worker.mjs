// timing.mjs as a Worker. workerd's clock moves while it computes; Cloudflare's own stands still.
import { CONTENDERS, meanTime } from './timing.mjs';

export default {
  async fetch(request) {
    const { contender, task, count } = await request.json();
    return Response.json(await meanTime(CONTENDERS[contender](task), count));
  },
};
