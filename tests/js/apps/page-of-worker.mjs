// The page of the module worker.
const worker = new Worker(new URL('./module-worker.mjs', import.meta.url), { type: 'module' });

globalThis.answer = (question) =>
  new Promise((resolve, reject) => {
    worker.onmessage = ({ data }) => (data.error ? reject(new Error(data.error)) : resolve(data.answer));
    worker.onerror = (event) => reject(new Error(event.message ?? 'the worker did not load'));
    worker.postMessage(question);
  });
