// The suite as a Worker: fixtures come in, what was seen goes out.
import { memoryBytes } from './memory.mjs';
import * as api from 'sts-jwt';
import { runSuite } from './suite.mjs';

export default {
  fetch: async (request) => Response.json(runSuite({ api, fixtures: await request.json(), memoryBytes })),
};
