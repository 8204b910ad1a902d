// Uses the types of `sts-jwt/lambda` with those of AWS, with and without compile errors.
import type {
  APIGatewayAuthorizerResult,
  APIGatewayRequestAuthorizerEvent,
  APIGatewayRequestAuthorizerEventV2,
  APIGatewaySimpleAuthorizerWithContextResult,
  APIGatewayTokenAuthorizerEvent,
} from 'aws-lambda';
import type { Verifier } from 'sts-jwt';
import { authorizer, type PolicyResult, type SimpleResult } from 'sts-jwt/lambda';

declare const verifier: Verifier;
declare const rest: APIGatewayTokenAuthorizerEvent | APIGatewayRequestAuthorizerEvent;
declare const http: APIGatewayRequestAuthorizerEventV2;
export const handler = authorizer(verifier, {
  resources: (token, stage) => `${stage}/GET/${token.claims.sub}/*`,
  context: ({ claims }) => ({ role: String(claims['role']), admin: false }),
});
export const results: Promise<PolicyResult | SimpleResult>[] = [handler(rest), handler(http)];
declare const policy: PolicyResult;
export const asPolicy: APIGatewayAuthorizerResult = policy;
declare const simple: SimpleResult;
export const asSimple: APIGatewaySimpleAuthorizerWithContextResult<Record<string, string | number | boolean>> = simple;
// @ts-expect-error the context is flat
authorizer(verifier, { context: ({ claims }) => ({ claims }) });
// @ts-expect-error an unknown form
authorizer(verifier, { response: 'iam' });
// @ts-expect-error an authorizer without a token makes no sense
authorizer(verifier, { optional: true });
