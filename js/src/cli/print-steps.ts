// Prints the steps of a decision.

import type { Explanation, ExplanationStep } from '../core/types.js';
import { explainStep, VALUES } from '../explanations/steps.js';
import { duration } from '../explanations/text.js';
import type { Page } from './output.js';
import { dateAndDistance } from './times.js';

/** Width of the title, in columns. */
const TITLE = 22;

/** Prints every step, or only the failed ones. */
export function printSteps(page: Page, { steps, code }: Explanation, now: number, only?: 'failed'): void {
  for (const step of steps) {
    if (step.outcome === 'failed') printFailed(page, step, code, now);
    else if (only === undefined) printOther(page, step);
  }
}

function printFailed(page: Page, step: ExplanationStep, code: Explanation['code'], now: number): void {
  const { title, rule, reference, advice } = explainStep(step, code);
  const { problem = '', expected, actual } = step;
  page.row({
    ...{ name: title, value: problem, nameWidth: TITLE, mark: '✗' },
    ...{ markStyle: 'red', nameStyle: 'bold', valueStyle: 'red' },
  });
  const detail = (name: string, value: readonly string[]): void =>
    page.row({ name, value, indent: 6, nameWidth: 10, nameStyle: 'dim' });
  detail('rule', [reference === undefined ? rule : `${rule} (${reference})`]);
  if (expected !== undefined) detail('expected', showExpected(step, now));
  if (actual !== undefined) detail('actual', showValue(step, actual, now));
  if (advice) detail('advice', [advice]);
}

function printOther(page: Page, step: ExplanationStep): void {
  const { title } = explainStep(step);
  const isPassed = step.outcome === 'passed';
  if (step.warning !== undefined) {
    page.row({
      ...{ name: title, value: step.warning, nameWidth: TITLE, mark: '!' },
      ...{ markStyle: 'yellow', valueStyle: 'yellow' },
    });
    return;
  }
  page.row({
    ...{ name: title, value: isPassed ? remark(step) : skipped(step), nameWidth: TITLE, mark: isPassed ? '✓' : '–' },
    ...{ markStyle: isPassed ? 'green' : 'dim', valueStyle: 'dim' },
    ...(isPassed ? {} : { nameStyle: 'dim' as const }),
  });
}

/** Returns the detail to show for a passed step. */
function remark(step: ExplanationStep): string {
  const { stage, name = '', actual, margin } = step;
  if (margin !== undefined) return `${duration(margin)} to spare`;
  const shown = actual === undefined ? name : [actual].flat().map(show).join(', ');
  // For the option `claims`, the title does not name the claim.
  if (explainStep(step).title === VALUES.title) return `${name}: ${shown}`;
  if (actual !== undefined) return shown;
  // A policy step's title already says what matched.
  return stage === 'policy' ? '' : name;
}

function skipped({ stage, name, problem = '' }: ExplanationStep): string {
  return stage === 'key' || stage === 'signature' ? [name, problem].filter(Boolean).join(': ') : problem;
}

function showExpected(step: ExplanationStep, now: number): string[] {
  const shown = showValue(step, step.expected, now);
  const bound = isDuration(step) ? 'at most' : explainStep(step).bound;
  return bound === undefined ? shown : [`${bound} ${shown[0] ?? ''}`];
}

function showValue(step: ExplanationStep, value: unknown, now: number): string[] {
  if (typeof value !== 'number') return [value].flat().map(show);
  if (isDuration(step)) return [duration(value)];
  return [explainStep(step).bound === undefined ? show(value) : dateAndDistance(value, now)];
}

function isDuration({ stage, name }: ExplanationStep): boolean {
  return stage === 'policy' && name === 'maxLifetime';
}

export function show(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
