import t from 'tap';
import { sections } from '../../../src/http/pages/conference-fields.js';
import { formats, languageOf, languages } from '../../../src/http/pages/texts/index.js';

/** Every key with what kind of text it has. */
function shapeOf(value: unknown, path = ''): string[] {
  if (typeof value !== 'object' || value === null) return [`${path}: ${typeof value}`];
  return Object.entries(value).flatMap(([key, inner]) => shapeOf(inner, `${path}.${key}`));
}

function emptyOnes(value: unknown, path = ''): string[] {
  if (typeof value === 'string') return value.trim() === '' ? [path] : [];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => emptyOnes(inner, `${path}.${key}`));
}

void t.test('the catalogues have the same texts, none empty', (t) => {
  const shape = shapeOf(languages.en).sort();
  t.ok(shape.length > 300);
  for (const [language, texts] of Object.entries(languages)) {
    t.same(shapeOf(texts).sort(), shape, language);
    t.same(emptyOnes(texts), [], language);
  }
  t.end();
});

void t.test('every field of the schema has a section and texts', (t) => {
  t.same(sections.find(({ id }) => id === 'further')?.fields, []);
  t.end();
});

void t.test('the language is the first of the browser’s that there is', (t) => {
  const cases: [string | undefined, string][] = [
    [undefined, 'en'],
    ['', 'en'],
    ['de', 'de'],
    ['de-CH, en;q=0.9', 'de'],
    ['fr;q=1, en;q=0.2, de;q=0.3', 'de'],
    ['de;q=0, en', 'en'],
    ['*', 'en'],
    ['constructor', 'en'],
  ];
  for (const [header, language] of cases) t.equal(languageOf(header), language, String(header));
  t.end();
});

void t.test('lengths and sizes', (t) => {
  t.equal(formats.en.duration(65_400), '01:05');
  t.equal(formats.en.duration(3_600_000 + 61_000), '1:01:01');
  t.equal(formats.en.duration(-5), '00:00');
  t.equal(formats.en.bytes(1_540_000_000), '1.5 GB');
  t.equal(formats.de.bytes(1_540_000_000), '1,5 GB');
  t.end();
});
