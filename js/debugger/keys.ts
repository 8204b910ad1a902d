// Shows the keys of a set and whether each is usable.

import type { KeyReport } from '../src/core/types.js';
import { visible } from '../src/explanations/text.js';
import { element } from './element.js';

export function keyReportsOf(keys: readonly KeyReport[]): HTMLElement[] {
  if (keys.length === 0) return [element('li', {}, 'The set has no keys.')];
  return keys.map(({ kid, kty, alg, bits, usable, problem, thumbprint, weak, private: isPrivate }, position) => {
    const description = [kty, alg, bits === undefined ? undefined : `${bits} bits`]
      .filter((part) => part !== undefined)
      .join(' · ');
    const flags = [weak ? 'weak' : undefined, isPrivate ? 'private' : undefined].filter((flag) => flag !== undefined);
    return element(
      'li',
      { 'data-usable': String(usable) },
      element('span', { class: 'sign', 'aria-hidden': 'true' }, usable ? '✓' : '✕'),
      element('code', { class: 'name' }, kid === undefined ? `#${position}` : visible(kid)),
      element('span', { class: 'quiet' }, visible(description)),
      ...flags.map((flag) => element('span', { class: 'badge bad' }, flag)),
      element('span', { class: 'verdict' }, usable ? 'usable' : `not usable: ${visible(problem ?? '')}`),
      thumbprint === undefined
        ? undefined
        : element('code', { class: 'thumbprint', title: 'JWK Thumbprint (RFC 7638)' }, thumbprint),
    );
  });
}
