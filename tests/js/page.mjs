// The suite as a page: see chromium.test.mjs.
import { memoryBytes } from './memory.mjs';
import * as api from 'sts-jwt';
import { runSuite } from './suite.mjs';

globalThis.runAll = async (fixtures) => {
  const beforeInit = {};
  try {
    api.verify(fixtures.tokens.ES384, fixtures.jwks, fixtures);
  } catch (error) {
    Object.assign(beforeInit, { code: error.code, message: error.message });
  }
  await Promise.all([api.init(), api.init()]);
  await api.init();
  return { beforeInit, results: runSuite({ api, fixtures, memoryBytes }) };
};
