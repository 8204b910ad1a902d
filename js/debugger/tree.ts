// Shows header and claims as annotated trees.

import { parseArn } from '../src/aws/arn.js';
import { explainClaim, explainHeaderParameter, type Meaning } from '../src/explanations/claims.js';
import { distance, visible } from '../src/explanations/text.js';
import { AWS_NAMESPACE } from '../src/generated/facts.js';
import { element } from './element.js';
import { localTime } from './format.js';

/** Updates a relative time. Called every second. */
export type Ticking = (now: number) => void;

/** Limits that keep the tree readable. */
const MAX_ROWS = 400;
const MAX_CHARACTERS = 2000;

/** Builds a tree of the members of `value`, and the functions that update its relative times. */
export function treeOf(kind: 'header' | 'claims', value: object): { tree: HTMLElement; ticking: Ticking[] } {
  const ticking: Ticking[] = [];
  let rows = 0;

  function listOf(parent: object, path: readonly string[]): HTMLElement {
    const members = Object.entries(parent);
    if (members.length === 0) return element('span', { class: 'value' }, Array.isArray(parent) ? '[ ]' : '{ }');
    const list = element('ul', { class: 'tree' });
    for (const [position, [name, member]] of members.entries()) {
      if (rows === MAX_ROWS) {
        list.append(element('li', { class: 'quiet' }, `… ${members.length - position} more, not shown`));
        break;
      }
      rows += 1;
      list.append(rowOf(name, member, [...path, name], Array.isArray(parent)));
    }
    return list;
  }

  function rowOf(name: string, member: unknown, path: readonly string[], isItem: boolean): HTMLElement {
    const meaning = kind === 'header' ? headerMeaning(path) : explainClaim(...path);
    const row = element('li', { class: meaning?.chosenByCaller ? 'row of-caller' : 'row' });
    const isNested = typeof member === 'object' && member !== null;
    row.append(element('span', { class: isItem ? 'name quiet' : 'name' }, visible(name)), ' ');
    if (meaning?.chosenByCaller) row.append(element('span', { class: 'badge' }, 'chosen by the caller'));
    if (isOrigin(path, member)) row.append(element('span', { class: 'badge' }, 'origin identity'));
    if (!isNested) row.append(element('span', { class: `value ${typeof member}` }, textOf(member)));
    row.append(...notesOf(meaning, member));
    if (isNested) row.append(listOf(member, path));
    return row;
  }

  /** Whether the member is the `sub` of an AWS token that is about the person or workload behind the session. */
  function isOrigin(path: readonly string[], member: unknown): boolean {
    const isSubject =
      kind === 'claims' && path.length === 1 && path[0] === 'sub' && Object.hasOwn(value, AWS_NAMESPACE);
    return isSubject && typeof member === 'string' && !member.startsWith('arn:');
  }

  function notesOf(meaning: Meaning | undefined, member: unknown): HTMLElement[] {
    const notes: HTMLElement[] = [];
    const seconds = secondsOf(meaning, member);
    if (seconds !== undefined) {
      const relative = element('span', { class: 'relative' });
      ticking.push((now) => (relative.textContent = distance(seconds - now)));
      notes.push(element('p', { class: 'when' }, `${localTime(seconds)} · `, relative));
    }
    if (meaning) {
      const reference =
        meaning.reference === undefined ? undefined : element('span', { class: 'reference' }, meaning.reference);
      notes.push(element('p', { class: 'meaning' }, `${meaning.text} `, reference));
    }
    if (typeof member === 'string' && (meaning?.kind === 'arn' || member.startsWith('arn:')))
      notes.push(...arnOf(member));
    return notes;
  }

  return { tree: listOf(value, []), ticking };
}

function headerMeaning(path: readonly string[]): Meaning | undefined {
  return path.length === 1 ? explainHeaderParameter(path[0]!) : undefined;
}

function secondsOf(meaning: Meaning | undefined, member: unknown): number | undefined {
  if (meaning?.kind === 'time' && typeof member === 'number') return member;
  if (meaning?.kind !== 'date' || typeof member !== 'string') return undefined;
  const milliseconds = Date.parse(member);
  return Number.isNaN(milliseconds) ? undefined : milliseconds / 1000;
}

/** Lists the parts of an ARN, with the resource split into type, path and name. */
function arnOf(text: string): HTMLElement[] {
  const arn = parseArn(text);
  if (!arn) return [];
  const { resource, ...fields } = arn;
  const [type, ...rest] = resource.split(resource.includes('/') ? '/' : ':');
  const parts: [string, string][] = Object.entries(fields);
  const name = rest.pop();
  if (name === undefined) parts.push(['resource', resource]);
  else parts.push(['type', type!], ['path', `/${rest.map((part) => `${part}/`).join('')}`], ['name', name]);
  const list = element('dl', { class: 'arn' });
  for (const [term, value] of parts) {
    if (value === '') continue;
    list.append(element('div', {}, element('dt', {}, term), element('dd', {}, visible(value))));
  }
  return [list];
}

function textOf(value: unknown): string {
  const text = visible(typeof value === 'string' ? JSON.stringify(value) : String(value));
  return text.length > MAX_CHARACTERS
    ? `${text.slice(0, MAX_CHARACTERS)}… (${text.length.toLocaleString()} characters)`
    : text;
}
