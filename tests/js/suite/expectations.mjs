// Tests the expectations about claims of any name, audiences, scopes, the profile and a schema. Every runtime answers these
// cases.
import { equal, optionsOf, refused, thrown } from './checks.mjs';

/** A Standard Schema in the forms that libraries use: an object, or a function with the member `~standard`. */
const standard = (validate, target = {}) =>
  Object.assign(target, { '~standard': { version: 1, vendor: 'suite', validate } });

/** `[options that accept the token, options that do not, code, claim, reason]` */
/** @type {any[][]} */
const PAIRS = [
  [{ claims: { tenant: ['other', 'acme'] } }, { claims: { tenant: 'Acme' } }, 'tenant', 'check_failed'],
  [{ claims: { level: 3 } }, { claims: { level: '3' } }, 'level', 'check_failed'],
  [{ claims: { beta: true } }, { claims: { beta: [false, 'true', 1] } }, 'beta', 'check_failed'],
  [{ claims: { roles: 'admin' } }, { claims: { roles: ['root', 5] } }, 'roles', 'check_failed'],
  [{ claims: { '/roles/1': 'admin' } }, { claims: { '/roles/2': 'admin' } }, '/roles/2', 'missing'],
  [{ exactlyOneAudience: false }, { exactlyOneAudience: true }, 'aud', 'check_failed'],
  [{ profile: 'at+jwt' }, { profile: 'at+jwt', token: 'ES384' }, 'typ', 'check_failed'],
  [
    { schema: standard((value) => ({ value })) },
    { schema: standard(() => ({ issues: [{ path: ['tenant'] }] })) },
    'tenant',
  ],
];

export const expectationCases = [
  {
    name: 'checks claims of any name, audiences, the profile and a schema',
    run({ api, fixtures }) {
      const verify = ({ token = 'access', ...options }) =>
        api.verify(fixtures.tokens[token], fixtures.jwks, { ...optionsOf(fixtures), ...options });
      return PAIRS.map(([good, bad, claim, reason = 'check_failed']) => {
        const { tokenId, issuer } = verify(good);
        equal(issuer, fixtures.issuer, 'issuer');
        const error = refused(() => verify(bad), 'ERR_JWT_CLAIM_VALIDATION_FAILED');
        equal([error.claim, error.reason], [claim, reason], 'the failed claim');
        const { token = 'access', ...options } = bad;
        const told = api.explain(fixtures.tokens[token], fixtures.jwks, { ...optionsOf(fixtures), ...options });
        equal([told.verdict, told.code], ['rejected', error.code], 'the explanation');
        return { tokenId, error, told };
      });
    },
  },
  {
    name: 'requires every scope, and names them in the challenge',
    run({ api, fixtures }) {
      const { access, ES384, scopeIsNumber } = fixtures.tokens;
      const verify = (token, scope) => api.verify(token, fixtures.jwks, { ...optionsOf(fixtures), scope });
      for (const scope of ['read', 'write read', ['read', 'write']]) verify(access, scope);
      const found = [
        [access, 'read admin', 'check_failed'],
        [ES384, ['read', 'admin'], 'missing'],
      ].map(([token, scope, reason]) => {
        const error = thrown(() => verify(token, scope));
        const { code, status, category, claim } = error;
        equal(
          [code, status, category, claim, error.reason],
          ['ERR_POLICY_DENIED', 403, 'policy', 'scope', reason],
          'the error',
        );
        equal(error.challenge().slice(0, 34), 'Bearer error="insufficient_scope",', 'the challenge');
        equal(error.expected.join(' '), 'read admin', 'the required scopes');
        return error.challenge();
      });
      refused(() => verify(scopeIsNumber, 'read'), 'ERR_JWT_INVALID');
      for (const scope of ['', 'a"b', 'a\\b', [], undefined, null, 5]) {
        refused(() => verify(access, scope), 'ERR_OPTIONS_INVALID');
      }
      return found;
    },
  },
  {
    name: 'returns the output of a schema as the claims',
    run({ api, fixtures }) {
      const schema = standard(
        ({ tenant, exp }) => ({ value: { tenant: tenant.toUpperCase(), until: exp } }),
        () => {},
      );
      const { now, ...options } = optionsOf(fixtures);
      const verifier = api.createVerifier({ ...options, jwks: fixtures.jwks, schema });
      const results = [
        api.verify(fixtures.tokens.access, fixtures.jwks, { ...options, now, schema }),
        verifier.verify(fixtures.tokens.access, { now }),
        verifier.verify(fixtures.tokens.access, { now }),
      ];
      for (const { claims, issuer } of results) {
        equal(claims, { tenant: 'ACME', until: fixtures.claims.exp }, 'claims');
        equal(issuer, fixtures.issuer, 'issuer');
      }
      for (const bad of [undefined, {}, () => {}]) {
        refused(() => api.createVerifier({ ...options, schema: bad }), 'ERR_OPTIONS_INVALID');
      }
      const late = standard(async (value) => ({ value }));
      refused(
        () => api.verify(fixtures.tokens.access, fixtures.jwks, { ...options, now, schema: late }),
        'ERR_OPTIONS_INVALID',
      );
      return results;
    },
  },
];
