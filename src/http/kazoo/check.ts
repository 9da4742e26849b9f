// Checks of the small things that a request brings: the query, the arguments of an action, a login. What breaks the
// schema is answered in Kazoo's words. Conference documents have a check of their own (conference/validation.ts).
import { Ajv, type ValidateFunction } from 'ajv';
import { isObject } from '../../conference/document.js';
import type { JsonSchema } from '../../conference/schema.js';
import { kazooErrors, type FieldError } from '../../conference/validation.js';
import { validationError } from './errors.js';

const strict = { allErrors: true, verbose: true, allowUnionTypes: true, useDefaults: true } as const;
const values = new Ajv(strict);
/** Everything in a query is text. */
const texts = new Ajv({ ...strict, coerceTypes: true });

/**
 * Reads a value by a schema, with its defaults filled in.
 * @throws KazooError validation error
 */
export type Check<T> = (value: unknown) => T;

export function checkOf<T>(schema: JsonSchema): Check<T> {
  return compiled<T>(values, schema);
}

export function queryCheckOf<T>(schema: JsonSchema): Check<T> {
  return compiled<T>(texts, schema);
}

function compiled<T>(ajv: Ajv, schema: JsonSchema): Check<T> {
  // Compiled when it is needed first: most boxes never need most of them.
  let check: ValidateFunction<T> | undefined;
  return (value) => {
    check ??= ajv.compile<T>(schema);
    // A copy: the defaults are nobody else's.
    const own: unknown = isObject(value) ? { ...value } : (value ?? {});
    if (check(own)) return own;
    throw validationError(kazooErrors(check.errors ?? []).map(withoutStructure));
  };
}

/** None of these fields is a list or an object; what came in their place may be of any size and depth. */
function withoutStructure(error: FieldError): FieldError {
  const { value, ...rest } = error;
  return typeof value === 'object' && value !== null ? rest : error;
}
