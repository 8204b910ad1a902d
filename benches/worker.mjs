// The peers as a Worker. Its clock stands still while it computes, so the time is taken outside: see workerd.mjs.
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
