// HTML as typed values: what a template puts in is escaped unless it is HTML itself, so that nothing from outside can
// become a part of the page. Attributes are always written in double quotes.

/** A piece of HTML that is safe to send. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** What a template takes; lists are joined, and what says nothing is left out. */
export type Content = Html | string | number | false | null | undefined | readonly Content[];

/** The template tag. */
export function html(parts: TemplateStringsArray, ...contents: readonly Content[]): Html {
  return new Html(parts.reduce((text, part, index) => text + write(contents[index - 1]) + part));
}

/** An attribute without a value where `on` is true, as in `<input ${flag('checked', on)}>`. */
export function flag(name: string, on: boolean | undefined): Html | undefined {
  return on ? new Html(` ${name}`) : undefined;
}

/** The attribute where there is a value for it. */
export function attribute(name: string, value: string | number | undefined): Html | undefined {
  return value === undefined ? undefined : html` ${new Html(name)}="${value}"`;
}

function write(content: Content): string {
  if (content === null || content === undefined || content === false) return '';
  if (content instanceof Html) return content.text;
  if (typeof content === 'object') return content.map(write).join('');
  return String(content).replace(/[&<>"']/g, (character) => entities[character]!);
}

const entities: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
