// The debugger page: puts what is typed, dropped or fetched into one judgement, and shows it.

import { initSync } from '../src/slim.js';
import { warmup } from '../src/warmup.js';
import wasm from 'sts_jwt.wasm';
import { workerOf } from './code.js';
import { distance, visible } from '../src/explanations/text.js';
import { byId, element } from './element.js';
import { ExpectationsForm } from './expectations.js';
import { fetchKeys, httpsUrl, jwksUriOf } from './fetch-keys.js';
import { judge, type Judgement, type Part, type State } from './judge.js';
import { keyReportsOf } from './keys.js';
import { prepareSamples, samples, type Sample } from './samples.js';
import { linkTo, takeShared, type Shared } from './share.js';
import { drawTimes } from './timeline.js';
import { countsOf, traceOf } from './trace.js';
import { treeOf, type Ticking } from './tree.js';

const ICONS: Readonly<Record<State, string>> = {
  empty: 'M12 5v10m0 0-4-4m4 4 4-4M5 19h14',
  undecided: 'M12 6v7m0 4v.5',
  rejected: 'M7 7l10 10M17 7 7 17',
  verified: 'M5 12.5l5 5L19 7.5',
};
const TRUST: Readonly<Record<State, string>> = {
  empty: '',
  undecided: 'not verified: anybody may have written this',
  rejected: 'not to be trusted',
  verified: 'signed by the issuer',
};
const MOST_OF_TEXT = 8000;
const DEFAULT_TOLERANCE = 30;
/** What is pasted beyond this never reaches a field, whose layout would take seconds. */
const MOST = 512 * 1024;

const token = byId<HTMLTextAreaElement>('token');
const jwks = byId<HTMLTextAreaElement>('jwks');
const form = new ExpectationsForm(byId('expectations'), scheduleUpdate);

let shown: Judgement | undefined;
let ticking: Ticking[] = [];
let scheduled = false;

const now = (): number => Date.now() / 1000;

// ---- judging and showing

/** However many changes come, one judgement for each frame. */
function scheduleUpdate(): void {
  if (scheduled) return;
  scheduled = true;
  requestAnimationFrame(() => {
    scheduled = false;
    update();
  });
}

function update(): void {
  const judgement = judge(token.value, jwks.value, form.read(), now());
  shown = judgement;
  showVerdict(judgement);
  showToken(judgement);
  showKeys(judgement);
  showDecision(judgement);
  form.show(judgement);
  byId('code').textContent = workerOf(form.read().options);
  tick();
}

function showVerdict({ state, title, text }: Judgement): void {
  byId('verdict').dataset['state'] = state;
  byId('verdict-icon').setAttribute('d', ICONS[state]);
  byId('verdict-why').hidden = state !== 'rejected';
  write(byId('verdict-title'), title);
  write(byId('verdict-text'), visible(text));
}

/** Unchanged text is left alone: a screen reader would say it again. */
function write(place: HTMLElement, text: string): void {
  if (place.textContent !== text) place.textContent = text;
}

function showToken({ token: read, contents, state }: Judgement): void {
  const parts = token.value.split(/(\.)/);
  const coloured = parts.map((part, index) => element('span', { class: `segment-${index}` }, part));
  byId('token-colours').replaceChildren(...coloured);
  write(byId('token-note'), [...read.notes, state === 'empty' ? '' : (read.problem ?? '')].join(' '));
  ticking = [];
  for (const kind of ['header', 'claims'] as const) byId(kind).replaceChildren(contentOf(kind, contents?.[kind]));
  write(byId('claims-trust'), contents?.claims.value ? TRUST[state] : '');
}

