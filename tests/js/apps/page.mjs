// The test app as a page.
import { answer, init } from './answer.mjs';

await Promise.all([init(), init()]);
await init();
globalThis.answer = answer;
