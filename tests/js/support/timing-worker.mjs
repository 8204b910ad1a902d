// timing.mjs as a Worker. In workerd, unlike in Cloudflare's network, the clock advances during computation.
import { CONTENDERS, meanTime } from './timing.mjs';

export default {
  async fetch(request) {
    const { contender, task, count } = await request.json();
    return Response.json(await meanTime(CONTENDERS[contender](task), count));
  },
};
