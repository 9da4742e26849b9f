// In which language a visitor is spoken to, and how times and sizes are written in it.
import { de } from './de.js';
import { en, type Texts } from './en.js';

export type { FieldText, Texts } from './en.js';

export const languages = { en, de } as const satisfies Record<string, Texts>;
export type Language = keyof typeof languages;

export function isLanguage(text: unknown): text is Language {
  return typeof text === 'string' && Object.hasOwn(languages, text);
}

/** The first language of Accept-Language that there are texts in, by its weights (RFC 9110, 12.5.4); else English. */
export function languageOf(acceptLanguage: string | undefined): Language {
  const wanted = (acceptLanguage ?? '')
    .slice(0, 512)
    .split(',')
    .map((part) => {
      const [tag = '', ...parameters] = part
        .trim()
        .toLowerCase()
        .split(/\s*;\s*/);
      const q = parameters.find((parameter) => parameter.startsWith('q='));
      return { language: tag.split('-')[0], weight: q ? Number(q.slice(2)) || 0 : 1 };
    })
    .filter(({ weight }) => weight > 0)
    .sort((a, b) => b.weight - a.weight);
  for (const { language } of wanted) if (isLanguage(language)) return language;
  return 'en';
}

const locales: Record<Language, string> = { en: 'en-GB', de: 'de-DE' };

/** Times are unix ms, written in the time zone of the box. */
export class Format {
  readonly locale: string;
  private readonly dateTimes: Intl.DateTimeFormat;
  private readonly times: Intl.DateTimeFormat;
  private readonly languages: Intl.DisplayNames;
  private readonly oneDigit: Intl.NumberFormat;

  constructor(language: Language) {
    this.locale = locales[language];
    this.dateTimes = new Intl.DateTimeFormat(this.locale, { dateStyle: 'medium', timeStyle: 'medium' });
    this.times = new Intl.DateTimeFormat(this.locale, { timeStyle: 'short' });
    this.languages = new Intl.DisplayNames(this.locale, { type: 'language' });
    this.oneDigit = new Intl.NumberFormat(this.locale, { maximumFractionDigits: 1 });
  }

  dateTime(ms: number): string {
    return this.dateTimes.format(ms);
  }

  time(ms: number): string {
    return this.times.format(ms);
  }

  /** hh:mm:ss, or mm:ss below an hour. */
  duration(ms: number): string {
    const seconds = Math.max(0, Math.round(ms / 1000));
    const two = (value: number) => String(value).padStart(2, '0');
    const hours = Math.floor(seconds / 3600);
    const rest = `${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
    return hours > 0 ? `${hours}:${rest}` : rest;
  }

  /** Gigabytes of 10^9 bytes. */
  bytes(count: number): string {
    return `${this.tenths(count / 1e9)} GB`;
  }

  /** What a language is called. @param code ISO 639-1 */
  language(code: string): string {
    return this.languages.of(code) ?? code;
  }

  /** Megabytes of 10^6 bytes. */
  megabytes(count: number): string {
    return `${this.tenths(count / 1e6)} MB`;
  }

  /** With one digit after the point, where it is not 0. */
  tenths(value: number): string {
    return this.oneDigit.format(value);
  }

  number(value: number): string {
    return new Intl.NumberFormat(this.locale, { maximumFractionDigits: 2 }).format(value);
  }
}

export const formats: Record<Language, Format> = { en: new Format('en'), de: new Format('de') };
