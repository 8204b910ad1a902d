// The form for the expectations, with the outcome of each field.

import type { AwsPolicy } from '../src/aws/aws.js';
import type { ExplanationStep, VerifyOptions } from '../src/core/types.js';
import { readClaimValue } from '../src/explanations/claim-value.js';
import { explainStep } from '../src/explanations/steps.js';
import { visible } from '../src/explanations/text.js';
import { element, write } from './element.js';
import { AWS, COMMON, CROSS_CHECKS, type Field, FURTHER } from './fields.js';
import type { Expectations, Judgement } from './judge.js';

/** The contents of the form as text, for links and samples. */
export type FormTexts = Readonly<Record<string, string>>;

/** The name of the entry that says whether the AWS policy is on. */
export const AWS_ON = 'aws';

/** The form. Calls `changed` on every change. */
export class ExpectationsForm {
  readonly #inputs = new Map<string, HTMLTextAreaElement | HTMLInputElement | HTMLSelectElement>();
  readonly #results = new Map<string, HTMLElement>();
  readonly #aws = element('input', { type: 'checkbox', id: 'expect-aws', 'aria-describedby': 'result-aws' });
  readonly #policy = element('div', { class: 'fields', hidden: true });
  /** Buttons that fill a field with the value in the token, so that the user can find out what else is wrong. */
  #offers = new Map<string, { button: HTMLButtonElement; value: string }>();