function contentOf(kind: 'header' | 'claims', { value, text }: Part<object> = {}): HTMLElement {
  if (value) {
    const { tree, ticking: more } = treeOf(kind, value);
    ticking.push(...more);
    return tree;
  }
  if (text === undefined) return element('p', { class: 'quiet' }, 'Nothing to read yet.');
  return element(
    'div',
    {},
    element('p', { class: 'quiet' }, 'This is no JSON object of the strict kind. Its text:'),
    element(
      'pre',
      { class: 'raw', tabindex: 0, role: 'region', 'aria-label': `The text of the ${kind}` },
      text.slice(0, MOST_OF_TEXT).split('\n').map(visible).join('\n'),
    ),
  );
}

function showKeys({ keys, contents }: Judgement): void {
  const isEmpty = jwks.value.trim() === '';
  write(byId('jwks-note'), [...keys.notes, isEmpty ? '' : visible(keys.problem ?? '')].join(' '));
  byId('keys').replaceChildren(...(keys.value ? keyReportsOf(keys.value) : []));
  const expected = [form.read().options.issuer].flat()[0] ?? contents?.claims.value?.iss;
  const url = keys.jwksUri === undefined ? jwksUriOf(expected) : httpsUrl(keys.jwksUri);
  byId<HTMLButtonElement>('fetch').disabled = url === undefined;
  write(byId('fetch-url'), url ?? '');
}

function showDecision({ explanation, state }: Judgement): void {
  const place = byId('steps');
  write(byId('why-count'), explanation ? countsOf(explanation) : '');
  if (explanation) place.replaceChildren(...traceOf(explanation));
  else
    place.replaceChildren(
      element(
        'li',
        { class: 'quiet' },
        state === 'empty' ? 'Nothing to decide yet.' : 'There is not enough to decide.',
      ),
    );
}

/** What changes with time alone. Where the verdict itself does, all is shown anew. */
function tick(): void {
  const time = now();
  const claims: Readonly<Record<string, unknown>> = shown?.contents?.claims.value ?? {};
  const { clockTolerance = DEFAULT_TOLERANCE } = form.read().options;
  const hasTimes = ['exp', 'nbf', 'iat'].some((name) => typeof claims[name] === 'number');
  if (hasTimes) drawTimes(byId('time'), claims, Number.isFinite(clockTolerance) ? clockTolerance : 0, time);
  else byId('time').replaceChildren(element('p', { class: 'quiet' }, 'No times yet.'));
  for (const each of ticking) each(time);
  const { exp } = claims;
  const left = typeof exp === 'number' ? `${exp > time ? 'expires' : 'expired'} ${distance(exp - time)}` : '';
  write(byId('verdict-time'), left);
}

function passTime(): void {
  if (document.hidden || !shown?.explanation) return;
  const { state, text } = judge(token.value, jwks.value, form.read(), now());
  if (state !== shown.state || text !== shown.text) update();
  else tick();
}

// ---- what comes in

function fill({ token: newToken, jwks: newJwks, expectations }: Shared | Sample): void {
  if (newToken !== undefined) token.value = newToken;
  if (newJwks !== undefined) jwks.value = newJwks;
  if (expectations !== undefined) form.fill(expectations);
  update();
}

/** Text for a field; too much of it is refused before it gets there. */
function put(field: HTMLTextAreaElement, text: string): void {
  if (text.length > MOST) return refuseSize(field, text.length);
  field.value = text;
  update();
}

function refuseSize(field: HTMLTextAreaElement, size: number): void {
  const what = field === token ? 'token' : 'JWKS';
  tell(field, `That is ${(size / 1024 / 1024).toFixed(1)} MB, far more than a ${what} has. It was left out.`);
}

function tell(field: HTMLTextAreaElement, text: string): void {
  write(byId(`${field.id}-note`), text);
}

