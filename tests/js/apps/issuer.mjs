// Exercises a test issuer with the WebCrypto, fetch and streams of the runtime. The result must be the same everywhere.
import { createVerifier, init } from 'sts-jwt';
import { createTestIssuer } from 'sts-jwt/testing';

export async function trial() {
  await init();
  const issuer = await createTestIssuer();
  const { issuer: url, jwksUri, jwks } = issuer;
  const options = { audience: 'https://edge.example.test' };
  const verifier = createVerifier({ issuer: url, ...options, aws: {}, jwks });
  const of = async (options) => {
    /** @type {any} */
    const verdict = verifier.safeVerify(await issuer.token(options));
    return verdict.ok ? `${verdict.token.key.kid} ${verdict.token.aws.principal.type}` : verdict.error.code;
  };

  const accepted = [await of({ ...options, alg: 'ES384' }), await of({ ...options, alg: 'RS256', caller: 'user' })];
  await issuer.rotate({ mode: 'same-kid' });
  const rotated = await of(options);
  const served = await (await issuer.worker.fetch(new Request(jwksUri))).text();
  const outages = {};
  for (const fault of /** @type {any[]} */ ([
    503,
    'network',
    'timeout',
    'stalled',
    'html',
    'content-type',
    'truncated',
    'huge',
    'endless',
    'redirect',
  ])) {
    issuer.outage(/** @type {any} */ (fault), { requests: 1 });
    outages[fault] = await outcomeOf(() =>
      issuer.fetch(jwksUri, { redirect: 'manual', signal: AbortSignal.timeout(300) }),
    );
  }
  return { accepted, rotated, isServed: served === issuer.jwksText(), outages, requests: issuer.requests.length };
}

/** Returns the status of a response, and the kind of its body or the error. Reads at most 1 MiB. */
async function outcomeOf(fetch) {
  let status;
  try {
    const response = await fetch();
    status = response.status;
    let length = 0;
    const chunks = [];
    for (const reader = response.body?.getReader(); reader; ) {
      const { value } = await reader.read();
      if (value === undefined) break;
      length += value.length;
      if (length > 2 ** 20) {
        await reader.cancel();
        return [status, 'too long'];
      }
      chunks.push(...value);
    }
    return [status, isJson(new TextDecoder().decode(Uint8Array.from(chunks))) ? 'JSON' : 'no JSON', typeOf(response)];
  } catch (error) {
    return status === undefined ? [error.name] : [status, error.name];
  }
}

const typeOf = (response) => response.headers.get('content-type')?.split(';')[0] ?? null;

function isJson(text) {
  try {
    return typeof JSON.parse(text) === 'object';
  } catch {
    return false;
  }
}
