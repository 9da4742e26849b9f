// The measuring half of compare-voices.sh.
//   sentences FILE FOLDER       the prompts' sentences as <name>.txt, and the recogniser's lists beside them
//   phone FOLDER OUT NOISE_DB   every WAV as a phone hears it: levelled, 8 kHz, mu-law; NOISE_DB below speech, or "none"
//   wide FOLDER OUT             every WAV levelled at 16 kHz
//   pace FOLDER SOUNDS          words a minute
//   errors FOLDER HYPOTHESES    word error rate, per cent, and the sentences without any error
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import process from 'node:process';
import { loudness } from './loudness.mjs';
import { readPrompts } from './prompt-list.mjs';
import { biquad, rate, readWav, resample, writeWav } from './sound.mjs';

const level = -22; // LUFS
const words = (text) =>
  text
    .toLowerCase()
    .replace(/[^a-z' ]/g, ' ')
    .split(/\s+/)
    .filter(Boolean);

/** There and back through G.711 mu-law: 14 bits to 8 and again to 14. */
function muLaw(sample) {
  const bias = 33;
  const value = Math.min(8158, Math.abs(Math.round(sample * 8192))) + bias;
  const segment = Math.floor(Math.log2(value)) - 5;
  const step = Math.floor(value / 2 ** (segment + 1)) - 16;
  return (Math.sign(sample) * ((2 * (step + 16) + 1) * 2 ** segment - bias)) / 8192;
}

/** Noise with the slope of speech and of offices, the same in every run. */
function noise(length) {
  let seed = 1;
  const white = Float64Array.from({ length }, () => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
    return seed / 2 ** 31 - 1;
  });
  const a = Math.exp((-2 * Math.PI * 500) / rate); // falls by 6 dB an octave above 500 Hz
  return biquad(white, [1 - a, 0, 0, -a, 0]);
}

/** @param change from sound at 16 kHz and -22 LUFS to what the recogniser shall hear */
function each(folder, out, change) {
  mkdirSync(out, { recursive: true });
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.wav'))) {
    const { rate: from, samples } = readWav(join(folder, file));
    // Quiet around the words, so that the recogniser's own search for speech does not cut them.
    const speech = new Float64Array(Math.ceil((samples.length * rate) / from) + 0.6 * rate);
    speech.set(resample(samples, from, rate), 0.3 * rate);
    writeWav(join(out, file), change(levelled(speech, level)));
  }
}

function levelled(samples, lufs) {
  const gain = 10 ** ((lufs - loudness(samples)) / 20);
  return samples.map((sample) => gain * sample);
}

const wide = (folder, out) => each(folder, out, (speech) => speech);

function phone(folder, out, below) {
  each(folder, out, (speech) => {
    const around = below === 'none' ? undefined : levelled(noise(speech.length), level - Number(below));
    const heard = around ? speech.map((sample, n) => sample + around[n]) : speech;
    return resample(resample(heard, rate, 8000).map(muLaw), 8000, rate);
  });
}

function pace(folder, sounds) {
  let count = 0;
  let seconds = 0;
  for (const name of readFileSync(join(folder, 'list'), 'utf8').split('\n').filter(Boolean)) {
    count += words(readFileSync(join(folder, `${name}.txt`), 'utf8')).length;
    const { rate: hz, samples } = readWav(join(sounds, `${name}.wav`));
    const loud = (sample) => Math.abs(sample) > 0.005;
    seconds += (samples.findLastIndex(loud) - samples.findIndex(loud)) / hz;
  }
  process.stdout.write(`${Math.round((60 * count) / seconds)}\n`);
}

function distance(said, heard) {
  let row = heard.map((_, n) => n + 1);
  row.unshift(0);
  for (const [i, word] of said.entries()) {
    const next = [i + 1];
    heard.forEach((other, j) =>
      next.push(Math.min(row[j] + (word === other ? 0 : 1), row[j + 1] + 1, next[j] + 1)),
    );
    row = next;
  }
  return row.at(-1);
}

function errors(folder, hypotheses) {
  let said = 0;
  let wrong = 0;
  let whole = 0;
  let all = 0;
  for (const line of readFileSync(hypotheses, 'utf8').split('\n').filter(Boolean)) {
    const [, heard, name] = /^(.*?) ?\((\S+) [^)]*\)$/.exec(line) ?? [];
    const sentence = words(readFileSync(join(folder, `${basename(name)}.txt`), 'utf8'));
    const missed = distance(sentence, words(heard));
    said += sentence.length;
    wrong += missed;
    all += 1;
    whole += missed === 0 ? 1 : 0;
  }
  process.stdout.write(`${((100 * wrong) / said).toFixed(1)} ${whole}/${all}\n`);
}

function sentences(file, folder) {
  mkdirSync(folder, { recursive: true });
  const prompts = readPrompts(file);
  for (const { name, sentence } of prompts) writeFileSync(join(folder, `${name}.txt`), `${sentence}\n`);
  writeFileSync(join(folder, 'list'), prompts.map(({ name }) => `${name}\n`).join(''));
  const choice = prompts.map(({ sentence }) => words(sentence).join(' ')).join(' | ');
  writeFileSync(join(folder, 'choice.jsgf'), `#JSGF V1.0;\ngrammar choice;\npublic <choice> = ${choice};\n`);
}

const [verb, ...rest] = process.argv.slice(2);
({ sentences, phone, wide, pace, errors })[verb](...rest);
