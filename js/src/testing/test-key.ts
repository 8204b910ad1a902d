// The keys of a test issuer. WebCrypto creates the keys. As in AWS, the `kid` names the slot of a key, such as `EC384_0`.

import type { Algorithm, Jwk } from '../core/types.js';

/** @internal */
export const ALGORITHMS: readonly Algorithm[] = ['ES384', 'RS256'];

/** @internal AWS has two slots per algorithm. A new key may use the other slot. */
export type Slot = 0 | 1;

/** @internal A new key without a name. */
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

/** A key pair of a test issuer. The private key is not accessible. */
export class TestKey {
  /** The signature algorithm. */
  readonly alg: Algorithm;
  /** The name of the slot (`EC384_0`). All accounts use the same names. */
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
    // In alphabetical order, as in AWS.
    this.jwk = Object.freeze(
      alg === 'ES384'
        ? { alg, crv: 'P-384', kid, kty: 'EC', use: 'sig', x: x!, y: y! }
        : { ...(rsaAlg ? { alg } : {}), e: e!, kid, kty: 'RSA', n: n!, use: 'sig' },
    );
    this.#privateKey = privateKey;
  }

  /** @internal Signs the octets. WebCrypto returns ES384 signatures as R || S already (RFC 7518 §3.4). */
  async sign(octets: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
    return new Uint8Array(await subtle().sign(KINDS[this.alg].sign, this.#privateKey, octets));
  }
}

function subtle(): SubtleCrypto {
  const subtle = globalThis.crypto?.subtle;
  if (!subtle) throw new Error('sts-jwt/testing needs WebCrypto; browsers offer it only on https and localhost');
  return subtle;
}
