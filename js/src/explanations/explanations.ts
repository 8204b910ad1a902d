// `sts-jwt/explanations`: what tokens, claims, steps and codes mean, in words. The one table of it: the debugger page, the command
// line and the documentation say the same, and programs that show tokens to people can, too.

export { explainClaim, explainHeaderParameter, type Meaning } from './claims.js';
export { type CodeMeaning, explainCode } from './codes.js';
export { explainStep, type StepMeaning } from './steps.js';
