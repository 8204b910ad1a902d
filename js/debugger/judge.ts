// What the page says of a token: the same decision as verify(), and an honest word where there is not enough to decide.

import { decode } from '../src/core/decode.js';
import { JwtError } from '../src/core/errors.js';
import { explain } from '../src/core/explain.js';
import { KeySet } from '../src/core/key-set.js';
import type { Explanation, KeyReport, UnverifiedToken, VerifyOptions } from '../src/core/types.js';
import { readKeysInput, readTokenInput } from '../src/explanations/pasted-input.js';
import { explainStep } from '../src/explanations/steps.js';

/** `verified` alone is green. */
export type State = 'empty' | 'undecided' | 'rejected' | 'verified';

/** All that the page shows. */
export interface Judgement {
  state: State;
  title: string;
  text: string;
  token: Field<string>;
  keys: Field<readonly KeyReport[]> & { jwksUri?: string };
  explanation?: Explanation;
  contents?: { header: Part<UnverifiedToken['header']>; claims: Part<UnverifiedToken['claims']> };
  /** The expectations are wrong: which one, and how. */
  mistake?: string;
}

/** A segment: what it says, or its text where that is no strict JSON object. */
export interface Part<Value> {
  value?: Value;
  text?: string | undefined;
}

/** What was read in a field, and what there is to say about it. */
interface Field<Value> {
  value?: Value;
  notes: readonly string[];
  problem?: string;
}

export interface Expectations {
  options: VerifyOptions;
  /** Fields without which a good signature says little, and which are empty. */
  open: readonly string[];
}

const WITHOUT_KEYS = 'Without keys nobody knows who wrote this token: paste those of its issuer, or fetch them.';

const NO_KEYS = '{"keys":[]}';

/** For decisions that end before any claim. */
const ANYTHING = { issuer: null, audience: null };

let current: { jwks: string; set: KeySet } | undefined;

export function judge(tokenText: string, jwksText: string, expectations: Expectations, now: number): Judgement {
  const token = readTokenInput(tokenText);
  const { set, ...keys } = keysOf(jwksText);
  if ('problem' in token) {
    const state = tokenText.trim() === '' ? 'empty' : 'rejected';
    const [title, text] =
      state === 'empty'
        ? ['Paste a token', 'Or take a sample. It is judged as you type, on this machine.']
        : ['Not verified', token.problem];
    return { state, title, text, token: { notes: [], problem: token.problem }, keys };
  }
  const read = { token: { value: token.token, notes: token.notes }, keys, ...contentsOf(token.token) };
  const undecided = { state: 'undecided', title: 'Not verified', ...read } as const;
  if (!set) {
    // What is wrong with the token itself needs no keys to be seen.
    const alone = explain(token.token, NO_KEYS, ANYTHING);
    if (alone.code !== 'ERR_JWKS_NO_MATCHING_KEY')
      return { ...wordsOf(alone, expectations), explanation: alone, ...read };
    if (jwksText.trim() === '') return { ...undecided, text: WITHOUT_KEYS };
    return { ...undecided, text: keys.problem ?? '', explanation: explain(token.token, jwksText, ANYTHING) };
  }
  try {
    const explanation = explain(token.token, set, { ...expectations.options, now });
    return { ...wordsOf(explanation, expectations), explanation, ...read };
  } catch (error) {
    if (!(error instanceof JwtError)) throw error;
    return { ...undecided, text: `Correct the expectations: ${error.message}.`, mistake: error.message };
  }
}

function wordsOf(
  { verdict, steps, error, code }: Explanation,
  { open }: Expectations,
): Pick<Judgement, 'state' | 'title' | 'text'> {
  if (verdict === 'rejected') {
    const failed = steps.find(({ outcome }) => outcome === 'failed');
    const title = failed ? explainStep(failed, code).title : '';
    return { state: 'rejected', title: 'Not verified', text: `${title}: ${error?.message ?? ''}.` };
  }
  if (open.length > 0) {
    const text = `The signature is good, but for whom is the token? Say which ${open.join(' and ')} you expect.`;
    return { state: 'undecided', title: 'Not verified', text };
  }
  const checks = steps.filter(({ outcome }) => outcome === 'passed').length;
  return {
    state: 'verified',
    title: 'Verified',
    text: `One of these keys made the signature, and all ${checks} checks passed.`,
  };
}

function keysOf(text: string): Judgement['keys'] & { set?: KeySet } {
  const read = readKeysInput(text);
  if ('problem' in read) return { notes: [], ...read };
  const { jwks, notes } = read;
  try {
    if (current?.jwks !== jwks) {
      const set = new KeySet(jwks);
      current?.set.free();
      current = { jwks, set };
    }
    return { value: current.set.keys, notes, set: current.set };
  } catch (error) {
    if (!(error instanceof JwtError)) throw error;
    return { notes, problem: `${error.message}.` };
  }
}

function contentsOf(token: string): Pick<Judgement, 'contents'> {
  const [header = '', claims = ''] = token.split('.');
  // Each beside a good other one: what is wrong with one hides nothing of the other.
  return { contents: { header: partOf(header, 'header'), claims: partOf(claims, 'claims') } };
}

/** What `decode()` reads of a segment, or what is text in it. */
function partOf<Kind extends 'header' | 'claims'>(segment: string, kind: Kind): Part<UnverifiedToken[Kind]> {
  try {
    return { value: decode(kind === 'header' ? `${segment}.e30.AA` : `eyJhbGciOiJFUzM4NCJ9.${segment}.AA`)[kind] };
  } catch {
    return { text: textOf(segment) };
  }
}

function textOf(segment: string): string | undefined {
  try {
    const binary = atob(segment.replaceAll('-', '+').replaceAll('_', '/'));
    return new TextDecoder('utf-8', { fatal: true }).decode(Uint8Array.from(binary, (octet) => octet.charCodeAt(0)));
  } catch {
    return undefined;
  }
}
