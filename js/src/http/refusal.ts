// The response for a rejected request.

import { ERR_JWS_INVALID, ERR_POLICY_DENIED, isJwtError, JwtError, ownData } from '../core/shared.js';
import type { Settings } from './protect-options.js';

/** The error for a request without a token. No other `ERR_JWS_INVALID` has a `reason`. */
export function tokenMissing(): JwtError {
  return new JwtError({ ...ERR_JWS_INVALID, reason: 'missing', message: 'the request has no token' });
}

/** The error for a request that may come from a page of another origin. */
export function crossSite(): JwtError {
  const message = 'the request comes from a page of another origin';
  return new JwtError({ ...ERR_POLICY_DENIED, claim: CROSS_SITE, reason: 'check_failed', message });
}

const CROSS_SITE = 'origin';

/** Whether this is the error of {@link crossSite}. */
export function isCrossSite(error: JwtError): boolean {
  return error.code === 'ERR_POLICY_DENIED' && Object.hasOwn(error, 'claim') && error.claim === CROSS_SITE;
}

/** Returns the response for an error after calling `onRefused`. @throws Every error that is not about the token or the keys. */
export async function refusalFor(error: unknown, settings: Settings, request: unknown): Promise<Response> {
  const response = refusal(error, settings);
  if (!settings.onRefused) return response;
  try {
    const other: unknown = await settings.onRefused(error as JwtError, request, response.clone());
    return other instanceof Response ? other : response;
  } catch {
    return response;
  }
}

/** The response of `refuse()`. @throws Every error that is not about the token or the keys. */
export function refusal(error: unknown, settings: Settings): Response {
  if (!isRefusal(error)) throw error;
  const { code, status } = error;
  if (code === 'ERR_JWS_INVALID' && Object.hasOwn(error, 'reason') && error.reason === 'missing') {
    return answer(401, { error: 'no bearer token' }, challengeOf(settings));
  }
  if (isCrossSite(error)) return answer(403, { error: 'cross-site request' }, {});
  if (status !== 503) return answer(status, { error: code }, challengeOf(settings, error));
  const known = Object.hasOwn(error, 'retryAfter') ? error.retryAfter : undefined;
  const seconds = settings.retryAfter ?? (Number.isSafeInteger(known) ? known : 10);
  return answer(status, { error: code }, { 'retry-after': String(seconds) });
}

/** Whether this is an error about the token or the keys. Any code can construct a JwtError, so the members are checked. */
export function isRefusal(error: unknown): error is JwtError {
  return isJwtError(error) && [401, 403, 503].includes(error.status);
}

/** The challenge (RFC 6750 §3), with the required scopes and the parameter of RFC 9728 §5.1. */
function challengeOf(settings: Settings, error?: JwtError): Record<string, string> {
  const { realm, resourceMetadata, challengeScope } = settings;
  const given = error?.challenge().slice('Bearer '.length) ?? '';
  const parameters = given ? [given] : [];
  if (realm !== undefined) parameters.unshift(`realm=${quoted(realm)}`);
  const scope = error?.status === 403 ? missingScope(error) : challengeScope;
  if (scope !== undefined) parameters.push(`scope="${scope}"`);
  if (resourceMetadata !== undefined) parameters.push(`resource_metadata=${quoted(resourceMetadata)}`);
  return { 'www-authenticate': parameters.length > 0 ? `Bearer ${parameters.join(', ')}` : 'Bearer' };
}

/**
 * If the token lacks a required scope, returns all scopes that the option `scope` requires. They contain only
 * characters of RFC 6749 §3.3, because the core rejects all others.
 */
function missingScope(error: JwtError): string | undefined {
  const { claim, expected }: { claim?: unknown; expected?: unknown } = ownData(error);
  return claim === 'scope' && Array.isArray(expected) ? expected.join(' ') : undefined;
}

/** A quoted string (RFC 9110 §5.6.4). */
function quoted(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`;
}

function answer(status: number, body: object, headers: Record<string, string>): Response {
  return Response.json(body, { status, headers: { 'cache-control': 'no-store', ...headers } });
}