for (const field of [token, jwks]) {
  field.addEventListener('input', scheduleUpdate);
  field.addEventListener('paste', (event) => {
    const text = event.clipboardData?.getData('text/plain') ?? '';
    if (text.length <= MOST) return;
    event.preventDefault();
    refuseSize(field, text.length);
  });
  field.addEventListener('scroll', () => (byId('token-colours').scrollTop = token.scrollTop));
  const file = byId<HTMLInputElement>(`${field.id}-file`);
  file.addEventListener('change', () => void read(field, file.files?.[0]).then(() => (file.value = '')));
  const section = document.querySelector<HTMLElement>(`[data-drop=${field.id}]`)!;
  section.addEventListener('dragover', (event) => (event.preventDefault(), section.classList.add('dropping')));
  section.addEventListener('dragleave', () => section.classList.remove('dropping'));
  section.addEventListener('drop', (event) => {
    event.preventDefault();
    section.classList.remove('dropping');
    const text = event.dataTransfer?.getData('text/plain');
    if (text) put(field, text);
    else void read(field, event.dataTransfer?.files[0]);
  });
}

async function read(field: HTMLTextAreaElement, file: File | undefined): Promise<void> {
  if (!file) return;
  if (file.size > MOST) refuseSize(field, file.size);
  else put(field, await file.text());
}

byId('samples').append(
  ...Object.entries(samples).map(([name, make]) => {
    const button = element('button', { type: 'button' }, name);
    button.addEventListener('click', () => {
      button.setAttribute('aria-busy', 'true');
      void make()
        .then(fill, () =>
          tell(token, 'Samples need WebCrypto, which browsers give to https, localhost and files only.'),
        )
        .finally(() => button.removeAttribute('aria-busy'));
    });
    return button;
  }),
);

byId('fetch').addEventListener('click', () => {
  const button = byId('fetch');
  button.setAttribute('aria-busy', 'true');
  void fetchKeys(byId('fetch-url').textContent)
    .then(
      (text) => put(jwks, text),
      (error: unknown) => tell(jwks, error instanceof Error ? error.message : String(error)),
    )
    .finally(() => button.removeAttribute('aria-busy'));
});

byId('clear').addEventListener('click', () => {
  fill({ token: '', jwks: '', expectations: {} });
  token.focus();
});

// ---- what goes out

const dialog = byId<HTMLDialogElement>('share-dialog');

function writeLink(): void {
  const chosen = (name: string): boolean => byId<HTMLInputElement>(`share-${name}`).checked;
  const shared: Shared = {
    ...(chosen('token') ? { token: token.value } : {}),
    ...(chosen('jwks') ? { jwks: jwks.value } : {}),
    ...(chosen('expectations') ? { expectations: form.texts() } : {}),
  };
  byId('share-warning').hidden = !chosen('token');
  byId<HTMLInputElement>('share-link').value = linkTo(shared);
}

byId('share').addEventListener('click', () => {
  byId<HTMLInputElement>('share-token').checked = false;
  writeLink();
  dialog.showModal();
});
dialog.addEventListener('change', writeLink);
copies(byId('share-copy'), () => byId<HTMLInputElement>('share-link').value);
copies(byId('copy-code'), () => byId('code').textContent);

function copies(button: HTMLElement, text: () => string): void {
  const label = button.textContent;
  button.addEventListener('click', () => {
    void navigator.clipboard.writeText(text()).then(
      () => (button.textContent = 'Copied'),
      () => (button.textContent = 'Not allowed: select and copy'),
    );
    setTimeout(() => (button.textContent = label), 2000);
  });
}

// ---- light and dark

const THEMES = ['system', 'light', 'dark'];
let theme = 0;
byId('theme').addEventListener('click', () => {
  theme = (theme + 1) % THEMES.length;
  document.documentElement.dataset['theme'] = THEMES[theme]!;
  byId('theme').textContent = `Theme: ${THEMES[theme]!}`;
});

// ---- start

initSync(wasm);
fill(takeShared() ?? {});
document.documentElement.dataset['ready'] = '';
setInterval(passTime, 1000);
// The first token shall not wait for code to be compiled.
setTimeout(warmup, 50);
setTimeout(prepareSamples, 200);
