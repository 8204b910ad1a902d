// `sts-jwt/durable-objects`: the classes of the objects that `sts-jwt/stores` asks. For Workers alone.

export { KeysObject } from './keys-object.js';
export { ReplayObject } from './replay-object.js';
