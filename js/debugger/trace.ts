// The decision as a list of steps, the failed ones opened.

import { explainStep } from '../src/explanations/steps.js';
import type { Explanation, ExplanationStep } from '../src/types.js';
import { duration, visible } from '../src/explanations/text.js';
import { element } from './element.js';
import { localTime } from './format.js';

const SIGNS = { passed: '✓', failed: '✕', skipped: '–' };

/** Steps whose values are times, and what is expected of them: the tolerance is in it already. */
const BOUNDS: Readonly<Record<string, string>> = {
  exp: 'later than',
  nbf: 'not later than',
  iat: 'not later than',
  maxTokenAge: 'not earlier than',
};

export function traceOf({ steps, code }: Explanation): HTMLElement[] {
  return steps.map((step) => {
    const { title, rule, reference, advice } = explainStep(step, code);
    const { outcome, problem, actual, margin } = step;
    const name = nameOf(step);
    const summary = element(
      'summary',
      {},
      element('span', { class: 'sign', 'aria-hidden': 'true' }, SIGNS[outcome]),
      element('span', { class: 'title' }, title, element('span', { class: 'hidden' }, `, ${outcome}`)),
      name === undefined ? undefined : element('code', {}, visible(name)),
      element('span', { class: 'brief' }, briefOf(step)),
    );
    const facts = element('dl', { class: 'facts' });
    const fact = (term: string, value: string | undefined, attributes = {}): void => {
      if (value !== undefined) facts.append(element('dt', {}, term), element('dd', attributes, value));
    };
    fact('Rule', `${rule}${reference === undefined ? '' : ` (${reference})`}`);
    if (outcome !== 'passed') fact(outcome === 'failed' ? 'Failed' : 'Skipped', problem && `${visible(problem)}.`);
    fact('Expected', expectedOf(step), { class: 'data' });
    fact('Actual', valueOf(step, actual), { class: 'data' });
    if (margin !== undefined && outcome === 'passed') fact('Margin', isTime(step) ? duration(margin) : `${margin} s`);
    fact('What to do', advice, { class: 'advice' });
    const details = element('details', { open: outcome === 'failed' }, summary, facts);
    return element('li', { 'data-outcome': outcome }, details);
  });
}

/** "12 passed, 1 failed, 2 skipped" */
export function countsOf({ steps }: Explanation): string {
  return (['passed', 'failed', 'skipped'] as const)
    .map((outcome) => [steps.filter((step) => step.outcome === outcome).length, outcome] as const)
    .filter(([count]) => count > 0)
    .map(([count, outcome]) => `${count} ${outcome}`)
    .join(', ');
}

function nameOf({ stage, name }: ExplanationStep): string | undefined {
  return stage === 'key' || stage === 'signature' || stage === 'claim' || stage === 'policy' ? name : undefined;
}

function briefOf(step: ExplanationStep): string {
  const { outcome, problem, margin } = step;
  if (outcome !== 'passed') return visible(problem ?? '');
  return margin !== undefined && isTime(step) ? `by ${duration(margin)}` : '';
}

function isTime({ stage, name = '' }: ExplanationStep): boolean {
  return stage === 'claim' && Object.hasOwn(BOUNDS, name);
}

function expectedOf(step: ExplanationStep): string | undefined {
  const value = valueOf(step, step.expected);
  return value !== undefined && isTime(step) ? `${BOUNDS[step.name ?? '']} ${value}` : value;
}

function valueOf(step: ExplanationStep, value: unknown): string | undefined {
  if (value === undefined) return undefined;
  if (typeof value === 'number') return isTime(step) ? `${localTime(value)} (${value})` : String(value);
  return (
    [value]
      .flat()
      .map((each) => visible(String(each)))
      .join('\n') || '(none)'
  );
}
