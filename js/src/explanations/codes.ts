// What the codes of errors mean, and what to do.

import type { JwtErrorCode } from '../core/errors.js';
import { MAX_HEADER_BYTES, MAX_JWKS_BYTES, MAX_KEYS, MAX_TOKEN_BYTES } from '../generated/facts.js';

/** What a code means. */
export interface CodeMeaning {
  /** When it is said. */
  when: string;
  /** What to do about it. */
  advice: string;
}

/** @internal */
export const CODES: Readonly<Record<JwtErrorCode, CodeMeaning>> = {
  ERR_OPTIONS_INVALID: {
    when: "the caller's options are wrong",
    advice: 'Correct the option that the message names.',
  },
  ERR_JWT_TOO_LARGE: {
    when: `token over ${MAX_TOKEN_BYTES / 1024} KiB, header over ${MAX_HEADER_BYTES / 1024} KiB`,
    advice: 'AWS tokens have at most 20 KB. Ask for fewer tags, or see what else was sent as a token.',
  },
  ERR_JWS_INVALID: {
    when: 'not three canonical base64url segments, or the header is not a strict JSON object',
    advice: 'Send the token whole and as it was issued: no quotes, no line breaks, no prefix, nothing cut off.',
  },
  ERR_JOSE_NOT_SUPPORTED: {
    when: '`crit`, `b64`, an encrypted (five-part) token',
    advice: 'Ask the issuer for a signed JWT (JWS) without these extensions.',
  },
  ERR_JOSE_ALG_NOT_ALLOWED: {
    when: '`alg` is not ES384 or RS256, not in `algorithms`, or does not fit the key',
    advice: 'Ask STS for a token with SigningAlgorithm ES384 or RS256, or allow the one that it has.',
  },
  ERR_JWKS_INVALID: {
    when: `the JWKS is not a JWK Set, over ${MAX_JWKS_BYTES / 1024} KiB or over ${MAX_KEYS} keys`,
    advice: "Take the document at the issuer's jwks_uri, whole and unchanged.",
  },
  ERR_JWK_INVALID: {
    when: 'every key that matches is unusable (weak, off the curve, private, wrong use)',
    advice: 'The key report says what is wrong with the key. Only its issuer can replace it.',
  },
  ERR_JWKS_NO_MATCHING_KEY: {
    when: 'no key fits `kid` and `alg`',
    advice: "Fetch the issuer's JWKS again: its keys may have rotated. Or these keys are of another issuer.",
  },
  ERR_JWKS_MULTIPLE_MATCHING_KEYS: {
    when: 'no `kid`, and more than one key fits',
    advice: 'Have the issuer put the `kid` into the header, or give only the key that is meant.',
  },
  ERR_JWS_SIGNATURE_VERIFICATION_FAILED: {
    when: 'the signature is wrong',
    advice:
      'The token was changed, or another key signed it: AWS accounts share names such as EC384_0. Fetch the JWKS of this very issuer again.',
  },
  ERR_JWT_INVALID: {
    when: 'the payload is not a strict JSON object, or a registered claim has the wrong type',
    advice: 'The issuer must send JSON without duplicate names, with the types of RFC 7519.',
  },
  ERR_JWT_EXPIRED: {
    when: '`exp`',
    advice:
      'Get a new token; AWS gives them 5 minutes unless asked for more, and at most an hour. If it is new, set the clock right.',
  },
  ERR_JWT_CLAIM_VALIDATION_FAILED: {
    when: 'any other claim; `claim` and `reason` say which and how',
    advice: 'Compare what was expected with what the token says: one of the two must change.',
  },
  ERR_POLICY_DENIED: {
    when: 'the AWS policy or a cross-check; `claim` names the field',
    advice: 'The token is genuine, its bearer is not allowed. Add the caller to the policy if it should be.',
  },
  ERR_JWT_ISSUER_UNKNOWN: {
    when: 'nobody configured the issuer',
    advice: 'Configure the issuer if you trust it: compare every character, also a slash at the end.',
  },
  ERR_JWKS_KEYS_NEEDED: {
    when: "the issuer's keys are missing or too old",
    advice: 'Fetch the JWKS and give it to setKeys(), or use sts-jwt/remote, which does.',
  },
  ERR_JWKS_UNAVAILABLE: {
    when: "the issuer's keys cannot be fetched",
    advice: 'Try again in a moment; the token was not judged. The cause says what went wrong.',
  },
};

/** What a code means. */
export function explainCode(code: JwtErrorCode): CodeMeaning {
  return CODES[code];
}
