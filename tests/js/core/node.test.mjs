import test, { describe } from 'node:test';
import { createFixtures } from '../fixtures.mjs';
import { instanceCount, memoryBytes } from '../memory.mjs';
import { cases } from '../suite.mjs';

// Must be imported after memory.mjs, which observes how the package creates its instance.
const api = { ...(await import('sts-jwt')), ...(await import('sts-jwt/aws')) };
const context = { api, fixtures: createFixtures(), memoryBytes, instanceCount };

describe('the suite in Node', () => {
  for (const { name, run } of cases) test(name, () => void run(context));
});
