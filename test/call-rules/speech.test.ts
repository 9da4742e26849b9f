import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { Speech, type SpeechVoice, type SpokenLanguage } from '../../src/calls/index.js';
import { scratchFolder } from '../store/scratch.js';

const program = fileURLToPath(new URL('../../../media/say.mjs', import.meta.url));

/** Root mean square of a WAV file's samples of 16 bits, and its length. */
function soundOf(file: string): { rms: number; seconds: number } {
  const data = readFileSync(file).subarray(44);
  let sum = 0;
  for (let at = 0; at + 1 < data.length; at += 2) sum += data.readInt16LE(at) ** 2;
  return { rms: Math.sqrt(sum / (data.length / 2)), seconds: data.length / 2 / 16_000 };
}

void t.test('every language, as loud as each other', async (t) => {
  const speech = new Speech({ folder: scratchFolder(t), program });
  const languages: SpokenLanguage[] = ['en', 'en-gb', 'de', 'fr', 'es', 'es-419', 'it'];
  const voices: SpeechVoice[] = languages.map((language) => ({ language, gender: 'female' }));
  for (const language of ['en', 'de'] as const) voices.push({ language, gender: 'male' });
  await Promise.all(
    voices.map(async (voice) => {
      const { rms, seconds } = soundOf(await speech.file('-t 1 2 3', voice));
      t.ok(
        rms > 800 && rms < 6000 && seconds > 0.4,
        `${voice.language} ${voice.gender}: ${rms}, ${seconds} s`,
      );
    }),
  );
});

/** Speaks by copying the sentence; says how often it was asked. */
function mock(t: Parameters<typeof scratchFolder>[0], code: string): { folder: string; program: string } {
  const folder = scratchFolder(t);
  const file = join(folder, 'say.mjs');
  writeFileSync(file, `import fs from 'node:fs';\nconst out = process.argv[4];\n${code}\n`);
  return { folder: join(folder, 'spoken'), program: file };
}

const voice = { language: 'en', gender: 'male' } as const;

void t.test('each sentence once, also when it is asked for at the same time', async (t) => {
  const speech = new Speech(mock(t, `fs.writeFileSync(out, fs.readFileSync(0) + process.pid);`));
  const files = await Promise.all([speech.file('a', voice), speech.file('a', voice)]);
  const before = readFileSync(files[0]!, 'utf8');
  t.equal(files[0], files[1]);
  t.equal(readFileSync(await speech.file('a', voice), 'utf8'), before);
  t.not(await speech.file('b', voice), files[0]);
});

void t.test('what was not used for the longest time makes room', async (t) => {
  const options = mock(t, `fs.writeFileSync(out, '');`);
  const speech = new Speech({ ...options, mostKept: 2 });
  for (const sentence of ['a', 'b', 'c', 'd']) await speech.file(sentence, voice);
  for (const deadline = Date.now() + 5000; readdirSync(options.folder).length > 2;) {
    if (Date.now() > deadline) break;
    await new Promise(setImmediate);
  }
  t.equal(readdirSync(options.folder).length, 2);
});

void t.test('a program that fails, and too many sentences', async (t) => {
  const failing = new Speech(mock(t, `console.error('no voice'); process.exit(1);`));
  await t.rejects(failing.file('a', voice), { message: /no voice/ });
  const slow = new Speech(mock(t, `fs.writeFileSync(out, '');`));
  const asked = Array.from({ length: 19 }, (_, n) => slow.file(String(n), voice));
  const ends = await Promise.allSettled(asked);
  t.equal(ends.filter(({ status }) => status === 'rejected').length, 1);
});
