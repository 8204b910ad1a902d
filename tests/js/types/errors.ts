// Narrows errors by their code, with and without compile errors.
import { createVerifier, JwtError, type JwtErrorCode, type JwtErrorOf, verify } from 'sts-jwt';

declare const token: string;
declare const thrown: unknown;
declare function use(...values: unknown[]): void;

if (thrown instanceof JwtError) {
  // Every error has every member.
  const members: [string | undefined, string | undefined, number | undefined, string | undefined, unknown, unknown] = [
    thrown.claim,
    thrown.reason,
    thrown.retryAfter,
    thrown.jwksUri,
    thrown.expected,
    thrown.cause,
  ];
  const text: string = thrown.name + thrown.message + thrown.stack + thrown.challenge() + members;
  const error: Error = thrown;
  if (thrown.code === 'ERR_JWT_EXPIRED') {
    const [status, claim, category, retryable]: [401, string, 'claims', false] = [
      thrown.status,
      thrown.claim,
      thrown.category,
      thrown.retryable,
    ];
    const absent: [undefined, undefined, undefined] = [thrown.retryAfter, thrown.kind, thrown.jwksUri];
    use(status, claim, category, retryable, absent, text, error);
  } else if (thrown.code === 'ERR_JWKS_KEYS_NEEDED') {
    const [issuer, reason, status]: [string, 'missing' | 'too_old', 503] = [
      thrown.issuer,
      thrown.reason,
      thrown.status,
    ];
    use(issuer, reason, status);
  } else if (thrown.code === 'ERR_JWKS_UNAVAILABLE') {
    const [seconds, kind, claim]: [number | undefined, string | undefined, undefined] = [
      thrown.retryAfter,
      thrown.kind,
      thrown.claim,
    ];
    use(seconds, kind, claim);
    // @ts-expect-error its status is 503
    if (thrown.status === 401) use();
  } else if (thrown.category === 'policy') {
    const [code, status, claim]: ['ERR_POLICY_DENIED', 403, string] = [thrown.code, thrown.status, thrown.claim];
    use(code, status, claim);
  } else if (thrown.status === 503) {
    // Also narrows by the status: the other two codes with 503 were handled above.
    const code: 'ERR_REPLAY_UNAVAILABLE' = thrown.code;
    use(code);
  }
  switch (thrown.code) {
    case 'ERR_POLICY_DENIED':
    case 'ERR_JWT_CLAIM_VALIDATION_FAILED': {
      const [claim, reason]: [string, 'missing' | 'invalid' | 'check_failed'] = [thrown.claim, thrown.reason];
      use(claim, reason);
    }
  }
  // @ts-expect-error only some errors have a claim
  const claim: string = thrown.claim;
  use(claim);
}

const verdict = createVerifier({ issuer: 'https://issuer.example.test', audience: null }).safeVerify(token);
if (!verdict.ok && verdict.error.code === 'ERR_JWKS_KEYS_NEEDED') {
  const uri: string | undefined = verdict.error.jwksUri;
  use(uri);
  // @ts-expect-error no key was requested
  use(verdict.error.kind.length);
}

/** An error stays a JwtError wherever the general type is expected. */
export function codeOf(error: JwtError): JwtErrorCode {
  return error.errors?.[0]?.code ?? error.code;
}
declare const expired: JwtErrorOf<'ERR_JWT_EXPIRED'>;
export const codes = [codeOf(expired), codeOf(new JwtError(expired, { cause: thrown }))];
export const caught: (JwtError | undefined)[] = [undefined].map(() => {
  try {
    verify(token, '', { issuer: null, audience: null });
  } catch (error) {
    if (error instanceof JwtError) return error;
  }
  return undefined;
});
