// The issuer as a separate Worker: a test issuer on the network, with commands at /control.
import { createTestIssuer } from 'sts-jwt/testing';

let issuer;
let offset = 0;

const CONTROL = {
  async start(options) {
    issuer = await createTestIssuer({ ...options, now: () => Date.now() / 1000 + offset });
    return { issuer: issuer.issuer };
  },
  ahead: (seconds) => void (offset = seconds),
  tokens: (options, count) => Promise.all(Array.from({ length: count }, () => issuer.token(options))),
  rotate: (rotation) => issuer.rotate(rotation),
  endOverlap: () => issuer.endOverlap(),
  outage: (fault, options) => issuer.outage(fault, options),
  /** Delays the response. */
  slow: (milliseconds) =>
    issuer.outage(async (_, answer) => {
      await new Promise((resolve) => setTimeout(resolve, milliseconds));
      return answer();
    }),
  recover: () => issuer.recover(),
  requests: () => issuer.requests.length,
};

export default {
  async fetch(request) {
    if (new URL(request.url).pathname !== '/control') return issuer.worker.fetch(request);
    const [action, ...args] = await request.json();
    return Response.json((await CONTROL[action](...args)) ?? null);
  },
};
