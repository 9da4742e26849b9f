// Sentences spoken by a program on the box. Each is spoken once and kept; the program runs beside the box, few at a time,
// for a bounded time, so that no sentence holds up a call.
import { execFile } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { access, mkdir, readdir, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { durableRename } from '../durable-rename.js';
import { PartylineError } from '../errors.js';

export type SpokenLanguage = 'en' | 'en-gb' | 'de' | 'fr' | 'es' | 'es-419' | 'it';

export interface SpeechVoice {
  readonly language: SpokenLanguage;
  readonly gender: 'female' | 'male';
}

export interface SpeechOptions {
  /** Where sentences are kept; made when the first is. */
  readonly folder: string;
  /** media/say.mjs */
  readonly program: string;
  /** Sentences that are kept; default 500: some 100 MB. */
  readonly mostKept?: number;
}

/** Goes into the hash: what an older program said is not taken for this one's. */
const version = 1;
const longestMs = 15_000;
const mostAtOnce = 2;
const mostWaiting = 16;

export class Speech {
  private readonly options: SpeechOptions;
  private readonly making = new Map<string, Promise<string>>();
  private readonly waiting: (() => void)[] = [];
  private running = 0;

  constructor(options: SpeechOptions) {
    this.options = options;
  }

  /**
   * The WAV file of a sentence, 16 kHz.
   * @throws PartylineError UNAVAILABLE when too many are being spoken, Error when it cannot be spoken
   */
  file(sentence: string, voice: SpeechVoice): Promise<string> {
    const { language, gender } = voice;
    const hash = createHash('sha256').update(`${version}\n${language}\n${gender}\n${sentence}`).digest('hex');
    const path = join(this.options.folder, `${hash.slice(0, 32)}.wav`);
    let file = this.making.get(path);
    if (!file) {
      file = this.make(path, sentence, voice);
      this.making.set(path, file);
      const over = () => void this.making.delete(path);
      file.then(over, over);
    }
    return file;
  }

  private async make(path: string, sentence: string, voice: SpeechVoice): Promise<string> {
    const known = await access(path).then(
      () => true,
      () => false,
    );
    if (known) {
      const now = new Date();
      await utimes(path, now, now);
      return path;
    }
    await this.turn();
    try {
      await mkdir(this.options.folder, { recursive: true });
      const draft = `${path}.${randomUUID()}`;
      await this.say(sentence, voice, draft);
      await durableRename(draft, path);
    } finally {
      this.running -= 1;
      this.waiting.shift()?.();
    }
    void this.prune().catch(() => undefined);
    return path;
  }

  private async turn(): Promise<void> {
    if (this.running >= mostAtOnce) {
      if (this.waiting.length >= mostWaiting) throw new PartylineError('UNAVAILABLE', 'The speech program');
      await new Promise<void>((resolve) => this.waiting.push(resolve));
    }
    this.running += 1;
  }

  private say(sentence: string, { language, gender }: SpeechVoice, out: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const args = [this.options.program, language, gender, out];
      const child = execFile(
        process.execPath,
        args,
        { timeout: longestMs, killSignal: 'SIGKILL' },
        (error, _, said) =>
          error ? reject(new Error(`the sentence cannot be spoken: ${said.slice(0, 500)}`)) : resolve(),
      );
      // It may be gone before it has read everything.
      child.stdin?.on('error', () => undefined);
      child.stdin?.end(sentence);
    });
  }

  /** Those go first that were not used for the longest time. */
  private async prune(): Promise<void> {
    const { folder, mostKept = 500 } = this.options;
    const names = (await readdir(folder)).filter((name) => name.endsWith('.wav'));
    if (names.length <= mostKept) return;
    const files = await Promise.all(
      names.map(async (name) => ({
        path: join(folder, name),
        usedAt: (await stat(join(folder, name))).mtimeMs,
      })),
    );
    files.sort((a, b) => a.usedAt - b.usedAt);
    for (const { path } of files.slice(0, files.length - mostKept)) await rm(path, { force: true });
  }
}
