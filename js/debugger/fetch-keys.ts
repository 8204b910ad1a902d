// The only request of this page, and only when somebody clicks for it.

const TIMEOUT = 10_000;
const LIMIT = 256 * 1024;

/** Where the keys of an issuer are; `undefined` for what is no https URL. */
export function jwksUriOf(issuer: unknown): string | undefined {
  if (typeof issuer !== 'string') return undefined;
  return httpsUrl(`${issuer.replace(/\/$/, '')}/.well-known/jwks.json`);
}

/** A URL that may be fetched: https, or this very machine, without a password. */
export function httpsUrl(text: string): string | undefined {
  if (!URL.canParse(text)) return undefined;
  const { protocol, hostname, username, password, href } = new URL(text);
  const isLoopback = protocol === 'http:' && ['localhost', '127.0.0.1'].includes(hostname);
  return (protocol === 'https:' || isLoopback) && username === '' && password === '' ? href : undefined;
}

/** Fetches a JWKS. The reasons for failures are sentences for people. */
export async function fetchKeys(url: string): Promise<string> {
  const response = await fetch(url, {
    credentials: 'omit',
    headers: { accept: 'application/json' },
    redirect: 'error',
    signal: AbortSignal.timeout(TIMEOUT),
  }).catch((error: unknown) => {
    const reason =
      error instanceof DOMException && error.name === 'TimeoutError'
        ? 'Nobody answered within 10 seconds.'
        : 'The browser could not fetch it: the host is away, redirects, or does not let web pages read its keys (CORS).';
    throw new Error(`${reason} Fetch it in a terminal and paste it here: curl ${url}`);
  });
  if (!response.ok) throw new Error(`The issuer answered ${response.status}.`);
  const text = await response.text();
  if (text.length > LIMIT) throw new Error('The answer is longer than 256 KiB, so it is no JWKS.');
  return text;
}
