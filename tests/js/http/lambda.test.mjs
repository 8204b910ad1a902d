// Tests the authorizer for API Gateway with events in the documented shapes of HTTP, REST and WebSocket APIs.
import assert from 'node:assert/strict';
import test, { describe } from 'node:test';
import { createVerifier, JwtError } from 'sts-jwt';
import { authorizer } from 'sts-jwt/lambda';
import { createFixtures } from '../fixtures.mjs';

const { issuer, audience, jwks, tokens, awsTokens, claims } = createFixtures();
const verifier = createVerifier({ issuer, audience, jwks });
const withAws = createVerifier({ issuer, audience, jwks, aws: {} });
const strict = createVerifier({ issuer, audience, jwks, aws: { accounts: ['999988887777'] } });
const away = createVerifier({ issuer, audience });
const good = tokens.ES384;
const any = (value) => value;

const STAGE = 'arn:aws:execute-api:eu-west-1:123456789012:abcdef1234/prod';
const DEFAULT_STAGE = 'arn:aws-cn:execute-api:cn-north-1:123456789012:abcdef1234/$default';
const bearer = (token) => `Bearer ${token}`;

/** The events of each API type for a value of `Authorization`, and the stage in the policy. */
const EVENTS = {
  'a REST API (TOKEN)': [
    (authorizationToken) => ({ type: 'TOKEN', authorizationToken, methodArn: `${STAGE}/GET/pets/1` }),
    STAGE,
  ],
  'a REST API (REQUEST)': [
    (value) => ({
      type: 'REQUEST',
      methodArn: `${STAGE}/GET/pets/1`,
      resource: '/pets/{id}',
      path: '/pets/1',
      httpMethod: 'GET',
      headers: value === undefined ? null : { Accept: '*/*', Authorization: value, Host: 'x' },
      multiValueHeaders: value === undefined ? null : { Accept: ['*/*'], Authorization: [value], Host: ['x'] },
      queryStringParameters: {},
      pathParameters: { id: '1' },
      stageVariables: null,
      requestContext: { path: '/prod/pets/1', accountId: '123456789012', stage: 'prod', httpMethod: 'GET' },
    }),
    STAGE,
  ],
  'a WebSocket API': [
    (value) => ({
      type: 'REQUEST',
      methodArn: `${STAGE}/$connect`,
      headers: value === undefined ? {} : { Authorization: value, Upgrade: 'websocket' },
      multiValueHeaders: value === undefined ? {} : { Authorization: [value], Upgrade: ['websocket'] },
      requestContext: { routeKey: '$connect', eventType: 'CONNECT' },
    }),
    STAGE,
  ],
  'an HTTP API (payload 1.0)': [
    (value) => ({
      version: '1.0',
      type: 'REQUEST',
      methodArn: `${DEFAULT_STAGE}/GET/request`,
      identitySource: value,
      authorizationToken: value,
      httpMethod: 'GET',
      headers: value === undefined ? {} : { authorization: value },
      requestContext: { stage: '$default' },
    }),
    DEFAULT_STAGE,
  ],
  'an HTTP API (payload 2.0)': [
    (value, more = {}) => ({
      version: '2.0',
      type: 'REQUEST',
      routeArn: `${DEFAULT_STAGE}/GET/request`,
      identitySource: value === undefined ? null : [value],
      routeKey: '$default',
      rawPath: '/request',
      rawQueryString: '',
      headers: value === undefined ? {} : { authorization: value, host: 'x' },
      requestContext: { http: { method: 'GET', path: '/request' }, stage: '$default' },
      ...more,
    }),
    DEFAULT_STAGE,
  ],
};
const isCrossSite = (error) => error.message === 'Unauthorized' && error.cause.code === 'ERR_POLICY_DENIED';
const policyOf = (effect, Resource) => ({
  Version: '2012-10-17',
  Statement: [{ Action: 'execute-api:Invoke', Effect: effect, Resource }],
});
const context = ({ tokenId }) => ({ iss: issuer, sub: claims.sub, exp: claims.exp, tokenId });

