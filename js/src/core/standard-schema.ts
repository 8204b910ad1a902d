// The option `schema`: runs a schema of another library on the claims of a verified token.

import { claimRefused, type JwtError, optionsInvalid } from './errors.js';
import { callOption, hasMethods } from './own-options.js';

/**
 * A Standard Schema, version 1 (https://standardschema.dev): zod, valibot, arktype and others implement it. The interface is
 * copied from the specification, so that this package does not depend on it.
 */
export interface StandardSchemaV1<Input = unknown, Output = Input> {
  /** The schema's version, vendor and function; `types` exists only in the type system. */
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
  /** What is wrong, in this package's words, because a schema's messages may quote the value. */
  message: string;
  /** The claim's name, followed by the path within the claim. Empty if the issue is about all claims together. */
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
 * @internal Replaces the claims with the output of the schema. Runs code of the caller.
 *
 * @throws JwtError `ERR_JWT_CLAIM_VALIDATION_FAILED` if the claims do not fit; `ERR_OPTIONS_INVALID` if the schema throws,
 *   is not synchronous or does not return an object.
 */
export function withSchema<T extends { claims: object }>(token: T, schema: Schema | undefined): T {
  if (!schema) return token;
  const { value, issues }: { value: object | undefined; issues: SchemaIssue[] | undefined } = callOption(() => {
    const result = schema.validate(token.claims) as { value?: object; issues?: RawIssue[] };
    if (hasMethods(result, 'then')) {
      // If the promise rejects, the rejection must be handled: an unhandled rejection ends a Node process.
      Promise.resolve(result).catch(() => {});
      return { value: undefined, issues: undefined };
    }
    // Reads only an own member, because a polluted prototype must not supply the claims.
    const value = Object.hasOwn(result, 'value') ? result.value : undefined;
    return { value, issues: result.issues?.slice(0, MAX_ENTRIES).map(readIssue) };
  }, 'schema');
  if (issues) throw claimsUnfit(issues[0] ?? readIssue({}), issues);
  if (typeof value !== 'object' || value === null) {
    throw optionsInvalid('"schema" must be synchronous, and return an object');
  }
  return { ...token, claims: value };
}

type RawIssue = { path?: (PropertyKey | { key: PropertyKey })[] };

function readIssue({ path = [] }: RawIssue): SchemaIssue {
  const names = path.slice(0, MAX_ENTRIES).map((segment) => {
    const key = typeof segment === 'object' ? segment.key : segment;
    return typeof key === 'number' ? key : String(key).slice(0, MAX_NAME);
  });
  const what = names.length ? `${JSON.stringify(names.join('.').slice(0, MAX_NAME))} claim does` : 'the claims do';
  return { path: names, message: `${what} not fit the schema` };
}

function claimsUnfit({ path, message }: SchemaIssue, issues: readonly SchemaIssue[]): JwtError {
  return claimRefused(String(path[0] ?? 'schema'), 'check_failed', message, issues);
}
