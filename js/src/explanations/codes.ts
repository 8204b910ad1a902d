// Explains each error code, and what to do about the error.

import type { JwtErrorCode } from '../core/errors.js';
import { MAX_HEADER_BYTES, MAX_JWKS_BYTES, MAX_KEYS, MAX_TOKEN_BYTES } from '../generated/facts.js';

/** The meaning of an error code. */
export interface CodeMeaning {
  /** When the error occurs. */
  when: string;
  /** What to do about it. */
  advice: string;
}

/** @internal */
export const CODES: Readonly<Record<JwtErrorCode, CodeMeaning>> = {
  ERR_OPTIONS_INVALID: {
    when: 'an option is invalid',
    advice: 'Correct the option named in the message.',
  },
  ERR_JWT_TOO_LARGE: {
    when: `the token is over ${MAX_TOKEN_BYTES / 1024} KiB, or its header is over ${MAX_HEADER_BYTES / 1024} KiB`,
    advice: 'AWS tokens are at most 20 KB. Request fewer tags, or check that a token was sent at all.',
  },
  ERR_JWS_INVALID: {
    when: 'the token is not three canonical base64url segments, or its header is not a strict JSON object',
    advice: 'Send the whole token exactly as issued, without quotes, line breaks or a prefix.',
  },
  ERR_JOSE_NOT_SUPPORTED: {
    when: 'the token uses `crit` or `b64`, or is encrypted (five segments)',
    advice: 'Ask the issuer for a signed JWT (JWS) without these extensions.',
  },
  ERR_JOSE_ALG_NOT_ALLOWED: {
    when: '`alg` is not ES384 or RS256, not in `algorithms`, or does not fit the key',
    advice:
      'Have the issuer sign with ES384 or RS256, with a key of that algorithm. No option allows another algorithm: `algorithms` can only exclude one of the two.',
  },
  ERR_JWKS_INVALID: {
    when: `the JWKS is not a JWK Set, is over ${MAX_JWKS_BYTES / 1024} KiB, or has over ${MAX_KEYS} keys`,
    advice: "Use the complete, unmodified document from the issuer's jwks_uri.",
  },
  ERR_JWK_INVALID: {
    when: 'every matching key is unusable (weak, off the curve, private, wrong use)',
    advice: 'The key report says why the key is unusable. Only the issuer can replace it.',
  },
  ERR_JWKS_NO_MATCHING_KEY: {
    when: 'no key matches `kid` and `alg`',
    advice:
      "Fetch the issuer's JWKS again, because its keys may have rotated. Also check that the keys are from this issuer.",
  },
  ERR_JWKS_MULTIPLE_MATCHING_KEYS: {
    when: 'the token has no `kid`, and more than one key matches',
    advice: 'Have the issuer add `kid` to the header, or pass only the right key.',
  },
  ERR_JWS_SIGNATURE_VERIFICATION_FAILED: {
    when: 'the signature does not verify',
    advice:
      'The token was modified, or another key signed it. AWS issuers share key names such as EC384_0: fetch the JWKS of exactly this issuer again.',
  },
  ERR_JWT_INVALID: {
    when: 'the payload is not a strict JSON object, or a registered claim has the wrong type',
    advice: 'The issuer must send JSON without duplicate member names and with the claim types of RFC 7519.',
  },
  ERR_JWT_EXPIRED: {
    when: '`exp` is in the past',
    advice:
      'Get a new token. AWS tokens last 5 minutes by default and at most an hour. If the token is new, check the clock.',
  },
  ERR_JWT_CLAIM_VALIDATION_FAILED: {
    when: 'any other claim check failed; `claim` and `reason` say which and how, and `issues` lists what does not fit `schema`',
    advice: 'Compare the expected value with the value in the token, and correct the wrong one.',
  },
  ERR_POLICY_DENIED: {
    when: 'a required scope is missing, or the AWS policy or a cross-check rejected the token; `claim` names the field',
    advice:
      'The token is genuine, but its bearer is not allowed. If the caller should be allowed, add it to the policy, or have the client request the scope.',
  },
  ERR_JWT_ISSUER_UNKNOWN: {
    when: 'the issuer is not configured',
    advice: 'Configure the issuer if you trust it. Compare every character, including a trailing slash.',
  },
  ERR_JWKS_KEYS_NEEDED: {
    when: "the issuer's keys are missing or too old",
    advice: 'Fetch the JWKS and pass it to setKeys(), or use sts-jwt/remote, which fetches the keys.',
  },
  ERR_JWKS_UNAVAILABLE: {
    when: "the issuer's keys cannot be fetched",
    advice:
      'The token was not checked. The message contains the URL, the reason and what to do; `kind` has the reason for programs.',
  },
  ERR_REPLAY_UNAVAILABLE: {
    when: 'the replay guard is full or unavailable',
    advice:
      'Try again in a moment: the token was not accepted. `cause` is the error of the storage; without `cause`, the guard is full.',
  },
  ERR_WASM_UNAVAILABLE: {
    when: 'the WebAssembly module did not start, or ran out of stack or memory',
    advice: 'The message says what to do. After running out of stack or memory, the next call starts the module again.',
  },
};

/** The meaning returned for a code of a later version. */
const UNKNOWN: CodeMeaning = {
  when: 'this version does not know the code',
  advice: 'To explain this code, use a newer version of sts-jwt.',
};

/** Returns the meaning of an error code. */
export function explainCode(code: JwtErrorCode): CodeMeaning {
  return typeof code === 'string' && Object.hasOwn(CODES, code) ? CODES[code] : UNKNOWN;
}