  constructor(place: HTMLElement, changed: () => void) {
    this.#policy.append(...AWS.map((field) => this.#row(field)));
    const further = element(
      'details',
      { class: 'further' },
      element('summary', {}, 'Subject, claims, scopes, type, times'),
    );
    further.append(element('div', { class: 'fields' }, ...FURTHER.map((field) => this.#row(field))));
    const crossChecks = element('output', { id: 'result-aws', class: 'result' });
    this.#results.set(AWS_ON, crossChecks);
    place.append(
      element('div', { class: 'fields' }, ...COMMON.map((field) => this.#row(field))),
      further,
      element(
        'div',
        { class: 'switch' },
        this.#aws,
        element('label', { for: 'expect-aws' }, 'AWS policy'),
        crossChecks,
      ),
      this.#policy,
    );
    place.addEventListener('input', () => {
      this.#policy.hidden = !this.#aws.checked;
      changed();
    });
  }

  read(): Expectations {
    const options: Record<string, unknown> = { issuer: null, audience: null };
    for (const field of [...COMMON, ...FURTHER]) this.#readInto(options, field);
    if (this.#aws.checked) {
      const policy: Record<string, unknown> = {};
      for (const field of AWS) this.#readInto(policy, field);
      options['aws'] = policy as AwsPolicy;
    }
    const open = COMMON.filter(({ name }) => options[name] === null).map(({ label }) => label.toLowerCase());
    return { options: options as unknown as VerifyOptions, open };
  }

  texts(): FormTexts {
    const texts: Record<string, string> = this.#aws.checked ? { [AWS_ON]: ON } : {};
    for (const [name, input] of this.#inputs) {
      const value = textOf(input);
      if (value.trim() !== '') texts[name] = value;
    }
    return texts;
  }

  fill(texts: FormTexts): void {
    for (const [name, input] of this.#inputs) {
      if (isSwitch(input)) input.checked = texts[name] === ON;
      else input.value = texts[name] ?? '';
    }
    this.#aws.checked = texts[AWS_ON] === ON;
    this.#policy.hidden = !this.#aws.checked;
    for (const details of document.querySelectorAll<HTMLDetailsElement>('.further')) {
      details.open ||= FURTHER.some(({ name }) => texts[name]);
    }
  }

  /** Shows the outcome of each field. */
  show({ explanation, contents, mistake }: Judgement): void {
    const steps = explanation?.steps ?? [];
    for (const field of [...COMMON, ...FURTHER, ...AWS]) {
      const option = AWS.includes(field) ? `aws.${field.name}` : field.name;
      const problem = mistake?.includes(`"${option}"`) ? mistake.replace(/^option "[^"]*" /, '') : undefined;
      const names = field.kind === 'claims' ? this.#claimNames(field.name) : [field.step ?? field.name];
      const fieldSteps = steps.filter(({ stage, name = '' }) => stage === field.stage && names.includes(name));
      // The lifetime has a default limit, so it is checked even if the field is empty.
      this.#tell(field.name, problem, this.#isFilled(field.name) || field.name === 'maxLifetime' ? fieldSteps : []);
      this.#offer(field.name, contents?.claims.value);
    }
    const crossChecks = steps.filter(({ stage, name }) => stage === 'policy' && CROSS_CHECKS.includes(name ?? ''));
    this.#tell(AWS_ON, undefined, this.#aws.checked ? crossChecks : [], 'consistent');
  }

  #isFilled(name: string): boolean {
    return this.#text(name) !== '';
  }

  #text(name: string): string {
    return textOf(this.#inputs.get(name)!).trim();
  }

  #claimNames(name: string): string[] {
    return Object.keys(claimsOf(linesOf(this.#text(name))));
  }

  #tell(name: string, problem: string | undefined, steps: readonly ExplanationStep[], passed = 'matches'): void {
    const result = this.#results.get(name)!;
    const failed = steps.find(({ outcome }) => outcome === 'failed');
    const isBad = problem !== undefined || failed !== undefined;
    const isGood = !isBad && steps.some(({ outcome }) => outcome === 'passed');
    result.dataset['outcome'] = isBad ? 'failed' : isGood ? 'passed' : '';
    write(result, problem ?? (failed ? `${explainStep(failed).title}: failed` : isGood ? passed : ''));
    const input = this.#inputs.get(name);
    if (isBad) input?.setAttribute('aria-invalid', 'true');
    else input?.removeAttribute('aria-invalid');
  }

  #offer(name: string, claims: Readonly<Record<string, unknown>> | undefined): void {
    const offer = this.#offers.get(name);
    if (!offer) return;
    const value = claims?.[name === 'issuer' ? 'iss' : 'aud'];
    const texts = [value].flat().filter((text) => typeof text === 'string');
    offer.value = texts.join('\n');
    offer.button.disabled = offer.value === '' || offer.value === this.#inputs.get(name)!.value;
    offer.button.title = visible(offer.value.slice(0, 200));
  }

  #row({ name, label, hint, kind, choices }: Field): HTMLElement {
    const id = `expect-${name}`;
    const result = element('output', { id: `result-${name}`, class: 'result', for: id });
    const shared = { id, placeholder: hint, spellcheck: 'false', autocomplete: 'off', 'aria-describedby': result.id };
    const input = choices
      ? element(
          'select',
          { id, 'aria-describedby': result.id },
          element('option', { value: '' }, `${hint} (default)`),
          ...choices.map((choice) => element('option', {}, choice)),
        )
      : kind === 'list' || kind === 'tags' || kind === 'claims'
        ? element('textarea', { ...shared, rows: 1 })
        : kind === 'switch'
          ? element('input', { id, type: 'checkbox', 'aria-describedby': result.id })
          : element('input', { ...shared, inputmode: kind === 'number' ? 'decimal' : 'text' });
    this.#inputs.set(name, input);
    this.#results.set(name, result);
    const row = element('div', { class: 'field' }, element('label', { for: id }, label), result, input);
    if (name === 'issuer' || name === 'audience') row.append(this.#offerOf(name, label, input));
    return row;
  }

  #offerOf(name: string, label: string, input: HTMLElement & { value: string }): HTMLElement {
    const text = `Use the token’s ${label.toLowerCase()}`;
    const button = element('button', { type: 'button', class: 'offer', disabled: true }, text);
    const offer = { button, value: '' };
    this.#offers.set(name, offer);
    button.addEventListener('click', () => {
      input.value = offer.value;
      input.dispatchEvent(new Event('input', { bubbles: true }));
    });
    return button;
  }

  #readInto(options: Record<string, unknown>, { name, kind }: Field): void {
    const text = this.#text(name);
    if (text === '') return;
    const lines = linesOf(text);
    if (kind === 'switch') options[name] = true;
    else if (kind === 'claims') options[name] = claimsOf(lines);
    else if (kind === 'number') options[name] = Number(text);
    else if (kind === 'text' || kind === 'choice') options[name] = text;
    else if (kind === 'tags') options[name] = tagsOf(lines);
    else options[name] = (name === 'issuer' || name === 'audience') && lines.length === 1 ? lines[0] : lines;
  }
}

/** The text of a switch that is on. */
const ON = 'on';

function isSwitch(input: HTMLTextAreaElement | HTMLInputElement | HTMLSelectElement): input is HTMLInputElement {
  return input.type === 'checkbox';
}

function textOf(input: HTMLTextAreaElement | HTMLInputElement | HTMLSelectElement): string {
  if (!isSwitch(input)) return input.value;
  return input.checked ? ON : '';
}

function linesOf(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

/** Parses one `name=value` per line. If a name is repeated, any of its values is accepted. */
function claimsOf(lines: readonly string[]): Record<string, unknown[]> {
  const claims = new Map<string, unknown[]>();
  for (const line of lines) {
    // A line in any other form becomes `null`, which the core reports as an error.
    const [name, value] = readClaimValue(line) ?? [line, null];
    claims.set(name, [...(claims.get(name) ?? []), value]);
  }
  return Object.fromEntries(claims);
}

/** Parses one `key=value` per line. If a key is repeated, any of its values is accepted. */
function tagsOf(lines: readonly string[]): Record<string, unknown[]> {
  const tags = new Map<string, unknown[]>();
  for (const line of lines) {
    const [key = '', ...value] = line.split('=');
    // A missing value becomes `null`, which the core reports as an error.
    tags.set(key, [...(tags.get(key) ?? []), value.length > 0 ? value.join('=') : null]);
  }
  return Object.fromEntries(tags);
}
