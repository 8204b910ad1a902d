// Makes the decision of verify(). Without keys or expectations, the result is "not verified", with the reason.

import { decode } from '../src/core/decode.js';
import { JwtError } from '../src/core/errors.js';
import { explain } from '../src/core/explain.js';
import { KeySet } from '../src/core/key-set.js';
import type { Explanation, KeyReport, UnverifiedToken, VerifyOptions } from '../src/core/types.js';
import { readKeysInput, readTokenInput } from '../src/explanations/pasted-input.js';
import { explainStep } from '../src/explanations/steps.js';

/** The state of the verdict. Only `verified` is green. */
export type State = 'empty' | 'undecided' | 'rejected' | 'verified';

/** Everything that the page shows. */
export interface Judgement {
  state: State;
  title: string;
  text: string;
  token: Field<string>;
  keys: Field<readonly KeyReport[]> & { jwksUri?: string };
  explanation?: Explanation;
  contents?: { header: Part<UnverifiedToken['header']>; claims: Part<UnverifiedToken['claims']> };
  /** The message about an invalid expectation. */
  mistake?: string;
}

/** A decoded segment, or its text if the text is not a strict JSON object. */
export interface Part<Value> {
  value?: Value;
  text?: string | undefined;
}

/** The value that was read from an input field, with notes and problems. */
interface Field<Value> {
  value?: Value;
  notes: readonly string[];
  problem?: string;
}

export interface Expectations {
  options: VerifyOptions;
  /** The required fields that are empty. Without them, a valid signature proves little. */
  open: readonly string[];
}

const WITHOUT_KEYS = "Without keys the signature cannot be checked. Paste or fetch the issuer's keys.";

const NO_KEYS = '{"keys":[]}';

/** Expectations for decisions that end before the claims are checked. */
const ANYTHING = { issuer: null, audience: null };

let current: { jwks: string; set: KeySet } | undefined;

export function judge(tokenText: string, jwksText: string, expectations: Expectations, now: number): Judgement {
  const token = readTokenInput(tokenText);
  const { set, ...keys } = keysOf(jwksText);
  if ('problem' in token) {
    const state = tokenText.trim() === '' ? 'empty' : 'rejected';
    const [title, text] =
      state === 'empty'
        ? ['Paste a token', 'Or try a sample. The token is checked as you type, on this machine.']
        : ['Not verified', token.problem];
    return { state, title, text, token: { notes: [], problem: token.problem }, keys };
  }
  const read = { token: { value: token.token, notes: token.notes }, keys, ...contentsOf(token.token) };
  const undecided = { state: 'undecided', title: 'Not verified', ...read } as const;
  if (!set) {
    // Errors in the token are reported even without keys.
    const explanation = explain(token.token, NO_KEYS, ANYTHING);
    if (explanation.code !== 'ERR_JWKS_NO_MATCHING_KEY')
      return { ...wordsOf(explanation, expectations), explanation, ...read };
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
    const text = `The signature is valid. To check who the token is for, enter the ${open.join(' and ')} that you expect.`;
    return { state: 'undecided', title: 'Not verified', text };
  }
  const checks = steps.filter(({ outcome }) => outcome === 'passed').length;
  return {
    state: 'verified',
    title: 'Verified',
    text: `Signed with one of these keys, and all ${checks} checks passed.`,
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
  // Decodes each segment separately, so an error in one segment does not hide the other segment.
  return { contents: { header: partOf(header, 'header'), claims: partOf(claims, 'claims') } };
}

/** Decodes a segment with `decode()`. Falls back to its text. */
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
