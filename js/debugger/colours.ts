// Colours the segments of the token in its field.

import { element } from './element.js';

/** If the text contains the token, paints a coloured copy of the text over the field. */
export function paintToken(place: HTMLElement, text: string, token: string | undefined): void {
  const start = token === undefined ? -1 : text.indexOf(token);
  const isPainted = token !== undefined && start >= 0;
  // Without this class, the field itself shows the text.
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
