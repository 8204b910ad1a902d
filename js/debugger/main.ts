// The debugger page: checks the token with the keys and expectations that were entered, and shows the result.

import wasm from 'sts_jwt.wasm';
import { warmup } from '../src/core/warmup.js';
import { distance, visible } from '../src/explanations/text.js';
import { CLOCK_TOLERANCE } from '../src/generated/facts.js';
import { initSync } from '../src/loaders/slim.js';
import { workerOf } from './code.js';
import { paintToken } from './colours.js';
import { byId, copies, element, write } from './element.js';
import { ExpectationsForm } from './expectations.js';
import { fetchKeys, httpsUrl, sourceOf } from './fetch-keys.js';
import { type Judgement, judge, type Part, type State } from './judge.js';
import { keyReportsOf } from './keys.js';
import { publicKeysOf } from './public-keys.js';
import { prepareSamples, type Sample, samples } from './samples.js';
import { type Shared, setUpSharing, takeShared } from './share.js';
import { TextField } from './text-field.js';
import { drawTimes } from './timeline.js';
import { countsOf, showTrace } from './trace.js';
import { type Ticking, treeOf } from './tree.js';

const ICONS: Readonly<Record<State, string>> = {
  empty: 'M12 5v10m0 0-4-4m4 4 4-4M5 19h14',
  undecided: 'M12 6v7m0 4v.5',
  rejected: 'M7 7l10 10M17 7 7 17',
  verified: 'M5 12.5l5 5L19 7.5',
};
const TRUST: Readonly<Record<State, string>> = {
  empty: '',
  undecided: 'not verified: anyone may have written this',
  rejected: 'not to be trusted',
  verified: 'signed with one of these keys',
};
const MAX_TEXT_LENGTH = 8000;

const token = new TextField('token', 'token', 128 * 1024, scheduleUpdate);
const jwks = new TextField('jwks', 'JWKS', 512 * 1024, () => {
  jwksNote = '';
  scheduleUpdate();
});
const form = new ExpectationsForm(byId('expectations'), scheduleUpdate);

/** An extra note about the current keys. Cleared when they change. */
let jwksNote = '';
let shown: Judgement | undefined;
let ticking: Ticking[] = [];
let scheduled = false;

const now = (): number => Date.now() / 1000;

// ---- Checking and showing

/** Schedules an update, at most one per frame. */
function scheduleUpdate(): void {
  if (scheduled) return;
  scheduled = true;
  requestAnimationFrame(() => {
    scheduled = false;
    update();
  });
}

function update(): void {
  const judgement = judge(token.text, jwks.text, form.read(), now());
  shown = judgement;
  showVerdict(judgement);
  showToken(judgement);
  showKeys(judgement);
  showDecision(judgement);
  form.show(judgement);
  const { options } = form.read();
  byId('code').textContent = judgement.mistake === undefined ? workerOf(options) : '// Correct the expectations first.';
  tick();
}

function showVerdict({ state, title, text }: Judgement): void {
  byId('verdict').dataset['state'] = state;
  byId('verdict-icon').setAttribute('d', ICONS[state]);
  byId('verdict-why').hidden = state !== 'rejected';
  write(byId('verdict-title'), title);
  write(byId('verdict-text'), visible(text));
}

function showToken({ token: read, contents, state }: Judgement): void {
  paintToken(byId('token-colours'), token.text, read.value);
  token.tell([...read.notes, state === 'empty' ? '' : (read.problem ?? '')].join(' '));
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
    element('p', { class: 'quiet' }, 'Not a strict JSON object. Its text:'),
    element(
      'pre',
      { class: 'raw', tabindex: 0, role: 'region', 'aria-label': `The text of the ${kind}` },
      text.slice(0, MAX_TEXT_LENGTH).split('\n').map(visible).join('\n'),
    ),
  );
}

function showKeys({ keys, contents }: Judgement): void {
  const isEmpty = jwks.text.trim() === '';
  jwks.tell([...keys.notes, isEmpty ? '' : visible(keys.problem ?? ''), jwksNote].join(' ').trim());
  byId('keys').replaceChildren(...(keys.value ? keyReportsOf(keys.value) : []));
  const expected = [form.read().options.issuer].flat()[0] ?? contents?.claims.value?.iss;
  const url = keys.jwksUri === undefined ? sourceOf(expected) : httpsUrl(keys.jwksUri);
  byId<HTMLButtonElement>('fetch').disabled = url === undefined || fetching !== undefined;
  write(byId('fetch-url'), url ?? '');
}

