// Keeps keys in a Durable Object that all isolates share. One isolate fetches while the others wait.

import { hasMethods, optionsInvalid, ownOptions } from '../core/shared.js';
import { guardedStore } from './guarded-store.js';
import type { KeyStore } from './key-store.js';

/** The part of a Durable Object namespace that is used. */
export interface ObjectNamespace {
  /** Returns the ID of the object with the given name. */
  idFromName(name: string): unknown;
  /** Returns the object with an ID. */
  // biome-ignore lint/suspicious/noExplicitAny: the types of the platform do not accept `unknown`
  get(id: any): unknown;
}

/** See {@link durableObjectStore}. */
export interface DurableObjectStoreOptions {
  /** The name of the object. Stores with the same name share keys. Default: `keys`. */
  name?: string;
}

/** Creates a store in a Durable Object of the class `KeysObject` from `sts-jwt/durable-objects`. */
export function durableObjectStore(namespace: ObjectNamespace, options?: DurableObjectStoreOptions): KeyStore {
  const { name = 'keys' } = ownOptions(options, ['name']);
  if (typeof name !== 'string') throw optionsInvalid('"name" must be a string');
  checkNamespace(namespace);
  const object = (): Required<KeyStore> => namespace.get(namespace.idFromName(name)) as Required<KeyStore>;
  return guardedStore({
    get: async (place) => object().get(place),
    put: async (place, keys) => object().put(place, keys),
    load: async (place, since, load) => object().load(place, since, load),
  });
}

/**
 * @throws JwtError `ERR_OPTIONS_INVALID` if the argument is not a namespace. Usually the binding is missing in the
 * Worker's configuration.
 */
export function checkNamespace(namespace: ObjectNamespace): void {
  if (hasMethods(namespace, 'idFromName', 'get')) return;
  throw optionsInvalid('the Durable Object namespace must have "idFromName" and "get"');
}
