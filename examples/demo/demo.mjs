// `make demo`: verifies tokens of an issuer like AWS STS, or your own token, with the built package in Node and with
// examples/worker in Cloudflare's workerd. Exits with 1 if any check fails.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { base64url, NAMESPACE, serveIssuer } from '../../tests/js/support/issuer.mjs';
import {
  calculateJwkThumbprint,
  createTestIssuer,
  decode,
  KeySet,
  verify,
  version,
} from '../../tests/js/support/packages.mjs';
import { PROJECT } from '../../tests/js/support/paths.mjs';
import { CONTENDERS, meanTime, medianTime } from '../../tests/js/support/timing.mjs';
import { bundleWorker, startWorkerd, workerdVersion } from '../../tests/js/support/workerd.mjs';

const TIMING_WORKER = fileURLToPath(new URL('../../tests/js/support/timing-worker.mjs', import.meta.url));

const colour = process.stdout.isTTY && !process.env.NO_COLOR;
const paint = (code) => (text) => (colour ? `\x1b[${code}m${text}\x1b[0m` : text);
const [bold, dim, red, green] = ['1', '2', '31', '32'].map(paint);
const heading = (text) => console.log(`\n${bold(text)}`);
const fact = (name, value) => console.log(`  ${dim(name.padEnd(9))} ${value}`);

const outcomes = [];
/** Prints the outcome of a check, and records whether it passed. */
function check(passed, what, outcome) {
  outcomes.push(passed);
  console.log(`  ${passed ? green('✓') : red('✗')} ${what.padEnd(40)} ${outcome}`);
}

const { issuer, audience, jwks, good, bad } = ownToken() ?? (await inventedTokens());
const running = [];
try {
  const served = keep(await serveIssuer(issuer, jwks));
  await introduce(served);
  await trial(`Node ${process.versions.node}, sts-jwt ${version} installed from the tarball of pkg/`, askNode);
  heading('Bundling examples/worker with wrangler ...');
  const bundle = await bundleWorker('example', { project: join(PROJECT, 'worker') });
  await trial(`workerd ${workerdVersion}, examples/worker over HTTP`, askWorkerd(bundle, served));
  if (outcomes.every(Boolean)) await compareTimes();
} finally {
  for (const one of running) await one.stop();
}
const failures = outcomes.filter((passed) => !passed).length;
console.log(
  failures
    ? red(`\n${failures} of ${outcomes.length} checks failed.`)
    : green(`\nAll ${outcomes.length} checks passed.`),
);
process.exitCode = failures ? 1 : 0;

function keep(service) {
  running.push(service);
  return service;
}

// ---- Tokens

/** Creates tokens like those of AWS STS, with new keys. */
async function inventedTokens() {
  const ours = await createTestIssuer();
  const stranger = await createTestIssuer();
  const audience = 'https://edge.example.test';
  const es384 = await ours.token({ audience });
  return {
    issuer: ours.issuer,
    audience,
    jwks: ours.jwksText(),
    good: [es384, await ours.token({ audience, alg: 'RS256' })],
    bad: [
      ...forgeries(es384),
      {
        what: 'expired an hour ago',
        token: await ours.token({ audience, issuedAt: Date.now() / 1000 - 3900 }),
        code: 'ERR_JWT_EXPIRED',
      },
      {
        what: 'issued for another audience',
        token: await ours.token({ audience: 'https://other.example.test', alg: 'RS256' }),
        code: 'ERR_JWT_CLAIM_VALIDATION_FAILED',
      },
      {
        what: 'signed by another AWS account',
        token: await ours.token({ audience, key: stranger.key('RS256') }),
        code: 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED',
      },
      {
        what: 'signed with an unpublished key',
        token: await ours.token({ audience, header: { kid: 'EC384_1' } }),
        code: 'ERR_JWKS_NO_MATCHING_KEY',
      },
    ],
  };
}

/** Returns the token of `make demo TOKEN=… JWKS=… AUDIENCE=… ISSUER=…`, if TOKEN is set. */
function ownToken() {
  const names = ['token', 'jwks', 'audience', 'issuer'];
  const { values } = parseArgs({ options: Object.fromEntries(names.map((name) => [name, { type: 'string' }])) });
  const missing = names.filter((name) => !values[name]);
  if (missing.length === names.length) return undefined;
  if (missing.length > 0)
    stop(`Your own token also needs ${missing.map((name) => `${name.toUpperCase()}=`).join(' and ')}.`);
  if (!URL.canParse(values.issuer)) stop('ISSUER= must be a URL, written exactly as in the "iss" claim.');
  const token = read(values.token).trim();
  const jwks = read(values.jwks);
  try {
    new KeySet(jwks).free();
  } catch (error) {
    stop(`${values.jwks}: ${error.message}`);
  }
  return {
    issuer: values.issuer,
    audience: values.audience,
    jwks,
    good: [token],
    bad: [
      ...forgeries(token),
      {
        what: 'checked against another audience',
        token,
        audience: `${values.audience}.other`,
        code: 'ERR_JWT_CLAIM_VALIDATION_FAILED',
      },
    ],
  };
}

function read(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    return stop(`${file} cannot be read: ${error.message}`);
  }
}

function stop(reason) {
  console.error(reason);
  process.exit(2);
}