for (const [name, [eventOf, stage]] of Object.entries(any(EVENTS))) {
  describe(`the authorizer of ${name}, with a policy`, () => {
    const options = any({ response: 'policy' });
    const handler = authorizer(verifier, options);

    test('allows a verified caller the whole stage', async () => {
      for (const value of [bearer(good), `bEARER  ${good} `]) {
        assert.deepEqual(await handler(eventOf(value)), {
          principalId: claims.sub,
          policyDocument: policyOf('Allow', [`${stage}/*`]),
          context: context(verifier.verify(good)),
        });
      }
    });

    test('throws "Unauthorized" for a missing or bad token, so the response is 401', async () => {
      for (const [value, code] of [
        [undefined, 'ERR_JWS_INVALID'],
        [bearer(tokens.expired), 'ERR_JWT_EXPIRED'],
        [good, 'ERR_JWS_INVALID'],
        ['Bearer', 'ERR_JWS_INVALID'],
        [`${bearer(good)},${bearer(good)}`, 'ERR_JWS_INVALID'],
        ['Basic abc', 'ERR_JWS_INVALID'],
      ]) {
        await assert.rejects(handler(eventOf(value)), (error) => {
          assert.ok(error instanceof JwtError && error.cause instanceof JwtError);
          assert.deepEqual([error.message, error.code, error.cause.code], ['Unauthorized', code, code]);
          return true;
        });
      }
    });

    test('denies the whole stage to a token that the AWS policy denies, so the response is 403', async () => {
      assert.deepEqual(await authorizer(strict, options)(eventOf(bearer(awsTokens.role))), {
        principalId: 'denied',
        policyDocument: policyOf('Deny', [`${stage}/*`]),
        context: { error: 'ERR_POLICY_DENIED' },
      });
    });

    test('throws the error if the keys are unavailable, so that nothing is cached', async () => {
      const isNeeded = { name: 'JwtError', code: 'ERR_JWKS_KEYS_NEEDED', message: /the keys of/ };
      await assert.rejects(authorizer(away, options)(eventOf(bearer(good))), isNeeded);
    });

    test('rethrows errors that are not about the token', async () => {
      const broken = {
        verify() {
          throw new TypeError('a defect');
        },
      };
      await assert.rejects(authorizer(broken, options)(eventOf(bearer(good))), TypeError);
      const nothing = any({ verify: async () => undefined });
      await assert.rejects(authorizer(nothing, options)(eventOf(bearer(good))), { code: 'ERR_OPTIONS_INVALID' });
    });

    test('allows the ARNs of "resources"', async () => {
      for (const [resources, expected] of any([
        [(token, arn) => `${arn}/GET/${token.alg}`, [`${stage}/GET/ES384`]],
        [(_, arn) => [`${arn}/GET/*`, `${arn}/POST/*`], [`${stage}/GET/*`, `${stage}/POST/*`]],
      ])) {
        const result = any(await authorizer(verifier, { ...options, resources })(eventOf(bearer(good))));
        assert.deepEqual(result.policyDocument, policyOf('Allow', expected));
      }
    });

    test('throws if "resources" fails or returns anything other than ARNs of the stage', async () => {
      const results = [
        undefined,
        null,
        '',
        '*',
        'x',
        [],
        [5],
        [`${stage}/*`, '*'],
        stage,
        `${stage}x/*`,
        Promise.resolve('*'),
      ];
      const failing = () => {
        throw new JwtError(any({ code: 'ERR_POLICY_DENIED', category: 'policy', status: 403, message: 'x' }));
      };
      for (const resources of any([...results.map((value) => () => value), failing])) {
        const handler = authorizer(verifier, { ...options, resources });
        await assert.rejects(handler(eventOf(bearer(good))), { code: 'ERR_OPTIONS_INVALID', message: /"resources"/ });
      }
    });
  });
}

