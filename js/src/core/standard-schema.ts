// The option `schema`: runs a schema of another library on the claims of a verified token.

import { ERR_JWT_CLAIM_VALIDATION_FAILED } from '../generated/codes.js';
import { JwtError, optionsInvalid, ownMember } from './errors.js';
import { callOption, hasMethods } from './own-options.js';

/**
 * A Standard Schema, version 1 (https://standardschema.dev): zod, valibot, arktype and others have it. The interface is
 * copied from the specification, so that this package does not depend on it.
 */
export interface StandardSchemaV1<Input = unknown, Output = Input> {
  /** The schema's own description and its function; `types` exists only in the type system. */
  readonly '~standard': {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => SchemaResult<Output> | Promise<SchemaResult<Output>>;
    readonly types?: { readonly input: Input; readonly output: Output } | undefined;
  };
}

type SchemaResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | {
      readonly issues: readonly {
        readonly message: string;
        readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
      }[];
    };

/** The type of the claims that a schema returns. */
export type ClaimsOf<Schema extends StandardSchemaV1<unknown, object>> = NonNullable<
  Schema['~standard']['types']
>['output'];

/** A claim that does not fit the option `schema`. */
export interface SchemaIssue {
  /** What is wrong, in the words of this package: messages of schemas may quote the value. */
  message: string;
  /** The claim's name, and the path within the claim. Empty for all claims together. */
  path: (string | number)[];
}

/** @internal The part of a schema that is used. */
export type Schema = StandardSchemaV1['~standard'];

/** The maximum number of issues in an error, and of names in a path. */
const MAX_ENTRIES = 32;

/** The maximum length of a name in a path. */
const MAX_NAME = 128;

/** @internal Reads the option `schema`. May run code of the caller. */
export function schemaOf(options: object): Schema | undefined {
  if (!Object.hasOwn(options, 'schema')) return undefined;
  const standard = (options as { schema?: StandardSchemaV1 }).schema?.['~standard'];
  if (standard?.version === 1 && hasMethods(standard, 'validate')) return standard;
  throw optionsInvalid('"schema" must be a Standard Schema of version 1; to switch it off, leave it out');
}

/**
 * @internal Replaces the claims by the output of the schema. Runs code of the caller.
 *
 * @throws JwtError `ERR_JWT_CLAIM_VALIDATION_FAILED` if the claims do not fit; `ERR_OPTIONS_INVALID` if the schema throws,
 *   is not synchronous or does not return an object.
 */
export function withSchema<T extends { claims: object }>(token: T, schema: Schema | undefined): T {
  if (!schema) return token;
  const { claims, found } = callOption(() => {
    const result = schema.validate(token.claims) as { value?: unknown; issues?: Iterable<RawIssue> };
    if (hasMethods(result, 'then')) {
      // Otherwise its rejection would be unhandled, which ends a Node process.
      Promise.resolve(result).catch(() => {});
      return {};
    }
    const { value, issues } = result;
    return { claims: value, found: issues && Array.from(issues, (issue) => readIssue(issue, token.claims)) };
  }, 'schema') as { claims?: object; found?: Issue[] };
  if (found) throw refusalOf(found.slice(0, MAX_ENTRIES));
  if (typeof claims !== 'object' || claims === null) {
    throw optionsInvalid('"schema" must be synchronous, and return an object');
  }
  return { ...token, claims };
}

type RawIssue = { path?: Iterable<PropertyKey | { key: PropertyKey }> };
type Issue = SchemaIssue & { isMissing: boolean };

function readIssue({ path = [] }: RawIssue, claims: unknown): Issue {
  let value = claims;
  const names = Array.from(path, (segment) => {
    const key = typeof segment === 'object' ? segment.key : segment;
    value = ownMember(Object(value), key);
    return typeof key === 'number' ? key : String(key).slice(0, MAX_NAME);
  }).slice(0, MAX_ENTRIES);
  const isMissing = value === undefined;
  const claim = names.map((name) => JSON.stringify(name)).join('.');
  const problem = isMissing ? 'is missing' : 'does not fit the schema';
  return { message: claim ? `${claim} claim ${problem}` : UNFIT, path: names, isMissing };
}

const UNFIT = 'the claims do not fit the schema';

function refusalOf(found: readonly Issue[]): JwtError {
  const { message, path, isMissing } = found[0] ?? { message: UNFIT, path: [], isMissing: false };
  return new JwtError({
    ...ERR_JWT_CLAIM_VALIDATION_FAILED,
    ...(path.length && { claim: String(path[0]) }),
    reason: isMissing ? 'missing' : 'check_failed',
    message,
    issues: found.map(({ message, path }) => ({ message, path })),
  });
}
