// What people paste: a token or a JWKS with what came along, or something else that is taken for one.

/** What was found where a token was expected. */
export type TokenInput =
  | {
      token: string;
      /** What was left out around it; a server would have refused the token with it. */
      notes: string[];
    }
  | { problem: string };

/** What was found where a JWKS was expected. */
export type KeysInput =
  | {
      jwks: string;
      /** What was made of it. */
      notes: string[];
    }
  | {
      problem: string;
      /** Where the keys are: from a discovery document. */
      jwksUri?: string;
    };

/** More is read by nobody: the limits of the core are 32 and 256 KiB. */
const LIMIT = 512 * 1024;

/** A whole token, alone or in other text: not a part of something longer. */
const TOKEN = /(?<![\w.-])ey[\w-]{8,}\.[\w-]+\.[\w-]*(?![\w.-])/g;

/** Reads a token out of what was pasted: the bare token, a header line, quoted text, what the AWS CLI prints, or other text with one. */
export function readTokenInput(text: string): TokenInput {
  const problem = nothingReadable(text, 'token');
  if (problem !== undefined) return { problem };
  const notes: string[] = [];
  // A line break at the end comes with every file and every pipe.
  let token = text.replace(/\r?\n$/, '');
  const take = (rest: string | undefined, note: string): void => {
    if (rest === undefined || rest === token) return;
    token = rest;
    notes.push(note);
  };

  take(token.trim(), 'White space around the token was left out.');
  const json = /^[{[]/.test(token) ? parse(token) : undefined;
  const known = json && stringIn(json, ['WebIdentityToken', 'token', 'id_token', 'access_token']);
  take(known, 'The token was taken out of JSON.');
  take(/^(["'`])(.*)\1$/s.exec(token)?.[2], 'Quotes around the token were left out.');
  take(/^(?:authorization\s*:\s*)?bearer\s+(.*)$/is.exec(token)?.[1], 'The prefix "Bearer" was left out.');
  // Line breaks come from terminals and mails. Other text around is cut away, where only one token is meant.
  const unbroken = token.replace(/\s+/g, '');
  const found = token.match(TOKEN) ?? [];
  if (found.length > 1) return { problem: `There are ${found.length} tokens. Only one can be judged at a time.` };
  if (/^[\w-]*\.[\w-]*\.[\w-]*$/.test(unbroken)) take(unbroken, 'White space inside the token was left out.');
  else take(found[0], 'Other text around the token was left out.');
  if (json && known === undefined && found.length === 0) return { problem: notATokenButJson(json) };
  const other = notAToken(token);
  return other === undefined ? { token, notes } : { problem: other };
}

/** Reads a JWK Set out of what was pasted: the set, one key, or a list of keys. */
export function readKeysInput(text: string): KeysInput {
  const problem = nothingReadable(text, 'JWKS');
  if (problem !== undefined) return { problem };
  const trimmed = text.trim();
  if (trimmed.startsWith('-----BEGIN'))
    return { problem: 'This is PEM. A JWK Set is JSON with "keys": convert the key to a JWK.' };
  if (looksLikeToken(trimmed)) return { problem: 'This is a token, not a key set.' };
  const json = parse(trimmed);
  // Broken JSON is judged where all others are: the core says what is wrong with it.
  if (json === undefined) return { jwks: text, notes: [] };
  if (Array.isArray(json))
    return {
      jwks: `{"keys":${trimmed}}`,
      notes: ['A list of keys was taken for a JWK Set, which verify() would not do.'],
    };
  if (typeof json !== 'object' || json === null || 'keys' in json) return { jwks: text, notes: [] };
  if ('kty' in json)
    return {
      jwks: `{"keys":[${trimmed}]}`,
      notes: ['One key was taken for a JWK Set of this key, which verify() would not do.'],
    };
  const jwksUri = stringIn(json, ['jwks_uri']);
  if (jwksUri !== undefined) {
    return { problem: 'This is the discovery document. The keys are where its "jwks_uri" says.', jwksUri };
  }
  return { jwks: text, notes: [] };
}

function nothingReadable(text: string, what: string): string | undefined {
  if (text.trim() === '') return `There is no ${what} yet.`;
  if (text.length > LIMIT) return `This is over ${LIMIT / 1024} KB, far more than a ${what} has.`;
  if (/[\0-\x08\x0e-\x1f\ufffd]/.test(text)) return `This is binary, not a ${what}.`;
  if (/^\s*<(?:!doctype|html|\?xml|[a-z])/i.test(text))
    return `This is a page of HTML or XML, not a ${what}. A login page or an error page came instead?`;
  return undefined;
}

function notAToken(token: string): string | undefined {
  const segments = token.split('.');
  if (token === '') return 'There is no token yet.';
  if (/^v[1-4]\.(?:local|public)\./.test(token)) return 'This is a PASETO, not a JWT.';
  if (segments.length === 5 && looksLikeHeader(segments[0]!))
    return 'This is an encrypted token (JWE): five segments. Only signed ones can be verified.';
  if (/^-----BEGIN/.test(token)) return 'This is PEM, a key or certificate. A JWT is three segments separated by dots.';
  if (/^(?:AKIA|ASIA)[A-Z0-9]{16}$/.test(token))
    return 'This is an AWS access key ID. A web identity token comes from `aws sts get-web-identity-token`.';
  if (/(?<![\w+/-])(?:IQoJ|FwoG|FQoG|AQoD)[\w+/=-]{40,}/.test(token)) {
    return 'This is an AWS session token, part of temporary credentials. Keep it secret: it is no JWT, and whoever has it with its key can act for you.';
  }
  if (segments.length === 2 && looksLikeHeader(segments[0]!))
    return 'This is two thirds of a JWT: the signature is missing. It was cut off while it was copied?';
  if (segments.length === 1 && looksLikeHeader(token))
    return 'This is one segment of a JWT. A whole one has three, separated by dots.';
  if (segments.length < 3) return 'This is no JWT: three segments separated by dots are needed.';
  return undefined;
}

function notATokenButJson(json: object): string {
  if ('keys' in json || 'kty' in json) return 'This is a key set, not a token.';
  if ('jwks_uri' in json) return "This is the issuer's discovery document, not a token.";
  if ('Credentials' in json || 'AccessKeyId' in json)
    return 'These are AWS credentials. Keep them secret; a token comes from `aws sts get-web-identity-token`.';
  if ('alg' in json || 'iss' in json)
    return 'This is a decoded part of a token. The encoded one is needed, with its signature.';
  return 'This is JSON without a "WebIdentityToken".';
}

function looksLikeToken(text: string): boolean {
  const segments = text.split('.');
  return segments.length === 3 && looksLikeHeader(segments[0]!);
}

/** base64url of a text that begins with `{"`. */
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
