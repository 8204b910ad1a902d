// Runs the peers in a Worker. A Worker's clock does not advance during computation, so workerd.mjs measures outside of the Worker.
import { createLoad } from './load.mjs';
import { everywhere } from './peers.mjs';

let run;

export default {
  async fetch(request) {
    if (request.method === 'POST') {
      run = await createLoad(everywhere, await request.json());
    } else {
      const { searchParams: query } = new URL(request.url);
      await run(query.get('name'), Number(query.get('count')), Number(query.get('lanes')));
    }
    return new Response();
  },
};
