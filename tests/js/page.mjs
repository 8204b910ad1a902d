// The suite and the corpora as a page: see chromium.test.mjs.
import { memoryBytes } from './memory.mjs';
import * as main from 'sts-jwt';
import * as aws from 'sts-jwt/aws';
import { outcomesOf } from './corpus/outcomes.mjs';
import { runSuite } from './suite.mjs';

const api = { ...main, ...aws };

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

/** Cases and outcomes as JSON text: they hold lone surrogates and `__proto__`, which must arrive as they are. */
globalThis.runCorpus = (cases) => JSON.stringify(outcomesOf(JSON.parse(cases)));
