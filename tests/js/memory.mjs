// Imported before the package: notes the memory of the WebAssembly instance that the package makes, which it keeps to itself.
let memory;

const note = (instance) => {
  memory = instance.exports.memory ?? memory;
  return instance;
};

const { Instance, instantiate, instantiateStreaming } = WebAssembly;
WebAssembly.Instance = new Proxy(Instance, { construct: (target, args) => note(new target(...args)) });
const noteResult = (result) => (note(result.instance ?? result), result);
WebAssembly.instantiate = (...args) => instantiate(...args).then(noteResult);
if (instantiateStreaming)
  WebAssembly.instantiateStreaming = (...args) => instantiateStreaming(...args).then(noteResult);

/** The size of the package's memory, in bytes. */
export const memoryBytes = () => memory.buffer.byteLength;
