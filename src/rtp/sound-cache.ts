// Sounds as files that rtpengine plays cheaply (.au), each made once: tone strings under the hash of their text,
// recordings under the hash of where and when they were written.
import { createHash, randomUUID } from 'node:crypto';
import { access, mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { durableRename } from '../durable-rename.js';
import { evened, writeAu } from '../sounds/index.js';
import { renderNoise } from './noise.js';
import { renderTone } from './tone.js';
import { readWav, type Wav } from './wav.js';

/** Goes into the hash: files of an older way of rendering are not taken for new ones. */
const version = 3;

export class SoundCache {
  private readonly folder: string;
  private readonly making = new Map<string, Promise<string>>();

  /** @param folder made when the first sound is */
  constructor(folder: string) {
    this.folder = folder;
  }

  /**
   * The file of a tone string, no louder than the prompts: a sine at libteletone's usual level would be 8 LU above them.
   * @throws ToneError, or what the file system throws
   */
  tone(text: string): Promise<string> {
    return this.once(`tone\n${text}`, () => {
      const { rate, samples } = renderTone(text);
      return { rate, samples: evened(samples, 0), channels: 1 };
    });
  }

  /** The file of comfort noise, see renderNoise. @throws RangeError, or what the file system throws */
  noise(peak: number): Promise<string> {
    return this.once(`noise\n${peak}`, () => ({ ...renderNoise(peak), channels: 1 }));
  }

  /**
   * The file of a recording, made anew when that has changed. What is no WAV file of 16-bit PCM is given back as it is:
   * rtpengine reads many formats.
   * @throws what the file system throws
   */
  async recording(path: string): Promise<string> {
    const { mtimeMs, size } = await stat(path);
    try {
      return await this.once(`recording\n${path}\n${mtimeMs}\n${size}`, async () =>
        readWav(await readFile(path)),
      );
    } catch {
      return path;
    }
  }

  /** @param what it is, in full */
  private async once(what: string, make: () => Wav | Promise<Wav>): Promise<string> {
    const hash = createHash('sha256').update(`${version}\n${what}`).digest('hex').slice(0, 32);
    const path = join(this.folder, `${hash}.au`);
    let file = this.making.get(path);
    if (!file) {
      file = this.make(path, make);
      this.making.set(path, file);
      // Only for those who ask meanwhile: the file may be deleted later.
      const over = () => void this.making.delete(path);
      file.then(over, over);
    }
    return file;
  }

  private async make(path: string, make: () => Wav | Promise<Wav>): Promise<string> {
    const known = await access(path).then(
      () => true,
      () => false,
    );
    if (known) return path;
    const sound = await make();
    await mkdir(this.folder, { recursive: true });
    // Never half a file under the final name, also when the box loses power.
    const draft = `${path}.${randomUUID()}`;
    await writeFile(draft, writeAu(sound));
    await durableRename(draft, path);
    return path;
  }
}
