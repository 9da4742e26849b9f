// Makes the prompts: every sentence of PROMPTS/<language>.txt, spoken by a program or taken from
// RECORDINGS/<language>/<name>.wav, as OUT/<language>/<name>.wav. Only what changed is made again; a run that was
// interrupted goes on where it stopped.
//
// usage: node speak.mjs PROMPTS RECORDINGS OUT
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { availableParallelism } from 'node:os';
import { basename, join } from 'node:path';
import process from 'node:process';
import { promisify } from 'node:util';
import { level } from './level.mjs';
import { readPrompts } from './prompt-list.mjs';
import { readWav, writeWav } from './sound.mjs';

/** Who speaks which language, why: README.md. `arguments` is given the sentence and the WAV file to write. */
const voices = {
  en: {
    language: 'English',
    program: 'flite',
    version: ['--version'],
    arguments: (sentence, file) => ['-voice', 'rms', '-t', sentence, '-o', file],
  },
  de: espeak('German', 'de'),
  fr: espeak('French', 'fr-fr'),
  es: espeak('Spanish', 'es'),
  it: espeak('Italian', 'it'),
};

/** At 140 words a minute: on a telephone formant synthesis is harder to follow than flite, so it takes its time. */
function espeak(language, voice) {
  return {
    language,
    program: 'espeak-ng',
    version: ['--version'],
    arguments: (sentence, file) => ['-v', voice, '-s', '140', '-w', file, sentence],
  };
}

/** A sentence takes well under a second; a program that hangs must not hang the set-up. */
const longest = 60_000;
const run = promisify(execFile);
/** What goes into every stamp: prompts made by an older version of these files are made again. */
const tools = ['speak.mjs', 'level.mjs', 'loudness.mjs', 'sound.mjs'].map((file) =>
  readFileSync(join(import.meta.dirname, file)),
);

class Language {
  constructor(code, list, recordings, out) {
    this.code = code;
    this.list = list;
    this.recordings = recordings;
    this.out = out;
    this.voice = voices[code];
    this.stamps = join(out, 'stamps');
  }

  async make() {
    const prompts = readPrompts(this.list);
    mkdirSync(this.out, { recursive: true });
    const made = this.readStamps();
    const engine = await this.engine();
    const wanted = prompts.map((prompt) => ({ ...prompt, ...this.source(prompt, engine) }));
    this.clean(prompts);
    const missing = wanted.filter(({ name, stamp }) => made.get(name) !== `${stamp} ${size(this.wav(name))}`);
    if (missing.length === 0) return;
    const speaker = this.voice
      ? `${this.voice.language} prompts (${this.voice.program})`
      : `prompts (${this.code})`;
    const progress = new Progress(`Speaking ${missing.length} ${speaker}`, missing.length);
    const queue = missing.values();
    // The iterator is shared: each worker takes the next one.
    const worker = async () => {
      for (const prompt of queue) {
        await this.makeOne(prompt);
        progress.step();
      }
    };
    await Promise.all(Array.from({ length: availableParallelism() }, worker));
    // Shortens the list to what counts.
    writeFileSync(this.stamps, wanted.map(({ name, stamp }) => this.stampLine(name, stamp)).join(''));
  }

  async makeOne({ name, sentence, stamp, recording }) {
    const spoken = join(this.out, `${name}.spoken.part`);
    try {
      if (!recording) await this.speak(sentence, spoken);
      writeWav(this.wav(name), level(readWav(recording ?? spoken)));
    } catch (error) {
      if (recording)
        throw new Error(
          `${recording} cannot be used: ${error.message}. Save it as a 16-bit WAV file, or remove it.`,
          {
            cause: error,
          },
        );
      throw new Error(`${this.list}: "${name}" could not be spoken: ${error.message}`, { cause: error });
    } finally {
      rmSync(spoken, { force: true });
    }
    appendFileSync(this.stamps, this.stampLine(name, stamp));
  }

  async speak(sentence, file) {
    if (!this.voice) throw new Error(`no voice is set for "${this.code}"; add one to media/speak.mjs`);
    await run(this.voice.program, this.voice.arguments(sentence, file), { timeout: longest });
  }

  source({ name, sentence }, engine) {
    const recording = join(this.recordings, `${name}.wav`);
    const recorded = existsSync(recording);
    const hash = createHash('sha256');
    for (const part of [...tools, ...(recorded ? [readFileSync(recording)] : [engine, sentence])])
      hash.update(`${part.length}:`).update(part);
    return { stamp: hash.digest('hex'), ...(recorded && { recording }) };
  }

  /** The speech program's own words about its version: another one may sound different. */
  async engine() {
    if (!this.voice) return '';
    try {
      const { stdout, stderr } = await run(this.voice.program, this.voice.version, { timeout: longest });
      return stdout + stderr;
    } catch (error) {
      // flite tells its version and then exits as if that were wrong.
      if (typeof error.code === 'number') return error.stdout + error.stderr;
      throw new Error(`${this.voice.program} does not run (${error.message}); install it again`, {
        cause: error,
      });
    }
  }

  /** Removes what no sentence names any more, and what an interrupted run left. */
  clean(prompts) {
    const named = new Set(prompts.map(({ name }) => `${name}.wav`));
    for (const file of readdirSync(this.out))
      if (file.endsWith('.part') || (file.endsWith('.wav') && !named.has(file))) rmSync(join(this.out, file));
    for (const file of existsSync(this.recordings) ? readdirSync(this.recordings) : [])
      if (!file.startsWith('.') && !named.has(file))
        process.stdout.write(
          `==> ${join(this.recordings, file)} is not used: ${this.list} names no such prompt.\n`,
        );
  }

  wav(name) {
    return join(this.out, `${name}.wav`);
  }

  /** With the size, so that a file which a power cut emptied is made again. */
  stampLine(name, stamp) {
    return `${name} ${stamp} ${size(this.wav(name))}\n`;
  }

  readStamps() {
    if (!existsSync(this.stamps)) return new Map();
    const lines = readFileSync(this.stamps, 'utf8').split('\n');
    return new Map(lines.map((line) => [line.split(' ')[0], line.slice(line.indexOf(' ') + 1)]));
  }
}

/** One line that counts up on a terminal; in a log, only its last state. */
class Progress {
  constructor(text, count) {
    this.text = text;
    this.count = count;
    this.done = 0;
    if (process.stdout.isTTY) this.show();
  }

  step() {
    this.done += 1;
    if (process.stdout.isTTY || this.done === this.count) this.show();
  }

  show() {
    const line = `==> ${this.text}: ${this.done}/${this.count}`;
    process.stdout.write(`${process.stdout.isTTY ? '\r' : ''}${line}${this.done === this.count ? '\n' : ''}`);
  }
}

function size(file) {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}

const [prompts, recordings, out] = process.argv.slice(2);
try {
  const codes = readdirSync(prompts)
    .filter((file) => file.endsWith('.txt'))
    .map((file) => basename(file, '.txt'));
  for (const code of codes)
    await new Language(code, join(prompts, `${code}.txt`), join(recordings, code), join(out, code)).make();
  mkdirSync(out, { recursive: true });
  for (const folder of readdirSync(out))
    if (!codes.includes(folder)) rmSync(join(out, folder), { recursive: true });
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
}
