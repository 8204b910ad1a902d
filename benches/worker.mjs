// Runs the peers in a Worker. A Worker's clock does not advance during computation, so workerd.mjs measures from outside the
// Worker.

import signature from '../target/bench-signature/wasm32-unknown-unknown/release/sts_jwt_signature.wasm';
import { createLoad } from './load.mjs';
import { peersOf } from './peers.mjs';

let run;

export default {
  async fetch(request) {
    if (request.method === 'POST') {
      const { each, material } = await request.json();
      const peers = peersOf(each, signature);
      run = await createLoad(peers, material);
      return new Response(Object.keys(peers).join());
    }
    const { searchParams: query } = new URL(request.url);
    await run(query.get('name'), Number(query.get('count')), Number(query.get('lanes')));
    return new Response();
  },
};
