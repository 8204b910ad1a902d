// Keys in a Durable Object: one for all isolates everywhere, which lets one of them fetch while the others wait.

import type { KeyStore } from './key-store.js';

/** As much of a namespace of Durable Objects as is used. */
export interface ObjectNamespace {
  /** Gives the ID of the object of a name. */
  idFromName(name: string): unknown;
  /** Gives the object of an ID. */
  // biome-ignore lint/suspicious/noExplicitAny: the platform's own types do not take `unknown`
  get(id: any): unknown;
}

/** See {@link durableObjectStore}. */
export interface DurableObjectStoreOptions {
  /** The object's name: those with the same share keys. Default: `keys`. */
  name?: string;
}

/** Keeps keys in the object that `KeysObject` of `sts-jwt/durable-objects` is the class of. */
export function durableObjectStore(
  namespace: ObjectNamespace,
  { name = 'keys' }: DurableObjectStoreOptions = {},
): KeyStore {
  const object = (): Required<KeyStore> => namespace.get(namespace.idFromName(name)) as Required<KeyStore>;
  return {
    get: (issuer) => object().get(issuer),
    put: (issuer, keys) => object().put(issuer, keys),
    load: (issuer, since, load) => object().load(issuer, since, load),
  };
}
