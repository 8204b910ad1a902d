// `sts-jwt/durable-objects`: the classes of the Durable Objects that `sts-jwt/stores` uses. Only for Workers.

export { KeysObject } from './stores/keys-object.js';
export { ReplayObject } from './stores/replay-object.js';
