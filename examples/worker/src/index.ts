import { JwtError, KeySet, verify, warmup, type VerifiedToken } from "sts-jwt";

// What would be compiled in the first request is compiled while the isolate starts.
warmup();

interface Env {
  ISSUER: string;
  AUDIENCE: string;
}

/** The keys of ISSUER, shared by all requests of this isolate: settled values and timestamps, no promises and no timers. */
let keys: { set: KeySet; fetchedAt: number } | undefined;
let attemptedAt = -Infinity;
const MAX_AGE = 5 * 60_000;
const FETCH_BUDGET = 10_000;

export default {
  async fetch(request, env): Promise<Response> {
    const token = /^Bearer +(\S+) *$/i.exec(request.headers.get("authorization") ?? "")?.[1];
    if (token === undefined) return refuse({ error: "no bearer token" }, 401, "Bearer");
    try {
      return Response.json(caller(await authenticate(token, env)));
    } catch (error) {
      if (error instanceof KeysUnavailable) return refuse({ error: error.message }, 503);
      if (!(error instanceof JwtError)) throw error;
      return refuse({ error: error.code, message: error.message }, error.status, error.challenge());
    }
  },
} satisfies ExportedHandler<Env>;

async function authenticate(token: string, env: Env): Promise<VerifiedToken> {
  const options = { issuer: env.ISSUER, audience: env.AUDIENCE };
  const old = keys !== undefined && Date.now() - keys.fetchedAt > MAX_AGE;
  if (keys === undefined || (old && mayFetch())) await fetchKeys(env.ISSUER);
  try {
    return verify(token, currentKeys(), options);
  } catch (error) {
    // A key that this isolate has not seen yet: AWS may have rotated. One look per budget, whoever asks.
    const rotated = error instanceof JwtError && error.code === "ERR_JWKS_NO_MATCHING_KEY";
    if (!rotated || !mayFetch()) throw error;
    await fetchKeys(env.ISSUER);
    return verify(token, currentKeys(), options);
  }
}

const mayFetch = () => Date.now() - attemptedAt >= FETCH_BUDGET;

/** Replaces the keys, or leaves those we have when the issuer cannot be reached. */
async function fetchKeys(issuer: string): Promise<void> {
  attemptedAt = Date.now();
  try {
    const response = await fetch(`${issuer}/.well-known/jwks.json`, {
      redirect: "manual",
      signal: AbortSignal.timeout(3000),
    });
    if (!response.ok) throw new Error(`the issuer answered ${response.status}`);
    const set = new KeySet(await response.text());
    keys?.set.free();
    keys = { set, fetchedAt: Date.now() };
  } catch (error) {
    console.error("JWKS not refreshed:", error);
  }
}

function currentKeys(): KeySet {
  if (keys === undefined) throw new KeysUnavailable("the issuer's keys cannot be fetched");
  return keys.set;
}

class KeysUnavailable extends Error {}

function caller({ claims, key, alg }: VerifiedToken) {
  const sts = claims["https://sts.amazonaws.com/"] as Record<string, unknown> | undefined;
  return { principal: claims.sub, account: sts?.aws_account, region: sts?.source_region, org: sts?.org_id, key, alg };
}

function refuse(body: object, status: number, challenge?: string): Response {
  return Response.json(body, { status, headers: challenge ? { "www-authenticate": challenge } : {} });
}
