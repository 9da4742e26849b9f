// The one check of everything that wants to become a conference document: first that it is small and plain JSON (it
// comes from the network), then the rules of schema.ts with all defaults filled in, then what no schema can say. All
// faults are named at once, in Kazoo's words, so that a form can show each beside its field.
import { Ajv, type ValidateFunction, type ErrorObject } from 'ajv';
import { isObject, isPoison, numbersOf, type ConferenceDocument, type ConferencePatch } from './document.js';
import { conferenceSchema, maxListLength } from './schema.js';

/** One fault of one field. */
export interface FieldError {
  /** Path with dots, array indexes from 0 ('member.pins.0'); '' = the whole document. A dot in a key is %2E. */
  readonly field: string;
  /** The rule's name in JSON Schema, or 'unique' (a number listed twice), 'maxDepth', 'maxSize'. */
  readonly rule: string;
  readonly message: string;
  /** What the rule asks for: the pattern, the limit, the types. */
  readonly target?: unknown;
  /** What was given. */
  readonly value?: unknown;
  /** The very number or text that is at fault, where `value` is a whole list. */
  readonly cause?: unknown;
}

export type Validated<T> =
  | { readonly ok: true; readonly document: T }
  | { readonly ok: false; readonly errors: readonly FieldError[] };

/** Bounds of what is looked at; a document with every list full stays below them. */
export const documentLimits = {
  /** Objects and arrays within each other. */
  depth: 16,
  /** Values of all kinds, at all depths. */
  values: 10_000,
  /** Characters of one text. */
  text: 8192,
  /** Characters of all keys and texts. */
  characters: 262_144,
  /** Faults that are reported. */
  errors: 100,
} as const;

const types = { allErrors: true, verbose: true, allowUnionTypes: true } as const;
// Compiled when they are needed first: together they are some 6 MB that a box at rest does without (measured).
let checkWhole: ValidateFunction | undefined;
let checkPart: ValidateFunction | undefined;

/**
 * Checks a whole document and fills in the defaults. `input` is left as it is; the document is a new value without the
 * keys that are not the client's to set ('id', and what begins with '_' or 'pvt_').
 * With `partial`, only what is there is checked, null may stand for "remove", and no default is added.
 */
export function validateConference(
  input: unknown,
  options?: { partial?: false },
): Validated<ConferenceDocument>;
export function validateConference(input: unknown, options: { partial: true }): Validated<ConferencePatch>;
export function validateConference(
  input: unknown,
  options: { partial?: boolean } = {},
): Validated<ConferenceDocument | ConferencePatch> {
  const copy = new PlainCopy(options.partial ?? false);
  const document = copy.take(input);
  if (copy.errors.length > 0) return { ok: false, errors: copy.errors };
  const check = options.partial
    ? (checkPart ??= new Ajv(types).compile(conferenceSchema))
    : (checkWhole ??= new Ajv({ ...types, useDefaults: true }).compile(conferenceSchema));
  if (!check(document)) return { ok: false, errors: kazooErrors(check.errors ?? []) };
  if (options.partial) return { ok: true, document: copy.withNulls(document as ConferencePatch) };
  const twice = listedTwice(document as ConferenceDocument);
  if (twice.length > 0) return { ok: false, errors: twice };
  return { ok: true, document: document as ConferenceDocument };
}

/** The same number in two lists leads to two roles; Kazoo stores that and then finds neither. */
function listedTwice(document: ConferenceDocument): FieldError[] {
  const errors: FieldError[] = [];
  const seen = new Set<string>();
  const indexes = new Map<string, number>();
  for (const { number, listedIn } of numbersOf(document)) {
    const list = listedIn === 'conference' ? 'conference_numbers' : `${listedIn}.numbers`;
    const index = indexes.get(list) ?? 0;
    indexes.set(list, index + 1);
    if (seen.has(number) && errors.length < documentLimits.errors) {
      errors.push({
        field: `${list}.${index}`,
        rule: 'unique',
        message: 'Numbers already in use',
        value: number,
        cause: number,
      });
    }
    seen.add(number);
  }
  return errors;
}

/** Makes a bounded copy that holds plain JSON only, and notes what is too big or no JSON. */
class PlainCopy {
  readonly errors: FieldError[] = [];
  private readonly partial: boolean;
  /** Paths of the keys that were null in a patch, parents first. */
  private readonly removed: string[][] = [];
  private values = 0;
  private characters = 0;
  private full = false;

  constructor(partial: boolean) {
    this.partial = partial;
  }

  take(input: unknown): unknown {
    if (!isObject(input)) {
      this.fail([], 'type', 'Value did not match type(s): object', 'object', undefined);
      return undefined;
    }
    const own: Record<string, unknown> = {};
    for (const key of Object.keys(input)) {
      if (key !== 'id' && !key.startsWith('_') && !key.startsWith('pvt_')) own[key] = input[key];
    }
    return this.copy(own, []);
  }

