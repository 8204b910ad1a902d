import init, { explain, verify } from './bindings/sts_jwt_bindings.js';

const form = document.querySelector('form');
const verdict = document.querySelector('#verdict');
const verified = document.querySelector('#verified');
const steps = document.querySelector('#steps');

form.addEventListener('submit', (event) => {
  event.preventDefault();
  const { token, jwks, issuer, audience } = Object.fromEntries(new FormData(form));
  const options = { issuer, audience };
  try {
    const { alg, key, claims } = verify(token, jwks, options);
    verified.textContent = JSON.stringify({ alg, key, claims }, null, 2);
    verdict.textContent = 'accepted';
  } catch (error) {
    verified.textContent = '';
    verdict.textContent = `rejected: ${error.code}: ${error.message}`;
  }
  steps.replaceChildren(...explain(token, jwks, options).steps.map(itemOf));
});

// Fetches and starts the WebAssembly module; every function of the bindings needs it.
await init();
document.querySelector('fieldset').disabled = false;

function itemOf({ stage, name, outcome, problem }) {
  const item = document.createElement('li');
  item.textContent = `${outcome}: ${stage}${name ? ` ${name}` : ''}${problem ? ` (${problem})` : ''}`;
  return item;
}
