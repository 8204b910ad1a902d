// Tests the texts and the order of explain(); explain.test.mjs compares it with verify() on many tokens.
import { equal, optionsOf, refused } from './checks.mjs';

const explain = ({ api, fixtures }, /** @type {Record<string, any>} */ { token = 'ES384', jwks, ...options } = {}) =>
  api.explain(fixtures.tokens[token], fixtures.keySets[jwks] ?? fixtures.jwks, { ...optionsOf(fixtures), ...options });

const outline = ({ steps }) =>
  steps.map(({ stage, name, outcome }) => [stage, name, outcome].filter(Boolean).join(' '));

export const explainCases = [
  {
    name: 'explains an accepted token step by step',
    run(context) {
      const { fixtures } = context;
      const explanation = explain(context);
      equal([explanation.verdict, explanation.code, explanation.error], ['accepted', undefined, undefined], 'verdict');
      equal(
        outline(explanation),
        [
          'segments passed',
          'header passed',
          'algorithm passed',
          'key RSA_0 skipped',
          'key EC384_0 passed',
          'signature EC384_0 passed',
          'claims passed',
          'claim typ skipped',
          'claim iss passed',
          'claim aud passed',
          'claim sub skipped',
          'claim exp passed',
          'claim nbf skipped',
          'claim iat passed',
        ],
        'steps',
      );
      const { expected, actual, margin } = explanation.steps.find(({ name }) => name === 'exp');
      equal([expected, actual, margin], [fixtures.now - 30, fixtures.now + 300, 330], 'exp');
      return explanation;
    },
  },
  {
    name: 'explains every check of claims and policy, with margins',
    run(context) {
      const { fixtures } = context;
      const explanation = explain(context, { token: 'expired', issuer: 'x', aws: { accounts: [], maxLifetime: 600 } });
      equal(
        [explanation.verdict, explanation.code, explanation.error.claim],
        ['rejected', 'ERR_JWT_CLAIM_VALIDATION_FAILED', 'iss'],
        'verdict',
      );
      const failed = explanation.steps.filter(({ outcome }) => outcome === 'failed').map(({ name }) => name);
      equal(failed, ['iss', 'exp', 'accounts'], 'failed steps');
      const step = (wanted) => explanation.steps.find(({ name }) => name === wanted);
      equal(step('iss').expected, ['x'], 'expected issuer');
      equal(step('iss').actual, [fixtures.issuer], 'actual issuer');
      equal(step('exp').margin, -1, 'margin of exp');
      equal(step('maxLifetime').margin, 300, 'margin of the lifetime');
      equal([step('accounts').expected, step('accounts').actual], [[], ['111122223333']], 'accounts');
      return explanation;
    },
  },
  {
    name: 'warns about an accepted exp in milliseconds',
    run(context) {
      const explanation = explain(context, { token: 'expInMilliseconds' });
      equal(explanation.verdict, 'accepted', 'verdict');
      const warnings = explanation.steps.filter(({ warning }) => warning !== undefined);
      equal(
        warnings.map(({ name, warning }) => [name, warning]),
        [['exp', '"exp" looks like milliseconds; read as seconds, the token is valid for thousands of years']],
        'warnings',
      );
      return explanation;
    },
  },
  {
    name: 'explains why each key was not selected',
    run(context) {
      const explanations = ['onlyRsa', 'encryptionOnly', 'ambiguous', 'weak'].map((jwks) => [
        explain(context, { jwks }),
        explain(context, { jwks, token: 'kidMissing' }),
        explain(context, { jwks, token: 'kidUnknown' }),
      ]);
      const [, [enc], [, ambiguous]] = explanations;
      equal(enc.steps.find(({ name }) => name === 'EC384_0').problem, '"use" must be sig', 'use');
      equal(ambiguous.code, 'ERR_JWKS_MULTIPLE_MATCHING_KEYS', 'ambiguous');
      return explanations;
    },
  },
  {
    name: 'explains every rejection with the code, message and evidence of verify()',
    run(context) {
      const { api, fixtures } = context;
      return Object.entries(fixtures.tokens).map(([token, text]) => {
        const explanation = explain(context, { token });
        equal(JSON.parse(JSON.stringify(explanation)), explanation, 'survives JSON');
        if (explanation.verdict === 'accepted') {
          api.verify(text, fixtures.jwks, optionsOf(fixtures));
        } else {
          const error = refused(() => api.verify(text, fixtures.jwks, optionsOf(fixtures)), explanation.code, {
            token,
          });
          equal(explanation.error, error, token);
          // A failed stage is the last step. After a failed check of a claim, the remaining checks follow.
          const { steps } = explanation;
          const ends = steps.at(-1).outcome === 'failed' || steps.some(({ stage }) => stage === 'claim');
          equal(ends, true, token);
        }
        return explanation;
      });
    },
  },
];
