// A conference document as the fields of a form, and back. What was typed is kept as it is until it is right: a form with
// errors is shown again with every value in it.
import { isObject, isPoison } from '../../conference/document.js';
import type { ConferenceDocument } from '../../conference/index.js';
import { validateConference, type FieldError } from '../../conference/validation.js';
import type { Field } from './conference-fields.js';

export type FormErrors = ReadonlyMap<string, FieldError>;

/** Suffix of the name of the second field of a tone, which takes the sound itself. */
export const ownSuffix = '~own';

/** The fields filled with what the document says. */
export function fillForm(document: ConferenceDocument, fields: readonly Field[]): URLSearchParams {
  const form = new URLSearchParams();
  for (const { path, kind } of fields) {
    const value = valueAt(document, path);
    switch (kind) {
      case 'list':
        form.set(path, Array.isArray(value) ? value.join(' ') : '');
        break;
      case 'flag':
        if (value === true) form.set(path, 'true');
        break;
      case 'tone':
        form.set(path, typeof value === 'string' ? 'own' : value === undefined ? '' : String(value));
        form.set(path + ownSuffix, typeof value === 'string' ? value : '');
        break;
      case 'json':
        form.set(path, value === undefined ? '' : JSON.stringify(value, null, 2));
        break;
      default:
        form.set(path, value === undefined ? '' : String(value as string | number | boolean));
    }
  }
  return form;
}

export type ReadForm =
  | { readonly ok: true; readonly document: ConferenceDocument }
  | { readonly ok: false; readonly errors: FormErrors };

/**
 * The document that a form makes of `base`: what the form has no field for stays as it is there.
 * @param required paths of fields that must not be empty
 */
export function readForm(
  form: URLSearchParams,
  fields: readonly Field[],
  base: unknown,
  required: readonly string[] = [],
): ReadForm {
  const document = structuredClone(isObject(base) ? base : {});
  const errors: FieldError[] = [];
  for (const field of fields) {
    const read = readField(form, field);
    if (read === notJson) errors.push({ field: field.path, rule: 'json', message: 'is not JSON' });
    else setAt(document, field.path, read);
    if (required.includes(field.path) && (read === undefined || (Array.isArray(read) && read.length === 0))) {
      errors.push({ field: field.path, rule: 'required', message: 'must be there' });
    }
  }
  const validated = validateConference(document);
  if (!validated.ok) errors.push(...validated.errors);
  if (validated.ok && errors.length === 0) return { ok: true, document: validated.document };
  return { ok: false, errors: byField(errors, fields) };
}

/** The first error of each field, by the field's path; what belongs to no field is under ''. */
export function byField(errors: readonly FieldError[], fields: readonly Field[]): FormErrors {
  const found = new Map<string, FieldError>();
  for (const error of errors) {
    const field = fields.find(({ path }) => error.field === path || error.field.startsWith(`${path}.`));
    const key = field?.path ?? '';
    if (!found.has(key)) found.set(key, error);
  }
  return found;
}

/** The fields of a form that have one of these numbers in them, as errors. */
export function numbersTaken(
  numbers: readonly string[],
  form: URLSearchParams,
  fields: readonly Field[],
): FormErrors {
  const errors = fields
    .filter(({ kind }) => kind === 'list')
    .flatMap(({ path }): FieldError[] => {
      const taken = listOf(form.get(path)).filter((number) => numbers.includes(number));
      if (path.endsWith('pins') || taken.length === 0) return [];
      return [{ field: path, rule: 'unique', message: 'Numbers already in use', cause: taken.join(', ') }];
    });
  return byField(errors, fields);
}

const notJson = Symbol('not JSON');

function readField(form: URLSearchParams, { path, kind }: Field): unknown {
  const text = (form.get(path) ?? '').trim();
  switch (kind) {
    case 'list':
      return listOf(text);
    case 'flag':
      return text === 'true';
    case 'choice':
      return text === '' ? undefined : text === 'true';
    case 'number':
    case 'rate':
      // What is no number stays as it is, and the schema says so.
      return text === '' ? undefined : /^-?\d{1,15}$/.test(text) ? Number(text) : text;
    case 'tone':
      if (text === 'own') return form.get(path + ownSuffix)?.trim() || undefined;
      return text === '' ? undefined : text === 'true';
    case 'json':
      try {
        return text === '' ? undefined : (JSON.parse(text) as unknown);
      } catch {
        return notJson;
      }
    default:
      return text === '' ? undefined : text;
  }
}

function listOf(text: string | null): string[] {
  return (text ?? '').split(/[\s,;]+/).filter((entry) => entry !== '');
}

export function valueAt(document: unknown, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>((at, key) => (isObject(at) && Object.hasOwn(at, key) ? at[key] : undefined), document);
}

/** Undefined removes; an object that a removal leaves empty goes too, unless the document had it before. */
function setAt(document: Record<string, unknown>, path: string, value: unknown): void {
  const keys = path.split('.');
  if (keys.some(isPoison)) return;
  const last = keys.pop()!;
  let at = document;
  for (const key of keys) {
    if (!isObject(at[key])) {
      if (value === undefined) return;
      at[key] = {};
    }
    at = at[key] as Record<string, unknown>;
  }
  if (value === undefined) delete at[last];
  else at[last] = value;
}
