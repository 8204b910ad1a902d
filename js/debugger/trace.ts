// Shows the decision as a list of steps, with the failed ones open.

import type { Explanation, ExplanationStep } from '../src/core/types.js';
import { explainStep } from '../src/explanations/steps.js';
import { duration, visible } from '../src/explanations/text.js';
import { element } from './element.js';
import { localTime } from './format.js';

const SIGNS = { passed: '✓', failed: '✕', skipped: '–' };

/** Shows the steps in `place`. Keeps the focus, and keeps each step open or closed as the reader left it, unless its outcome changed. */
export function showTrace(place: HTMLElement, explanation: Explanation): void {
  const before = new Map(stepsIn(place).map((step) => [step.id, step]));
  const focused = document.activeElement?.closest('li')?.dataset['step'];
  place.replaceChildren(...traceOf(explanation));
  for (const { id, details, outcome } of stepsIn(place)) {
    const former = before.get(id);
    if (former && former.outcome === outcome) details.open = former.details.open;
    if (id !== undefined && id === focused) details.querySelector('summary')?.focus({ preventScroll: true });
  }
}

function stepsIn(
  place: HTMLElement,
): { id: string | undefined; details: HTMLDetailsElement; outcome: string | undefined }[] {
  return [...place.querySelectorAll('details')].map((details) => {
    const { step, outcome } = details.closest('li')!.dataset;
    return { id: step, details, outcome };
  });
}

function traceOf({ steps, code }: Explanation): HTMLElement[] {
  return steps.map((step, position) => {
    const { title, rule, reference, bound, advice } = explainStep(step, code);
    const { outcome, problem, warning, actual, margin } = step;
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
    fact('Warning', warning && `${visible(warning)}.`);
    const expected = textOf(step, step.expected);
    fact('Expected', expected && bound ? `${bound} ${expected}` : expected, { class: 'data' });
    fact('Actual', textOf(step, actual), { class: 'data' });
    if (margin !== undefined && outcome === 'passed') fact('Margin', isTime(step) ? duration(margin) : `${margin} s`);
    fact('What to do', advice, { class: 'advice' });
    const details = element('details', { open: outcome === 'failed' || warning !== undefined }, summary, facts);
    // Keys can share a name, so add the position.
    const id = `${stepName(step)}${step.stage === 'key' ? ` ${position}` : ''}`;
    return element('li', { 'data-step': id, 'data-outcome': outcome }, details);
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
  const { outcome, problem, warning, margin } = step;
  if (warning !== undefined) return visible(warning);
  if (outcome !== 'passed') return visible(problem ?? '');
  return margin !== undefined && isTime(step) ? `by ${duration(margin)}` : '';
}

function isTime(step: ExplanationStep): boolean {
  return explainStep(step).bound !== undefined;
}

function stepName({ stage, name = '' }: ExplanationStep): string {
  return `${stage} ${name}`;
}

function textOf(step: ExplanationStep, value: unknown): string | undefined {
  if (value === undefined) return undefined;
  if (typeof value === 'number') return isTime(step) ? `${localTime(value)} (${value})` : String(value);
  return (
    [value]
      .flat()
      .map((each) => visible(String(each)))
      .join('\n') || '(none)'
  );
}