  /** The patch with its nulls back in place, after the rest of it has been checked. */
  withNulls(document: ConferencePatch): ConferencePatch {
    for (const path of this.removed) {
      let at = document as Record<string, unknown>;
      for (const key of path.slice(0, -1)) at = at[key] as Record<string, unknown>;
      at[path.at(-1)!] = null;
    }
    return document;
  }

  private copy(value: unknown, path: string[]): unknown {
    if (this.full) return undefined;
    if (++this.values > documentLimits.values) return this.tooBig();
    if (typeof value === 'string') return this.copyText(value, path);
    if (typeof value === 'boolean' || value === null) return value;
    if (typeof value === 'number' && Number.isFinite(value)) return value;
    if (Array.isArray(value) || isObject(value)) {
      if (path.length >= documentLimits.depth) {
        const limit = documentLimits.depth;
        return this.fail(
          path,
          'maxDepth',
          `Values must not be nested more than ${limit} deep`,
          limit,
          undefined,
        );
      }
      return Array.isArray(value) ? this.copyList(value, path) : this.copyObject(value, path);
    }
    return this.fail(
      path,
      'type',
      'Value did not match type(s): string, number, boolean',
      undefined,
      undefined,
    );
  }

  private copyText(value: string, path: string[]): string | undefined {
    if (value.length > documentLimits.text) {
      const limit = documentLimits.text;
      return this.fail(
        path,
        'maxLength',
        `String must not be more than ${limit} characters`,
        limit,
        undefined,
      );
    }
    this.characters += value.length;
    return this.characters > documentLimits.characters ? this.tooBig() : value;
  }

  private copyList(value: unknown[], path: string[]): unknown[] | undefined {
    if (value.length > maxListLength) {
      return this.fail(
        path,
        'maxItems',
        `The list is more than ${maxListLength} items`,
        maxListLength,
        undefined,
      );
    }
    return value.map((item, index) => this.copy(item, [...path, String(index)]));
  }

  private copyObject(value: Record<string, unknown>, path: string[]): Record<string, unknown> {
    const result: Record<string, unknown> = {};
    for (const key of Object.keys(value)) {
      if (isPoison(key) || value[key] === undefined) continue;
      this.characters += key.length;
      if (value[key] === null && this.partial) this.removed.push([...path, key]);
      else result[key] = this.copy(value[key], [...path, key]);
      if (this.full) break;
    }
    return result;
  }

  private tooBig(): undefined {
    this.full = true;
    const { values, characters } = documentLimits;
    const message = `The document must not have more than ${values} values and ${characters} characters`;
    return this.fail([], 'maxSize', message, characters, undefined);
  }

  private fail(path: string[], rule: string, message: string, target: unknown, value: unknown): undefined {
    if (this.errors.length >= documentLimits.errors) return undefined;
    this.errors.push({
      field: fieldName(path),
      rule,
      message,
      ...(target !== undefined && { target }),
      ...(value !== undefined && { value }),
    });
    return undefined;
  }
}

/** Kazoo joins with dots and writes a dot inside a key as %2E. */
function fieldName(path: readonly string[]): string {
  return path.map((key) => key.replaceAll('.', '%2E')).join('.');
}

/** Ajv's errors in Kazoo's words (its kz_json_schema). */
export function kazooErrors(errors: readonly ErrorObject[]): FieldError[] {
  return errors.slice(0, documentLimits.errors).map((error) => {
    const path = error.instancePath
      .split('/')
      .slice(1)
      .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
    const target: unknown = error.schema;
    const value: unknown = error.data;
    const field = fieldName(path);
    const base = { field, rule: error.keyword };
    switch (error.keyword) {
      case 'type': {
        const wanted = Array.isArray(target) ? target.join(', ') : String(target);
        return { ...base, message: `Value did not match type(s): ${wanted}`, target: wanted, value };
      }
      case 'required':
        return {
          field: fieldName([...path, String((error.params as { missingProperty: string }).missingProperty)]),
          rule: 'required',
          message: 'Field is required but missing',
        };
      case 'pattern':
        return { ...base, message: `Failed to match pattern '${String(target)}'`, target, value };
      case 'minLength':
        return { ...base, message: `String must be at least ${String(target)} characters`, target, value };
      case 'maxLength':
        return {
          ...base,
          message: `String must not be more than ${String(target)} characters`,
          target,
          value,
        };
      case 'minimum':
        return { ...base, message: `Value must be at least ${String(target)}`, target, value };
      case 'maximum':
        return { ...base, message: `Value must be at most ${String(target)}`, target, value };
      case 'minItems':
        return { ...base, message: `The list is not at least ${String(target)} items`, target, value };
      case 'maxItems':
        return { ...base, message: `The list is more than ${String(target)} items`, target, value };
      case 'uniqueItems':
        return { ...base, message: 'List of items is not unique', value };
      case 'enum':
        return { ...base, message: 'Value not found in enumerated list of values', target, value };
      default:
        return { ...base, message: 'failed to validate', value };
    }
  });
}
