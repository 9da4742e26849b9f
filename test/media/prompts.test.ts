// What the set-up has made of media/prompts: every sentence is there, and sounds like the others.
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import t from 'tap';
import { listen, loudness, peak, root, runtime, silences } from './listening.js';

const lists = join(root, 'media/prompts');
const sentencesOf = (language: string) =>
  new Map(
    readFileSync(join(lists, `${language}.txt`), 'utf8')
      .split('\n')
      .filter((line) => line.includes('=') && !line.startsWith('#'))
      .map((line) => [line.slice(0, line.indexOf('=')).trim(), line.slice(line.indexOf('=') + 1).trim()]),
  );

void t.test('the measure of these tests: the standard says -23 LUFS for this tone', (t) => {
  const tone = Float64Array.from(
    { length: 48_000 },
    (_, n) => 0.1 * Math.sin((2 * Math.PI * 997 * n) / 16_000),
  );
  t.ok(Math.abs(loudness(tone) + 23) < 0.1, String(loudness(tone)));
  t.end();
});

for (const language of readdirSync(lists).map((file) => basename(file, '.txt'))) {
  void t.test(`the prompts in "${language}"`, (t) => {
    const folder = join(runtime, 'prompts', language);
    const sentences = sentencesOf(language);
    const there = readdirSync(folder).filter((file) => file.endsWith('.wav'));
    t.same(there.sort(), [...sentences.keys()].map((name) => `${name}.wav`).sort(), 'one file a sentence');
    for (const [name, sentence] of sentences) {
      const samples = listen(join(folder, `${name}.wav`));
      const spoken = samples.length / 16_000 - 0.2;
      const { before, after, longest } = silences(samples);
      const measured = loudness(samples);
      t.ok(
        spoken > 0.1 + 0.03 * sentence.length && spoken < 0.6 + 0.09 * sentence.length,
        `${name}: ${spoken} s`,
      );
      t.ok(Math.abs(measured + 22) <= 0.5, `${name}: ${measured} LUFS`);
      t.ok(peak(samples) <= 10 ** (-3 / 20), `${name}: peak ${peak(samples)}`);
      // A soft sound at either end lies below the threshold of this test and adds to the 50 and 150 ms.
      t.ok(before >= 0.04 && before < 0.15, `${name}: begins after ${before} s`);
      t.ok(after >= 0.1 && after < 0.3, `${name}: ends with ${after} s of quiet`);
      t.ok(longest < 0.8, `${name}: a pause of ${longest} s`);
      t.ok(Math.abs(samples[0] ?? 1) < 0.001 && Math.abs(samples.at(-1) ?? 1) < 0.001, `${name}: no click`);
    }
    t.end();
  });
}

void t.test('every language has every prompt', (t) => {
  const english = [...sentencesOf('en').keys()];
  const languages = readdirSync(lists).map((file) => basename(file, '.txt'));
  t.strictSame(languages.sort(), ['de', 'en', 'es', 'fr', 'it']);
  for (const language of languages) t.strictSame([...sentencesOf(language).keys()], english, language);
  t.end();
});

void t.test('every prompt that the code names has a sentence', (t) => {
  const english = sentencesOf('en');
  const sources = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.ts'),
  );
  const named = new Set<string>();
  for (const file of sources) {
    const source = readFileSync(join(root, 'src', file), 'utf8');
    for (const [, name] of source.matchAll(/prompt\('([\w-]+)'\)/g)) if (name) named.add(name);
    for (const [, name] of source.matchAll(/'(conf-\w+)'/g)) if (name) named.add(name);
  }
  for (let digit = 0; digit <= 9; digit++) named.add(`digit-${digit}`);
  t.ok(named.size > 30, `${named.size} names were found`);
  for (const name of named) t.ok(english.has(name), name);
  t.end();
});
