// The issuers of AWS accounts as a Worker: see gateway.test.mjs and organization.test.mjs.
import { createTestIssuer } from 'sts-jwt/testing';

const issuers = new Map();

export default {
  async fetch(request) {
    const url = new URL(request.url);
    if (url.hostname !== 'control') {
      const issuer = [...issuers.values()].find(({ issuer }) => issuer === url.origin);
      return issuer ? issuer.worker.fetch(request) : new Response(null, { status: 404 });
    }
    const [account, action, ...args] = await request.json();
    // The issuer's host is fixed, because the gateway is configured with it.
    if (action === 'start') issuers.set(account, await createTestIssuer({ account, issuer: args[0] }));
    else return Response.json((await issuers.get(account)[action](...args)) ?? null);
    return Response.json(null);
  },
};
