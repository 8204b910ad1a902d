// The test app as a module worker of a page.
import { answer, init } from './answer.mjs';

const ready = init();
globalThis.onmessage = async ({ data }) => {
  try {
    await ready;
    postMessage({ answer: answer(data) });
  } catch (error) {
    postMessage({ error: String(error?.stack ?? error) });
  }
};
