// The fields of a conference as inputs, with the limits of the schema and the errors in the visitor's language.
import type { FieldError } from '../../conference/validation.js';
import { schemaAt, type Field, type FieldPath } from './conference-fields.js';
import { ownSuffix, type FormErrors } from './conference-form.js';
import { checkBox, input, select, textArea, type InputOptions } from './form-fields.js';
import { attribute, html, type Html } from './html.js';
import type { FieldText, Texts } from './texts/index.js';

/** Ids of the lists that are offered where something is typed in; a page may have them or not. */
export const offers = { sounds: 'offered-sounds', languages: 'offered-languages' } as const;

export interface FieldInputsOptions {
  readonly required?: readonly string[];
  /** The first field with an error, or else the first, gets the focus. */
  readonly autofocus?: boolean;
}

export function fieldInputs(
  texts: Texts,
  fields: readonly Field[],
  form: URLSearchParams,
  errors: FormErrors,
  { required = [], autofocus = false }: FieldInputsOptions = {},
): Html[] {
  const focused = fields.find(({ path }) => errors.has(path)) ?? fields[0];
  return fields.map((field) => {
    const error = errors.get(field.path);
    return fieldInput(texts, field, form, {
      ...textOf(texts, field.path),
      name: field.path,
      error: error && errorText(texts, error),
      required: required.includes(field.path),
      autofocus: autofocus && field === focused,
    });
  });
}

/** What is unknown to the catalogues has its name and the schema's own words. */
export function textOf(texts: Texts, path: string): FieldText {
  const known: FieldText | undefined = texts.fields[path as FieldPath];
  return known ?? { label: path, help: schemaAt(path)?.description ?? '' };
}

function fieldInput(texts: Texts, { path, kind }: Field, form: URLSearchParams, base: InputOptions): Html {
  const value = form.get(path) ?? '';
  const schema = schemaAt(path);
  const yesNo = [
    { value: '', label: texts.usual },
    { value: 'true', label: texts.yes },
    { value: 'false', label: texts.no },
  ];
  switch (kind) {
    case 'flag':
      return checkBox(base, value === 'true');
    case 'choice':
      return select({ ...base, value }, yesNo);
    case 'tone':
      return toneInput(texts, path, value, form.get(path + ownSuffix) ?? '', base);
    case 'profile':
      return select({ ...base, value }, [
        { value: '', label: texts.usual },
        ...[...new Set(['default', 'page', ...(value ? [value] : [])])].map((name) => ({
          value: name,
          label: name,
        })),
      ]);
    case 'rate':
      return select({ ...base, value }, [
        { value: '', label: texts.usual },
        ...(schema?.enum ?? []).map((rate) => ({ value: String(rate), label: `${String(rate)} Hz` })),
      ]);
    case 'json':
      return textArea({ ...base, value });
    case 'number': {
      const { minimum: min, maximum: max } = schema ?? {};
      return input({ ...base, value, min, max, inputmode: 'numeric', pattern: '-?[0-9]*' });
    }
    case 'list':
      return input({ ...base, value, inputmode: 'text', pattern: '[0-9\\s,;]*' });
    case 'sound':
      return input({ ...base, value, maxlength: schema?.maxLength, list: offers.sounds });
    case 'language':
      return input({ ...base, value, maxlength: schema?.maxLength, list: offers.languages });
    case 'text':
      return input({ ...base, value, maxlength: schema?.maxLength });
  }
}

function toneInput(texts: Texts, path: string, value: string, own: string, base: InputOptions): Html {
  const t = texts.conference;
  const choices = [
    { value: '', label: texts.usual },
    { value: 'true', label: t.toneUsual },
    { value: 'false', label: t.toneNone },
    { value: 'own', label: t.toneOwn },
  ];
  const name = path + ownSuffix;
  const sound = html` <input name="${name}" value="${own}" maxlength="8192" autocomplete="off" list="${offers.sounds}"${attribute('aria-label', t.toneOwnLabel(base.label))}>`;
  return select({ ...base, value }, choices, sound);
}

export function errorText(texts: Texts, { rule, target, cause, value, message }: FieldError): string {
  const t = texts.errors;
  const limit = String(target);
  switch (rule) {
    case 'required':
    case 'json':
    case 'uniqueItems':
    case 'pattern':
    case 'enum':
      return t[rule];
    case 'type':
      return limit.includes('integer') ? t.type : t.structure;
    case 'unique':
      return t.unique(String(cause ?? value ?? ''));
    case 'minLength':
    case 'maxLength':
    case 'minimum':
    case 'maximum':
    case 'maxItems':
      return t[rule](limit);
    default:
      return message;
  }
}
