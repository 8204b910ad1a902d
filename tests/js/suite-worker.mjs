// The suite and the corpora as a Worker: fixtures or cases come in, what was seen goes out.
import { memoryBytes } from './memory.mjs';
import * as main from 'sts-jwt';
import * as aws from 'sts-jwt/aws';
import { outcomesOf } from './corpus/outcomes.mjs';
import { runSuite } from './suite.mjs';

export default {
  async fetch(request) {
    const given = await request.json();
    if (new URL(request.url).pathname === '/corpus') return Response.json(outcomesOf(given));
    return Response.json(runSuite({ api: { ...main, ...aws }, fixtures: given, memoryBytes }));
  },
};
