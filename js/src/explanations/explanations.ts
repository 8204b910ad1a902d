// `sts-jwt/explanations`: what tokens, claims, steps and codes mean, in words. The debugger, the command line and the
// documentation use these texts. Any other program that shows tokens to people can use them too.

export { explainClaim, explainHeaderParameter, type Meaning } from './claims.js';
export { type CodeMeaning, explainCode } from './codes.js';
export { explainStep, type StepMeaning } from './steps.js';
