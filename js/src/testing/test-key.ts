// The keys of a test issuer: made by WebCrypto, named as AWS names its slots.

import type { Algorithm, Jwk } from '../core/types.js';

/** @internal */
export const ALGORITHMS: readonly Algorithm[] = ['ES384', 'RS256'];

/** @internal AWS has two slots for each algorithm: when a key is replaced, the name may change back and forth. */
export type Slot = 0 | 1;

/** @internal A new key that has no name yet. */
export interface Pair {
  readonly alg: Algorithm;
  readonly jwk: JsonWebKey;
  readonly privateKey: CryptoKey;
}

const KINDS = {
  ES384: {
    slots: 'EC384',
    generate: { name: 'ECDSA', namedCurve: 'P-384' },
    sign: { name: 'ECDSA', hash: 'SHA-384' },
  },
  RS256: {
    slots: 'RSA',
    generate: {
      name: 'RSASSA-PKCS1-v1_5',
      hash: 'SHA-256',
      modulusLength: 2048,
      publicExponent: Uint8Array.of(1, 0, 1),
    },
    sign: { name: 'RSASSA-PKCS1-v1_5' },
  },
};

/** @internal */
export async function generatePair(alg: Algorithm): Promise<Pair> {
  const { publicKey, privateKey } = await subtle().generateKey(KINDS[alg].generate, false, ['sign', 'verify']);
  return { alg, privateKey, jwk: await subtle().exportKey('jwk', publicKey) };
}

/** A key pair of a test issuer; the private key stays in it. */
export class TestKey {
  /** The algorithm it signs with. */
  readonly alg: Algorithm;
  /** The slot's name, such as `EC384_0`; every account has the same. */
  readonly kid: string;
  /** The public key, with the members that AWS publishes. */
  readonly jwk: Readonly<Jwk>;
  /** @internal */
  readonly slot: Slot;
  readonly #privateKey: CryptoKey;

  /** @internal */
  constructor({ alg, jwk, privateKey }: Pair, slot: Slot, rsaAlg: boolean) {
    const kid = `${KINDS[alg].slots}_${slot}`;
    const { n, e, x, y } = jwk;
    this.alg = alg;
    this.kid = kid;
    this.slot = slot;
    // In the order of AWS, which is that of the alphabet.
    this.jwk = Object.freeze(
      alg === 'ES384'
        ? { alg, crv: 'P-384', kid, kty: 'EC', use: 'sig', x: x!, y: y! }
        : { ...(rsaAlg ? { alg } : {}), e: e!, kid, kty: 'RSA', n: n!, use: 'sig' },
    );
    this.#privateKey = privateKey;
  }

  /** @internal For ES384 it is R || S already (RFC 7518 §3.4). */
  async sign(octets: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
    return new Uint8Array(await subtle().sign(KINDS[this.alg].sign, this.#privateKey, octets));
  }
}

function subtle(): SubtleCrypto {
  const subtle = globalThis.crypto?.subtle;
  if (!subtle) throw new Error('sts-jwt/testing needs WebCrypto; browsers have it on https and on localhost alone');
  return subtle;
}