/** Returns the tokens that an attacker without the key can make from a valid token. */
function forgeries(token) {
  const [header, payload, signature = ''] = token.split('.');
  const bits = Buffer.from(signature, 'base64url');
  if (bits.length > 0) bits[bits.length >> 1] ^= 1;
  const none = base64url('{"alg":"none","typ":"JWT"}');
  const forgedPayload = base64url(JSON.stringify({ ...read64(payload), sub: 'arn:aws:iam::111122223333:role/admin' }));
  return [
    {
      what: 'one bit of the signature flipped',
      token: `${header}.${payload}.${bits.toString('base64url')}`,
      code: 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED',
    },
    {
      what: 'another role written into the claims',
      token: `${header}.${forgedPayload}.${signature}`,
      code: 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED',
    },
    { what: 'alg "none", signature kept', token: `${none}.${payload}.${signature}`, code: 'ERR_JOSE_ALG_NOT_ALLOWED' },
    { what: 'alg "none", signature removed', token: `${none}.${payload}.`, code: 'ERR_JWS_INVALID' },
  ];
}

/** Decodes a segment without the package, so that the package's results can be compared with the decoded values. */
function read64(segment = '') {
  try {
    return JSON.parse(Buffer.from(segment, 'base64url').toString());
  } catch {
    return {};
  }
}

// ---- The two runtimes. Both return { caller } or { code, message }.

function askNode({ token, audience: expected = audience }) {
  try {
    const { claims, key, alg } = verify(token, jwks, { issuer, audience: expected });
    const { aws_account: account, source_region: region, org_id: org } = claims[NAMESPACE] ?? {};
    return { caller: { principal: claims.sub, account, region, org, key, alg } };
  } catch ({ code, message }) {
    return { code, message };
  }
}

function askWorkerd(bundle, served) {
  const workers = new Map();
  // Allows any caller. Your own token does not have to come from AWS.
  const policy = NAMESPACE in read64(good[0].split('.')[1]) ? { AWS_POLICY: {} } : {};
  const workerFor = async (audience) =>
    keep(
      await startWorkerd(bundle, { vars: { ISSUER: issuer, AUDIENCE: audience, ...policy }, outbound: served.address }),
    );
  return async ({ token, audience: expected = audience }) => {
    if (!workers.has(expected)) workers.set(expected, await workerFor(expected));
    const response = await fetch(workers.get(expected).url, { headers: { authorization: `Bearer ${token}` } });
    const body = await response.json();
    return response.ok ? { caller: body } : { code: body.error, message: body.message };
  };
}

// ---- Output

async function introduce(served) {
  heading('The issuer');
  fact('issuer', issuer);
  fact('served', `by http://${served.address} in its place`);
  for (const { kid, kty, bits, alg, usable, problem } of new KeySet(jwks).keys) {
    const state = usable ? `alg ${alg ?? 'not specified'}` : `not usable: ${problem}`;
    fact('key', `${kid ?? '(no kid)'}: ${kty} ${bits ?? ''}, ${state}`);
  }
  for (const token of good) {
    const { alg, kid } = read64(token.split('.')[0]);
    fact('token', `${token.length} characters, signed with ${kid ?? 'an unnamed key'} (${alg}), for ${audience}`);
  }
}

async function trial(runtime, ask) {
  heading(runtime);
  for (const token of good) {
    const { alg, kid } = read64(token.split('.')[0]);
    const { caller, code, message } = await ask({ token });
    check(
      caller && (await isCorrect(caller, token)),
      `${alg ?? 'token'} token`,
      caller ? 'accepted' : `${code}: ${message}`,
    );
    if (!caller) continue;
    fact('caller', caller.principal);
    if (caller.account)
      fact('account', `${caller.account}, region ${caller.region}, organization ${caller.org ?? 'none'}`);
    fact('key', `${caller.key.kid ?? kid ?? '(no kid)'}, thumbprint ${caller.key.thumbprint}`);
  }
  for (const { what, code: expected, ...attempt } of bad) {
    const { caller, code } = await ask(attempt);
    check(!caller && code === expected, what, caller ? red('ACCEPTED') : code);
  }
}

/** Whether the result matches the token, and the key in the result is in the set. */
async function isCorrect({ principal, account, region, org, key, alg }, token) {
  const [header, claims] = token.split('.').map(read64);
  const aws = claims[NAMESPACE] ?? {};
  const thumbprints = await Promise.all(
    JSON.parse(jwks)
      .keys.filter(({ kid }) => kid === header.kid)
      .map((jwk) => calculateJwkThumbprint(jwk)),
  );
  return (
    alg === header.alg &&
    principal === claims.sub &&
    account === aws.aws_account &&
    region === aws.source_region &&
    org === aws.org_id &&
    key.kid === header.kid &&
    thumbprints.includes(key.thumbprint)
  );
}

async function compareTimes() {
  heading('One verification, in microseconds (median; jose in the same run)');
  const { url } = keep(await startWorkerd(await bundleWorker('timing', { entry: TIMING_WORKER })));
  const inWorkerd = (contender, task) => async (count) => {
    const response = await fetch(url, { method: 'POST', body: JSON.stringify({ contender, task, count }) });
    return response.json();
  };
  console.log(dim(`  ${''.padEnd(16)}${'Node'.padStart(10)}${'workerd'.padStart(10)}`));
  for (const token of good) {
    const task = { token, jwks, issuer, audience };
    for (const contender of Object.keys(CONTENDERS)) {
      const run = CONTENDERS[contender](task);
      const times = [await medianTime((count) => meanTime(run, count)), await medianTime(inWorkerd(contender, task))];
      const columns = times.map((time) => time.toFixed(time < 100 ? 1 : 0).padStart(10)).join('');
      console.log(`  ${`${decode(token).header.alg}  ${contender}`.padEnd(16)}${columns}`);
    }
  }
}