function showDecision({ explanation, state }: Judgement): void {
  const place = byId('steps');
  write(byId('why-count'), explanation ? countsOf(explanation) : '');
  if (explanation) showTrace(place, explanation);
  else
    place.replaceChildren(
      element(
        'li',
        { class: 'quiet' },
        state === 'empty' ? 'Nothing to decide yet.' : 'No decision. See the verdict for the reason.',
      ),
    );
}

/** Updates only the times. If the verdict changes, passTime() updates everything. */
function tick(): void {
  const time = now();
  const claims: Readonly<Record<string, unknown>> = shown?.contents?.claims.value ?? {};
  const { clockTolerance = CLOCK_TOLERANCE } = form.read().options;
  const hasTimes = ['exp', 'nbf', 'iat'].some((name) => typeof claims[name] === 'number');
  if (hasTimes) drawTimes(byId('time'), claims, Number.isFinite(clockTolerance) ? clockTolerance : 0, time);
  else byId('time').replaceChildren(element('p', { class: 'quiet' }, 'No times yet.'));
  for (const each of ticking) each(time);
  const { exp } = claims;
  const left = typeof exp === 'number' ? `${exp > time ? 'expires' : 'expired'} ${distance(exp - time)}` : '';
  write(byId('verdict-time'), left);
}

function passTime(): void {
  if (document.hidden || !shown?.contents) return;
  const { state, text } = judge(token.text, jwks.text, form.read(), now());
  if (state !== shown.state || text !== shown.text) update();
  else tick();
}

// ---- Input

function fill({ token: newToken, jwks: newJwks, expectations }: Shared | Sample): void {
  if (newToken !== undefined) token.text = newToken;
  if (newJwks !== undefined) jwks.text = newJwks;
  if (newJwks !== undefined) jwksNote = '';
  if (expectations !== undefined) form.fill(expectations);
  fetching = undefined;
  update();
}

function fillShared(): void {
  const shared = takeShared();
  if (!shared) return;
  fill(shared);
  if (shared.jwks) jwksNote = "These keys came with the link. Before you trust them, fetch the issuer's keys.";
  update();
}

/** Prevents a file dropped outside a field from replacing the page. */
for (const event of ['dragover', 'drop']) addEventListener(event, (dropped) => dropped.preventDefault());
addEventListener('hashchange', fillShared);
byId('token').addEventListener('scroll', ({ target }) => {
  byId('token-colours').scrollTop = (target as HTMLElement).scrollTop;
});

byId('samples').append(
  ...Object.entries(samples).map(([name, make]) => {
    const button = element('button', { type: 'button' }, name);
    button.addEventListener('click', () => {
      button.setAttribute('aria-busy', 'true');
      void make()
        .then(fill, () =>
          token.tell('Samples need WebCrypto, which browsers offer only on https, localhost and files.'),
        )
        .finally(() => button.removeAttribute('aria-busy'));
    });
    return button;
  }),
);

/** The URL being fetched. Responses for any other URL are ignored. */
let fetching: string | undefined;

byId('fetch').addEventListener('click', () => void fetchInto(byId('fetch-url').textContent));

async function fetchInto(url: string): Promise<void> {
  const button = byId<HTMLButtonElement>('fetch');
  fetching = url;
  button.disabled = true;
  button.setAttribute('aria-busy', 'true');
  const outcome = await fetchKeys(url).then(
    (text) => ({ text }),
    (error: Error) => ({ problem: error.message }),
  );
  button.removeAttribute('aria-busy');
  const isWanted = fetching === url;
  fetching = undefined;
  if (isWanted && 'text' in outcome) jwks.put(outcome.text);
  update();
  if (isWanted && 'problem' in outcome) jwks.tell(outcome.problem);
}

byId('clear').addEventListener('click', () => {
  fill({ token: '', jwks: '', expectations: {} });
  token.focus();
});

// ---- Output

setUpSharing(() => {
  const keys = shown?.keys.value;
  const arePublic = keys !== undefined && !keys.some((key) => key.private);
  return { token: token.text, keys: arePublic ? publicKeysOf(jwks.text) : undefined, expectations: form.texts() };
});
copies(byId('copy-code'), () => byId('code').textContent);

// ---- Theme

const THEMES = ['system', 'light', 'dark'];
let theme = 0;
byId('theme').addEventListener('click', () => {
  theme = (theme + 1) % THEMES.length;
  document.documentElement.dataset['theme'] = THEMES[theme]!;
  byId('theme').textContent = `Theme: ${THEMES[theme]!}`;
});

// ---- Start

initSync(wasm);
update();
fillShared();
document.documentElement.dataset['ready'] = '';
setInterval(passTime, 1000);
// Compile the code before the first token arrives.
setTimeout(warmup, 50);
setTimeout(prepareSamples, 200);
