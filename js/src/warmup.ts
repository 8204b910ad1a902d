// warmup(): compiles the hot paths before the first request does.

import { KeySet } from './key-set.js';
import type { JwkSet } from './types.js';
import { verify } from './verify.js';

/**
 * Runs one self-test verification of each algorithm. Call it at module scope: it moves the compilation of WebAssembly, a few
 * milliseconds of CPU, from the first request of an isolate to its start. It changes no result; calling it again costs half a millisecond.
 *
 * @throws Error when the self-test fails, which means that the module is damaged; JwtError `ERR_OPTIONS_INVALID` before
 *   `await init()` in a browser.
 */
export function warmup(): void {
  const keys = new KeySet(KEYS);
  try {
    for (const token of TOKENS) verify(token, keys, { issuer: null, audience: null, allowMissingExp: true });
  } catch (cause) {
    throw new Error('sts-jwt: the self-test failed', { cause });
  } finally {
    keys.free();
  }
}

// Keys that were made for these two signatures and thrown away.
const KEYS: JwkSet = {
  keys: [
    {
      kty: 'EC',
      crv: 'P-384',
      x: 'eaq31pp10nCRU0RpNNAUg-26rYykzf_rk8PuRfiNVXV9K031ckhuTUPFF0alOsa4',
      y: 'bm29NCYG0Tp7zvZ0HVE8E5v7P8yyhxUwBVB7Sqgsq6rp_pwMEi1UShtq_5kVECW-',
    },
    {
      kty: 'RSA',
      e: 'AQAB',
      n:
        'szpePo6-vFh7GE9xY0Gvn8DffWabnYJBHKaB7vfy37SNmKsKrbV1RI8UhBy3G6zKz_I89pRKZUlX0vis_lF3lC1_sXCQZsLTtQeYOOHNVRZhedK3' +
        '1DCLbsl7d8oLLjsO04oXlhAWUR8qAu8nHwpwTkIvLMUpslGj67Z8FbjNGXXlp-RcyL5xBvudggKscMyBYlrf_xC4Ea9tto7x0ETEIbEqReR1_2zD' +
        'T-6q8l7Wp9qo2qLjC2dhXOlRmOmk5GXMFjxAUx-E11bfk5-ytLV1JWHjBySe-dXkztay1ijooY9eI2PNv1wOj6eNOfA_-7w0Vnu-JGd02jcuVRoV' +
        '0ARqRQ',
    },
  ],
};

const TOKENS = [
  'eyJhbGciOiJFUzM4NCJ9.eyJzdWIiOiJzZWxmLXRlc3QifQ.IsWT0fvYSkS42tEgi_jjSvPcXS91Sn6t4pbRdIBlvdf0YCLUEkiUUbHh0f5hH_m3' +
    'g6msCvJzkGMqsArA_TJAz6SBLxwH0hc4RHR7jDL0Wt7mKxccSjK5c-jZQwVPU2v7',
  'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJzZWxmLXRlc3QifQ.PZC-OFB4OXZ4kYP1WB2wYP6-uWgHoSogxfo54VjadUYCNdROBgXAePZa_qVcdYPM' +
    '7blgicoJ3DBylZZs4tTebRNQIUxlOWs9wYISvgm2_vCgKi_OdLlYdCF_Ko4YKfQiZnjEOupBcMmNsHDh4bH12-uAHuz3r7q3CWi5kL1BChZ1yNcS' +
    'bCmEwLlmd5Xh3clv4F-d3X_ZKZC_4LHmNX-C_EKFclyUzdfpg4aY1YIB9uK_12Qo9ZM_zBtBIgDkbZq64Ppb5Pyt86OOKK3Tp5QawuDM9omGHCsu' +
    'PcSKUGiq1uhirqouLsrXOb6jtvgo68wBZX23Xm4yQjcPeC0GCoGuzg',
];
