// The segments of the token in their field, coloured.

import { element } from './element.js';

/** Paints the text of the token's field over it; nothing where no token was found in the text as it stands. */
export function paintToken(place: HTMLElement, text: string, token: string | undefined): void {
  const start = token === undefined ? -1 : text.indexOf(token);
  const isPainted = token !== undefined && start >= 0;
  // Without it the field shows its own text.
  place.parentElement!.classList.toggle('painted', isPainted);
  if (!isPainted) {
    place.replaceChildren();
    return;
  }
  const [header = '', claims = '', ...signature] = token.split('.');
  const segment = (of: string, part: string): HTMLElement => element('span', { class: `of-${of}` }, part);
  place.replaceChildren(
    text.slice(0, start),
    segment('header', header),
    ...(token.includes('.') ? ['.', segment('claims', claims)] : []),
    ...(signature.length > 0 ? ['.', segment('signature', signature.join('.'))] : []),
    text.slice(start + token.length),
  );
}
