// Calls the authorizer of examples/lambda-authorizer with events of API Gateway; the issuer is on loopback.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import test, { after, before, describe } from 'node:test';
import { pathToFileURL } from 'node:url';
import { audience, callers, denied, identityOf, issuer, jwks, tokens } from '../support/callers.mjs';
import { copyExample } from '../support/examples.mjs';
import { serveIssuer } from '../support/issuer.mjs';

const any = (value) => value;
const STAGE = 'arn:aws:execute-api:eu-west-1:123456789012:abcdef1234/prod';

describe('examples/lambda-authorizer', () => {
  let served;
  let authorize;
  let hello;
  before(async () => {
    served = await serveIssuer(issuer, JSON.stringify(jwks));
    Object.assign(process.env, { ISSUER: issuer, AUDIENCE: audience, JWKS_URI: served.jwksUri });
    const folder = copyExample('lambda-authorizer');
    const load = async (file) => (await import(pathToFileURL(join(folder, 'src', file)).href)).handler;
    authorize = await load('authorizer.js');
    hello = await load('hello.js');
  });
  after(() => served?.stop());

  const http = (token) => ({
    version: '2.0',
    type: 'REQUEST',
    routeArn: `${STAGE}/GET/`,
    headers: { authorization: `Bearer ${token}` },
    requestContext: { http: { method: 'GET' } },
  });
  const rest = (token) => ({
    type: 'REQUEST',
    methodArn: `${STAGE}/GET/`,
    httpMethod: 'GET',
    headers: { Authorization: `Bearer ${token}` },
    multiValueHeaders: { Authorization: [`Bearer ${token}`] },
  });

  for (const caller of callers) {
    test(`${caller.code ? 'rejects' : 'accepts'} ${caller.name}`, async () => {
      const [simple, policy] = [await authorize(http(caller.token)), authorize(rest(caller.token))];
      if (caller.code) {
        assert.deepEqual(simple, { isAuthorized: false, context: { error: caller.code } });
        return assert.rejects(policy, { message: 'Unauthorized', code: caller.code });
      }
      const { principal, account } = identityOf(any(caller));
      const { context } = await policy;
      assert.deepEqual([simple.isAuthorized, simple.context, context.principal], [true, context, principal]);
      for (const authorizer of [{ lambda: simple.context }, context]) {
        const { statusCode, body } = await hello({ requestContext: { authorizer } });
        assert.deepEqual([statusCode, JSON.parse(body)], [200, { hello: principal, account }]);
      }
    });
  }

  test('denies a caller that the policy does not allow', async () => {
    assert.deepEqual((await authorize(http(denied))).context, { error: 'ERR_POLICY_DENIED' });
    const { policyDocument } = await authorize(rest(denied));
    assert.deepEqual(policyDocument.Statement[0], {
      Action: 'execute-api:Invoke',
      Effect: 'Deny',
      Resource: [`${STAGE}/*`],
    });
    assert.equal((await authorize(rest(tokens.ES384))).policyDocument.Statement[0].Effect, 'Allow');
  });
});
