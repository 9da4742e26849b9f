// Tone strings as files, because rtpengine plays files: each is rendered once and kept under the hash of its text.
import { createHash, randomUUID } from 'node:crypto';
import { access, mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { renderTone } from './tone.js';
import { writeWav } from './wav.js';

/** Goes into the hash: files of an older way of rendering are not taken for new ones. */
const version = 1;

export class SoundCache {
  private readonly folder: string;
  private readonly rendering = new Map<string, Promise<string>>();

  /** @param folder made when the first tone is rendered */
  constructor(folder: string) {
    this.folder = folder;
  }

  /** The WAV file of a tone string. @throws ToneError, or what the file system throws */
  async tone(text: string): Promise<string> {
    const hash = createHash('sha256').update(`${version}\n${text}`).digest('hex').slice(0, 32);
    const path = join(this.folder, `${hash}.wav`);
    let file = this.rendering.get(path);
    if (!file) {
      file = this.render(text, path);
      this.rendering.set(path, file);
      // Only for those who ask meanwhile: the file may be deleted later.
      const over = () => void this.rendering.delete(path);
      file.then(over, over);
    }
    return file;
  }

  private async render(text: string, path: string): Promise<string> {
    const known = await access(path).then(
      () => true,
      () => false,
    );
    if (known) return path;
    const { samples, rate } = renderTone(text);
    await mkdir(this.folder, { recursive: true });
    // Never half a file under the final name, also when the box loses power.
    const draft = `${path}.${randomUUID()}`;
    await writeFile(draft, writeWav(samples, rate));
    await rename(draft, path);
    return path;
  }
}