describe('the authorizer of an HTTP API, with simple responses', () => {
  const [eventOf] = any(EVENTS['an HTTP API (payload 2.0)']);
  const handler = authorizer(verifier);

  test('lets a verified caller in', async () => {
    const expected = { isAuthorized: true, context: context(verifier.verify(good)) };
    for (const each of [handler, authorizer(verifier, { response: 'simple' })])
      assert.deepEqual(await each(eventOf(bearer(good))), expected);
  });

  test('rejects all other callers, and says why', async () => {
    for (const [given, value, error] of any([
      [verifier, undefined, 'ERR_JWS_INVALID'],
      [verifier, bearer(tokens.expired), 'ERR_JWT_EXPIRED'],
      [verifier, `${bearer(good)},${bearer(good)}`, 'ERR_JWS_INVALID'],
      [strict, bearer(awsTokens.role), 'ERR_POLICY_DENIED'],
    ])) {
      assert.deepEqual(await authorizer(given)(eventOf(value)), { isAuthorized: false, context: { error } });
    }
    await assert.rejects(authorizer(away)(eventOf(bearer(good))), { code: 'ERR_JWKS_KEYS_NEEDED' });
  });

  test('rejects simple responses for other APIs', async () => {
    const [restOf] = any(EVENTS['a REST API (TOKEN)']);
    const isInvalid = { code: 'ERR_OPTIONS_INVALID', message: /payload 2\.0/ };
    await assert.rejects(authorizer(verifier, { response: 'simple' })(restOf(bearer(good))), isInvalid);
  });

  test('reads a cookie, and rejects cross-site requests with it', async () => {
    const handler = authorizer(verifier, { cookie: 'session' });
    const event = (headers, method = 'GET') =>
      eventOf(undefined, {
        headers: { host: 'api.example.test', ...headers },
        cookies: ['a=b', `session=${good}`],
        requestContext: { http: { method } },
      });
    assert.equal(any(await handler(event({}))).isAuthorized, true);
    assert.equal(any(await handler(event({ origin: 'https://api.example.test' }, 'POST'))).isAuthorized, true);
    // Not a negative response, because API Gateway would cache it.
    await assert.rejects(handler(event({ origin: 'https://page.example.test' }, 'POST')), isCrossSite);
  });
});

