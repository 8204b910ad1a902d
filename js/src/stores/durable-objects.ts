// `sts-jwt/durable-objects`: the classes of the Durable Objects that `sts-jwt/stores` uses. Only for Workers.

export { KeysObject } from './keys-object.js';
export { ReplayObject } from './replay-object.js';
