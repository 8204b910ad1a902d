// Shares the state of the page as a link, on request. The state is in the fragment, which browsers never send.

import { visible } from '../src/explanations/text.js';
import { byId, copies, write } from './element.js';
import type { FormTexts } from './expectations.js';
import { hasToken } from './has-token.js';
import type { PublicKeys } from './public-keys.js';

/** The contents of a link. */
export interface Shared {
  token?: string;
  jwks?: string;
  expectations?: FormTexts;
}

/** The state of the page; `keys` is undefined unless all keys are public. */
export interface Shareable {
  token: string;
  keys: PublicKeys | undefined;
  expectations: FormTexts;
}

/** A longer fragment is not from a link of this page. */
const LONGEST = 2_000_000;

/** How many names of dropped members the dialog lists, and how many characters of each name. */
const MOST_NAMES = 8;
const LONGEST_NAME = 40;

/** Sets up the share dialog. */
export function setUpSharing(state: () => Shareable): void {
  const dialog = byId<HTMLDialogElement>('share-dialog');
  const box = (name: string): HTMLInputElement => byId<HTMLInputElement>(`share-${name}`);
  const writeLink = (): void => {
    const { token, keys, expectations } = state();
    const sharedKeys = box('jwks').checked ? keys : undefined;
    box('jwks').disabled = keys === undefined;
    const withoutTokens = Object.entries(expectations).filter(([, text]) => !hasToken(text));
    byId<HTMLInputElement>('share-link').value = linkTo({
      ...(box('token').checked ? { token } : {}),
      ...(sharedKeys ? { jwks: sharedKeys.jwks } : {}),
      ...(box('expectations').checked ? { expectations: Object.fromEntries(withoutTokens) } : {}),
    });
    byId('share-warning').hidden = !box('token').checked;
    byId('share-dropped').hidden = !sharedKeys?.dropped.length;
    write(byId('share-dropped-names'), (sharedKeys?.dropped ?? []).slice(0, MOST_NAMES).map(nameOf).join(', '));
  };
  byId('share').addEventListener('click', () => {
    box('token').checked = false;
    writeLink();
    dialog.showModal();
  });
  dialog.addEventListener('change', writeLink);
  copies(byId('share-copy'), () => byId<HTMLInputElement>('share-link').value);
}

function nameOf(member: string): string {
  return visible(member.length > LONGEST_NAME ? `${member.slice(0, LONGEST_NAME)}…` : member);
}

function linkTo(shared: Shared): string {
  const bytes = new TextEncoder().encode(JSON.stringify(shared));
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  const text = btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
  return `${location.href.replace(/#.*$/s, '')}#${text}`;
}

/**
 * Reads the shared state from the page's address and removes it from there. Returns `undefined` if the address contains
 * no state.
 */
export function takeShared(): Shared | undefined {
  const fragment = location.hash.slice(1);
  if (fragment.length < 3 || fragment.length > LONGEST) return undefined;
  try {
    const binary = atob(fragment.replaceAll('-', '+').replaceAll('_', '/'));
    const bytes = Uint8Array.from(binary, (character) => character.charCodeAt(0));
    const { token, jwks, expectations } = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as Record<
      string,
      unknown
    >;
    history.replaceState(null, '', location.href.replace(/#.*$/s, ''));
    return { ...textAs('token', token), ...textAs('jwks', jwks), expectations: textsOf(expectations) };
  } catch {
    return undefined;
  }
}

function textAs<Name extends string>(name: Name, value: unknown): Partial<Record<Name, string>> {
  return typeof value === 'string' ? ({ [name]: value } as Record<Name, string>) : {};
}

function textsOf(value: unknown): FormTexts {
  const entries = Object.entries(typeof value === 'object' && value !== null ? value : {});
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
}