describe('the authorizer', () => {
  const [tokenEvent] = any(EVENTS['a REST API (TOKEN)']);
  const [requestEvent] = any(EVENTS['a REST API (REQUEST)']);
  const [simpleEvent] = any(EVENTS['an HTTP API (payload 2.0)']);

  test('rejects a header that was sent twice to a REST API', async () => {
    const handler = authorizer(verifier);
    for (const multiValueHeaders of [
      { Authorization: [bearer(good), bearer(good)] },
      { Authorization: [bearer(good)], authorization: [bearer(tokens.expired)] },
      { authorization: ['Basic abc', bearer(good)] },
    ]) {
      const event = { ...requestEvent(bearer(good)), multiValueHeaders };
      await assert.rejects(handler(event), { message: 'Unauthorized' });
    }
    const headers = { Authorization: bearer(good), AUTHORIZATION: bearer(good) };
    await assert.rejects(handler({ ...requestEvent(), headers }), { message: 'Unauthorized' });
  });

  test('reads a bare token from "header"', async () => {
    const handler = authorizer(verifier, { header: 'X-Token' });
    const anyOrigin = authorizer(verifier, { header: 'X-Token', allowCrossSite: true });
    assert.equal(any(await anyOrigin(tokenEvent(good))).principalId, claims.sub);
    await assert.rejects(anyOrigin(tokenEvent(bearer(good))), { message: 'Unauthorized' });
    // An event of the type TOKEN does not say where the request comes from.
    const isInvalid = { code: 'ERR_OPTIONS_INVALID', message: /"header".*REQUEST.*"allowCrossSite"/ };
    await assert.rejects(handler(tokenEvent(good)), isInvalid);
    const event = (...values) => ({ ...requestEvent(bearer(good)), multiValueHeaders: { 'X-TOKEN': values } });
    assert.equal(any(await handler(event(good))).principalId, claims.sub);
    for (const values of [[], [good, good], [bearer(good)]])
      await assert.rejects(handler(event(...values)), { message: 'Unauthorized' });
    assert.equal(any(await handler(simpleEvent(undefined, { headers: { 'x-token': good } }))).isAuthorized, true);
  });

  test('allows only the methods that were checked, if the origin of requests is checked', async () => {
    const unchecked = [`${STAGE}/GET/*`, `${STAGE}/HEAD/*`, `${STAGE}/OPTIONS/*`];
    const post = (more) => ({ 'Sec-Fetch-Site': ['same-origin'], ...more });
    const allowed = async (options, httpMethod, multiValueHeaders, more = {}) => {
      const event = { ...requestEvent(), httpMethod, multiValueHeaders, ...more };
      return any(await authorizer(verifier, options)(event)).policyDocument;
    };
    for (const [options, token] of any([
      [{ cookie: 'session' }, { Cookie: [`session=${good}`] }],
      [{ header: 'x-token' }, { 'X-Token': [good] }],
    ])) {
      for (const method of ['GET', 'HEAD', 'OPTIONS'])
        assert.deepEqual(await allowed(options, method, token), policyOf('Allow', unchecked));
      const expected = policyOf('Allow', [`${STAGE}/DELETE/*`]);
      assert.deepEqual(await allowed(options, 'DELETE', post(token)), expected);
      const ws = { requestContext: { eventType: 'CONNECT' } };
      assert.deepEqual(await allowed(options, undefined, token, ws), policyOf('Allow', [`${STAGE}/*`]));
      for (const method of any(['*', 'G*', '', 5, 'get/x']))
        await assert.rejects(allowed(options, method, post(token)), { code: 'ERR_OPTIONS_INVALID', message: /method/ });
      const forged = { ...token, 'Sec-Fetch-Site': ['cross-site'] };
      await assert.rejects(allowed(options, 'POST', forged), isCrossSite);
      const anyOrigin = { ...options, allowCrossSite: true };
      assert.deepEqual(await allowed(anyOrigin, 'POST', forged), policyOf('Allow', [`${STAGE}/*`]));
    }
  });

  test('throws if "context" or "resources" is asynchronous, and handles the rejected promise', async () => {
    for (const name of ['context', 'resources']) {
      for (const result of [async () => ({}), async () => Promise.reject(new Error('x'))]) {
        const isInvalid = { code: 'ERR_OPTIONS_INVALID', message: `"${name}" must not be asynchronous` };
        await assert.rejects(authorizer(verifier, any({ [name]: result }))(tokenEvent(bearer(good))), isInvalid);
      }
    }
  });

  test('puts the AWS identity into the context', async () => {
    const { context } = any(await authorizer(withAws)(simpleEvent(bearer(awsTokens.role))));
    const { aws } = any(withAws.verify(awsTokens.role));
    assert.deepEqual([context.account, context.principal], [aws.account, aws.principal.arn]);
    for (const value of Object.values(context)) assert.ok(['string', 'number'].includes(typeof value));
  });

  test('puts the result of "context" into the response', async () => {
    const given = { name: 'x', level: 5, admin: false };
    const handler = authorizer(verifier, { context: (token) => ({ ...given, alg: token.alg }) });
    const expected = { ...given, alg: 'ES384' };
    assert.deepEqual(any(await handler(simpleEvent(bearer(good)))).context, expected);
    assert.deepEqual(any(await handler(tokenEvent(bearer(good)))).context, expected);
  });

  test('throws if "context" fails or has values that API Gateway does not accept', async () => {
    const failing = () => {
      throw new TypeError('a defect');
    };
    for (const value of [undefined, null, {}, [], Number.NaN, Infinity, 5n, () => {}, Symbol('x'), new Date()]) {
      const handler = authorizer(verifier, any({ context: () => ({ value }) }));
      await assert.rejects(handler(simpleEvent(bearer(good))), { code: 'ERR_OPTIONS_INVALID', message: /"value"/ });
    }
    const isInvalid = { code: 'ERR_OPTIONS_INVALID', message: /"context" failed: a defect/ };
    await assert.rejects(authorizer(verifier, { context: failing })(simpleEvent(bearer(good))), isInvalid);
  });

  test('puts no part of the path into the policy, because the caller chooses the path', async () => {
    for (const path of ['*', '/*/*', '../*', 'GET/pets/*:*']) {
      const methodArn = `${STAGE}/GET/${path}`;
      const { policyDocument } = any(await authorizer(verifier)({ ...tokenEvent(bearer(good)), methodArn }));
      assert.deepEqual(policyDocument, policyOf('Allow', [`${STAGE}/*`]));
    }
  });

  test('throws for an event that is not an authorizer event', async () => {
    const arns = [
      undefined,
      '',
      5,
      '*',
      'arn:aws:lambda:eu-west-1:123456789012:function:x',
      'arn:aws:execute-api:*:*:*/*/GET/x',
    ];
    const events = [
      undefined,
      null,
      5,
      {},
      [],
      ...arns.map((methodArn) => ({ ...tokenEvent(bearer(good)), methodArn })),
    ];
    for (const event of any(events)) {
      await assert.rejects(authorizer(verifier)(event), { code: 'ERR_OPTIONS_INVALID', message: /the event/ });
    }
  });

  test('throws only JwtErrors for events with odd values, and accepts none of them', async () => {
    const throwing = new Proxy({}, { get: () => assert.fail(), ownKeys: () => assert.fail() });
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    for (const value of any([null, 5, 'x', true, [], {}, () => {}, Symbol('x'), throwing, proxy, new Map()])) {
      for (const member of [
        'version',
        'type',
        'headers',
        'multiValueHeaders',
        'cookies',
        'authorizationToken',
        'requestContext',
      ]) {
        for (const event of [tokenEvent(), requestEvent(), simpleEvent()]) {
          const outcome = await authorizer(verifier, { cookie: 'session' })({ ...event, [member]: value }).catch(
            (e) => e,
          );
          assert.ok(outcome instanceof JwtError || outcome.isAuthorized === false, String(outcome));
        }
      }
      for (const event of [value, { requestContext: { http: value } }]) {
        await assert.rejects(authorizer(verifier)(event), { name: 'JwtError' });
      }
    }
  });

  test('reads no polluted prototype', async () => {
    const polluted = any({
      authorizationToken: bearer(good),
      headers: { authorization: bearer(good) },
      cookie: 'x',
      response: 'policy',
    });
    Object.assign(Object.prototype, polluted);
    try {
      const handler = authorizer(verifier);
      const { headers: _, ...event } = simpleEvent();
      assert.deepEqual(await handler(event), { isAuthorized: false, context: { error: 'ERR_JWS_INVALID' } });
      const { authorizationToken: __, ...token } = tokenEvent();
      await assert.rejects(handler(token), { message: 'Unauthorized' });
    } finally {
      for (const name of Object.keys(polluted)) delete any(Object.prototype)[name];
    }
  });

  test('rejects invalid options', () => {
    for (const [options, message] of any([
      [null, /plain object/],
      [{ optional: true }, /^"optional" is unknown/],
      [{ realm: 'x' }, /^"realm" is unknown/],
      [{ header: 'authorization' }, /^"header"/],
      [{ header: 'x', cookie: 'y' }, /cannot be combined/],
      [{ cookie: '' }, /^"cookie"/],
      [{ response: 'iam' }, /^"response"/],
      [{ resources: '*' }, /^"resources"/],
      [{ context: {} }, /^"context"/],
      [{ allowCrossSite: 1 }, /^"allowCrossSite"/],
    ])) {
      assert.throws(() => authorizer(verifier, options), { name: 'JwtError', code: 'ERR_OPTIONS_INVALID', message });
    }
    assert.throws(() => authorizer(any({})), { code: 'ERR_OPTIONS_INVALID', message: /"verify"/ });
  });
});
