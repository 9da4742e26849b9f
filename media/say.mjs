// Speaks one sentence, from standard input, into OUT: as loud and as clean as the prompts. For the box while it runs,
// as a process of its own: neither the speech program nor the levelling may hold up calls.
//
// usage: node say.mjs LANGUAGE GENDER OUT
//   LANGUAGE en, en-gb, de, fr, es, es-419 or it; GENDER female or male
import { execFile } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import process from 'node:process';
import { promisify } from 'node:util';
import { level } from './level.mjs';
import { readWav, writeWav } from './sound.mjs';

/** flite's voices for English, espeak-ng's for the others: README.md says why. */
const flite = { en: { female: 'slt', male: 'rms' }, 'en-gb': { female: 'slt', male: 'awb' } };
const espeak = { de: 'de', fr: 'fr-fr', es: 'es', 'es-419': 'es-419', it: 'it' };

function command(language, gender, sentence, file) {
  const voice = flite[language]?.[gender];
  if (voice) return ['flite', ['-voice', voice, '-t', sentence, '-o', file]];
  const variant = gender === 'female' ? '+f2' : '';
  // `--` ends the options: a sentence may begin with a dash.
  return ['espeak-ng', ['-v', espeak[language] + variant, '-s', '140', '-w', file, '--', sentence]];
}

const [language, gender, out] = process.argv.slice(2);
const spoken = `${out}.spoken`;
try {
  const sentence = readFileSync(0, 'utf8');
  await promisify(execFile)(...command(language, gender, sentence, spoken), { timeout: 10_000 });
  writeWav(out, level(readWav(spoken)));
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
} finally {
  rmSync(spoken, { force: true });
}
