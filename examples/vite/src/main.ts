import { decode, init, JwtError, verify } from 'sts-jwt';

const form = element('form');
const fieldset = element<HTMLFieldSetElement>('fieldset');
const verdict = element('#verdict');
const unverified = element('#unverified');
const verified = element('#verified');
const token = element<HTMLTextAreaElement>('[name=token]');
const jwks = element<HTMLTextAreaElement>('[name=jwks]');
const issuer = element<HTMLInputElement>('[name=issuer]');
const audience = element<HTMLInputElement>('[name=audience]');

// Clear the verdict when the input changes.
form.addEventListener('input', () => {
  judge('');
  show(verified);
});
token.addEventListener('input', () => {
  if (token.value.trim() === '') return show(unverified);
  try {
    const { header, claims } = decode(token.value.trim());
    show(unverified, { header, claims });
  } catch (error) {
    show(unverified, reasonOf(error));
  }
});
form.addEventListener('submit', (event) => {
  event.preventDefault();
  try {
    const { claims, key, alg } = verify(token.value.trim(), jwks.value, {
      issuer: issuer.value,
      audience: audience.value,
    });
    show(verified, { alg, key, claims });
    judge('accepted');
  } catch (error) {
    judge('rejected', reasonOf(error));
  }
});

// Load the WebAssembly module, then enable the form.
init().then(
  () => (fieldset.disabled = false),
  (error: unknown) => judge('rejected', reasonOf(error)),
);

function judge(outcome: '' | 'accepted' | 'rejected', reason = ''): void {
  verdict.className = outcome;
  verdict.textContent = outcome && (reason ? `${outcome}: ${reason}` : outcome);
}

function show(section: HTMLElement, content?: string | object): void {
  section.hidden = content === undefined;
  const text = typeof content === 'string' ? content : JSON.stringify(content, null, 2);
  section.querySelector('pre')!.textContent = text ?? '';
}

function reasonOf(error: unknown): string {
  if (!(error instanceof JwtError)) throw error;
  return `${error.code}: ${error.message}`;
}

function element<E extends HTMLElement>(selector: string): E {
  const found = document.querySelector<E>(selector);
  if (!found) throw new Error(`the page has no ${selector}`);
  return found;
}
