import { decode, init, JwtError, verify } from 'sts-jwt';

const form = document.querySelector('form');
const fieldset = document.querySelector('fieldset');
const verdict = document.querySelector('#verdict');
const unverified = document.querySelector('#unverified');
const verified = document.querySelector('#verified');
const { token, jwks, issuer, audience } = form.elements;

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
  (error) => judge('rejected', reasonOf(error)),
);

function judge(outcome, reason = '') {
  verdict.className = outcome;
  verdict.textContent = outcome && (reason ? `${outcome}: ${reason}` : outcome);
}

function show(section, content) {
  section.hidden = content === undefined;
  section.querySelector('pre').textContent = typeof content === 'string' ? content : JSON.stringify(content, null, 2);
}

function reasonOf(error) {
  if (!(error instanceof JwtError)) throw error;
  return `${error.code}: ${error.message}`;
}
