// The state of the page in a link: after "#", which no browser sends, and only when somebody asks for it.

import { byId, copies } from './element.js';
import type { FormTexts } from './expectations.js';

/** What a link can hold. */
export interface Shared {
  token?: string;
  jwks?: string;
  expectations?: FormTexts;
}

/** What the page holds, for a link: keys only where they are public ones. */
export interface Shareable {
  token: string;
  jwks: string | undefined;
  expectations: FormTexts;
}

/** A token, wherever it was pasted: no link holds one that was not asked for. */
const TOKEN = /ey[\w-]{8,}\.[\w-]*/;

/** More is no link of ours. */
const LONGEST = 2_000_000;

/** Makes the dialog work. */
export function setUpSharing(state: () => Shareable): void {
  const dialog = byId<HTMLDialogElement>('share-dialog');
  const box = (name: string): HTMLInputElement => byId<HTMLInputElement>(`share-${name}`);
  const writeLink = (): void => {
    const { token, jwks, expectations } = state();
    box('jwks').disabled = jwks === undefined;
    const harmless = Object.entries(expectations).filter(([, text]) => !TOKEN.test(text));
    byId<HTMLInputElement>('share-link').value = linkTo({
      ...(box('token').checked ? { token } : {}),
      ...(box('jwks').checked && jwks !== undefined ? { jwks } : {}),
      ...(box('expectations').checked ? { expectations: Object.fromEntries(harmless) } : {}),
    });
    byId('share-warning').hidden = !box('token').checked;
  };
  byId('share').addEventListener('click', () => {
    box('token').checked = false;
    writeLink();
    dialog.showModal();
  });
  dialog.addEventListener('change', writeLink);
  copies(byId('share-copy'), () => byId<HTMLInputElement>('share-link').value);
}

function linkTo(shared: Shared): string {
  const bytes = new TextEncoder().encode(JSON.stringify(shared));
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  const text = btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
  return `${location.href.replace(/#.*$/s, '')}#${text}`;
}

/** What the link of this page holds, and takes it out of the address; `undefined` where it holds nothing of ours. */
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
