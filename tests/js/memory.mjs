// Must be imported before the package. Counts the package's WebAssembly instances and records the exports of the last
// instance, because the package does not expose them.
let exports;
let instances = 0;

const note = (instance) => {
  // The module that tells whether multiply-add is fused has no memory.
  if (instance.exports.memory) {
    exports = instance.exports;
    instances += 1;
  }
  return instance;
};

const { Instance, instantiate, instantiateStreaming } = WebAssembly;
// biome-ignore lint/complexity/useArrowFunction: the function is called with `new`, which arrow functions do not allow
/** @type {any} */ (WebAssembly).Instance = function (module, imports) {
  return note(new Instance(module, imports));
};
WebAssembly.Instance.prototype = Instance.prototype;
const noteResult = (result) => (note(result.instance ?? result), result);
WebAssembly.instantiate = (module, imports) => instantiate(module, imports).then(noteResult);
if (instantiateStreaming)
  WebAssembly.instantiateStreaming = (source, imports) => instantiateStreaming(source, imports).then(noteResult);

/** Returns the size of the package's memory in bytes. */
export const memoryBytes = () => exports.memory.buffer.byteLength;

/** Returns which file of the package runs. */
export const runningFile = () =>
  ['sts_jwt.wasm', 'sts_jwt.fused.wasm', 'sts_jwt.fused.wasm, but not fused'][exports.engine_kernels()];

/** Returns how many instances were started. */
export const instanceCount = () => instances;
