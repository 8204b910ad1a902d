// `sts-jwt/durable-objects`: the classes of the objects that `sts-jwt/stores` asks. For Workers alone.

export { KeysObject } from './stores/keys-object.js';
export { ReplayObject } from './stores/replay-object.js';
