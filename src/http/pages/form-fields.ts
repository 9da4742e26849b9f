// One field of a form: label, explanation, input and error, joined so that a screen reader reads them together.
import { attribute, flag, html, type Content, type Html } from './html.js';

export interface InputOptions {
  readonly name: string;
  /** Tells fields of one name apart where a page has several forms. */
  readonly form?: string;
  readonly label: string;
  readonly help?: string;
  readonly value?: string | undefined;
  readonly error?: string | undefined;
  readonly type?: 'text' | 'password' | 'search' | 'date' | 'time' | 'number' | 'file';
  readonly required?: boolean;
  readonly autocomplete?: string;
  readonly inputmode?: 'numeric' | 'text';
  readonly maxlength?: number | undefined;
  readonly min?: number | undefined;
  readonly max?: number | undefined;
  /** Id of a datalist. */
  readonly list?: string;
  /** Kinds of files. */
  readonly accept?: string;
  readonly pattern?: string | undefined;
  readonly placeholder?: string | undefined;
  /** The first field of a page, or the first with an error. */
  readonly autofocus?: boolean;
}

export function input(options: InputOptions): Html {
  const { name, type = 'text', value, placeholder } = options;
  const id = idOf(options);
  const element = html`<input id="${id}" name="${name}" type="${type}"${attribute('value', value)}${attribute('autocomplete', options.autocomplete ?? 'off')}${attribute('inputmode', options.inputmode)}${attribute('maxlength', options.maxlength)}${attribute('min', options.min)}${attribute('max', options.max)}${attribute('pattern', options.pattern)}${attribute('accept', options.accept)}${attribute('list', options.list)}${attribute('placeholder', placeholder)}${flag('required', options.required)}${flag('autofocus', options.autofocus)}${described(options)}>`;
  return field(options, element);
}

export function textArea(options: Omit<InputOptions, 'type'>): Html {
  const { name, value = '' } = options;
  return field(
    options,
    html`<textarea id="${idOf(options)}" name="${name}" rows="6" spellcheck="false"${described(options)}>
${value}</textarea>`,
  );
}

export interface Choice {
  readonly value: string;
  readonly label: string;
}

export function select(
  options: Omit<InputOptions, 'type'>,
  choices: readonly Choice[],
  after?: Content,
): Html {
  const { name, value = '' } = options;
  return field(
    options,
    html`<select id="${idOf(options)}" name="${name}"${described(options)}>${choices.map(
      (choice) =>
        html`<option value="${choice.value}"${flag('selected', choice.value === value)}>${choice.label}</option>`,
    )}</select>${after}`,
  );
}

export function checkBox(options: Omit<InputOptions, 'type' | 'value'>, checked: boolean): Html {
  const { name, label } = options;
  return html`<div class="field check"><input id="${idOf(options)}" name="${name}" type="checkbox" value="true"${flag('checked', checked)}${described(options)}><div><label for="${idOf(options)}">${label}</label>${explained(options)}</div></div>`;
}

function field(options: InputOptions, element: Html): Html {
  const wrong = options.error === undefined ? '' : ' faulty';
  return html`<div class="field${wrong}"><label for="${idOf(options)}">${options.label}</label>${explained(options)}${element}</div>`;
}

function explained(options: InputOptions): Content {
  const { help, error } = options;
  return [
    help !== undefined && html`<p class="help" id="${idOf(options)}-help">${help}</p>`,
    error !== undefined && html`<p class="error" id="${idOf(options)}-error">${error}</p>`,
  ];
}

function described(options: InputOptions): Content {
  const { help, error } = options;
  const ids = [
    ...(error === undefined ? [] : [`${idOf(options)}-error`]),
    ...(help === undefined ? [] : [`${idOf(options)}-help`]),
  ];
  return [
    ids.length > 0 && attribute('aria-describedby', ids.join(' ')),
    error !== undefined && attribute('aria-invalid', 'true'),
  ];
}

function idOf({ form, name }: Pick<InputOptions, 'form' | 'name'>): string {
  return `f-${form === undefined ? '' : `${form}-`}${name.replace(/[^A-Za-z0-9]/g, '-')}`;
}
