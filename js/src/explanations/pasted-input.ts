// Reads a token or a JWKS from pasted text, and recognises what people paste by mistake.

/** The token found in pasted text, or the reason why there is no token. */
export type TokenInput =
  | {
      token: string;
      /** What was removed around the token, in words. A server would have rejected the token together with this text. */
      notes: string[];
    }
  | { problem: string };

/** The JWKS found in pasted text, or the reason why there is no JWKS. */
export type KeysInput =
  | {
      jwks: string;
      /** How the text was changed into a JWKS, in words. */
      notes: string[];
    }
  | {
      problem: string;
      /** The URL of the keys, if the text is a discovery document. */
      jwksUri?: string;
    };

/** The longest input that is examined. The core's limits are 32 KiB for a token and 256 KiB for a JWKS. */
const LIMIT = 512 * 1024;

/** A complete token. */
const TOKEN = /^ey[\w-]{8,}\.[\w-]+\.[\w-]*$/;

/**
 * Extracts a token from pasted text: the bare token, a header line, quoted text, AWS CLI output, or text that contains
 * a token.
 */
export function readTokenInput(text: string): TokenInput {
  const problem = unreadable(text, 'token');
  if (problem !== undefined) return { problem };
  const notes: string[] = [];
  // Files and pipes usually end with a line break, so no note mentions it.
  let token = text.replace(/\r?\n$/, '');
  const take = (part: string | undefined, note: string): void => {
    if (part === undefined || part === token) return;
    token = part;
    notes.push(note);
  };

  take(token.trim(), 'White space around the token was removed.');
  const json = /^[{[]/.test(token) ? parse(token) : undefined;
  const known = json && stringIn(json, ['WebIdentityToken', 'token', 'id_token', 'access_token']);
  take(known, 'The token was extracted from JSON.');
  take(/^(?:".*"|'.*'|`.*`)$/s.test(token) ? token.slice(1, -1) : undefined, 'Quotes around the token were removed.');
  take(/^(?:authorization\s*:\s*)?bearer\s+(.*)$/is.exec(token)?.[1], 'The prefix "Bearer" was removed.');
  // Terminals and mail programs break lines. Text around a token is removed only if the input contains a single token.
  const unbroken = token.replace(/\s+/g, '');
  const found = (token.match(/[\w.-]+/g) ?? []).filter((word) => TOKEN.test(word));
  if (found.length > 1) return { problem: `This contains ${found.length} tokens. Only one can be judged at a time.` };
  if (/^[\w-]*\.[\w-]*\.[\w-]*$/.test(unbroken)) take(unbroken, 'White space inside the token was removed.');
  else take(found[0], 'Other text around the token was removed.');
  if (json && known === undefined && found.length === 0) return { problem: notATokenButJson(json) };
  const mistake = notAToken(token);
  return mistake === undefined ? { token, notes } : { problem: mistake };
}

/** Reads a JWK Set from pasted text: the set, one key, or an array of keys. */
export function readKeysInput(text: string): KeysInput {
  const problem = unreadable(text, 'JWKS');
  if (problem !== undefined) return { problem };
  const trimmed = text.trim();
  if (trimmed.startsWith('-----BEGIN')) return { problem: 'This is PEM, not a JWK Set. Convert the key to a JWK.' };
  if (looksLikeToken(trimmed)) return { problem: 'This is a token, not a key set.' };
  const json = parse(trimmed);
  // The core reports what is wrong with invalid JSON.
  if (json === undefined) return { jwks: text, notes: [] };
  if (Array.isArray(json))
    return {
      jwks: `{"keys":${trimmed}}`,
      notes: ['The array of keys was read as a JWK Set. verify() would reject it.'],
    };
  if (typeof json !== 'object' || json === null || 'keys' in json) return { jwks: text, notes: [] };
  if ('kty' in json)
    return {
      jwks: `{"keys":[${trimmed}]}`,
      notes: ['The single key was read as a JWK Set. verify() would reject it.'],
    };
  const jwksUri = stringIn(json, ['jwks_uri']);
  if (jwksUri !== undefined) {
    return { problem: 'This is a discovery document. The keys are at its "jwks_uri".', jwksUri };
  }
  return { jwks: text, notes: [] };
}

function unreadable(text: string, noun: string): string | undefined {
  if (text.trim() === '') return `There is no ${noun} yet.`;
  if (text.length > LIMIT) return `This is over ${LIMIT / 1024} KB, far too large for a ${noun}.`;
  if (/[\0-\x08\x0e-\x1f\ufffd]/.test(text)) return `This is binary, not a ${noun}.`;
  if (/^\s*<(?:!doctype|html|\?xml|[a-z])/i.test(text))
    return `This is HTML or XML, not a ${noun}. It may be a login or error page.`;
  return undefined;
}

function notAToken(token: string): string | undefined {
  const segments = token.split('.');
  if (token === '') return 'There is no token yet.';
  if (/^v[1-4]\.(?:local|public)\./.test(token)) return 'This is a PASETO, not a JWT.';
  if (segments.length === 5 && looksLikeHeader(segments[0]!))
    return 'This is an encrypted token (JWE, five segments). Only signed tokens can be verified.';
  if (/^-----BEGIN/.test(token))
    return 'This is PEM: a key or a certificate. A JWT is three segments separated by dots.';
  if (/^(?:AKIA|ASIA)[A-Z0-9]{16}$/.test(token))
    return 'This is an AWS access key ID. Get a token with `aws sts get-web-identity-token`.';
  if (/(?:^|[^\w+/-])(?:IQoJ|FwoG|FQoG|AQoD)[\w+/=-]{40}/.test(token)) {
    return 'This is an AWS session token, part of temporary credentials, and not a JWT. Keep it secret: with its access key, anyone can act as you.';
  }
  if (segments.length === 2 && looksLikeHeader(segments[0]!))
    return 'This is a JWT without its third segment: the signature is missing. Copy the whole token.';
  if (segments.length === 1 && looksLikeHeader(token))
    return 'This is only one segment of a JWT. Copy all three, with the dots between them.';
  if (segments.length < 3) return 'This is not a JWT. A JWT is three segments separated by dots.';
  return undefined;
}

function notATokenButJson(json: object): string {
  if ('keys' in json || 'kty' in json) return 'This is a key set, not a token.';
  if ('jwks_uri' in json) return "This is the issuer's discovery document, not a token.";
  if ('Credentials' in json || 'AccessKeyId' in json)
    return 'These are AWS credentials. Keep them secret, and get a token with `aws sts get-web-identity-token`.';
  if ('alg' in json || 'iss' in json)
    return 'This is a decoded part of a token. Use the encoded token, including its signature.';
  return 'This is JSON without a "WebIdentityToken" member.';
}

function looksLikeToken(text: string): boolean {
  const segments = text.split('.');
  return segments.length === 3 && looksLikeHeader(segments[0]!);
}

/** Whether a segment decodes to text that begins with `{"`. */
function looksLikeHeader(segment: string): boolean {
  return /^ey[\w-]{8,}$/.test(segment);
}

function parse(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

function stringIn(json: object, names: readonly string[]): string | undefined {
  for (const name of names) {
    const value = (json as Record<string, unknown>)[name];
    if (typeof value === 'string') return value;
  }
  return undefined;
}
