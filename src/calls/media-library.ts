// The sounds that people gave the box: their rows in the store and their files, kept together. A file is played from where
// it lies; what was given is transcoded first (sounds/), and is not kept.
import { randomUUID } from 'node:crypto';
import { mkdir, open, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { durableRename } from '../durable-rename.js';
import { PartylineError } from '../errors.js';
import type { Log } from '../log.js';
import { SoundError, soundRate, wavOfAu, type Transcoder } from '../sounds/index.js';
import type { MediaDocument, MediaTable, StoredMedia } from '../store/index.js';

export interface MediaLibraryOptions {
  readonly stored: MediaTable;
  /** Of the files; made by start(). */
  readonly folder: string;
  readonly transcoder: Pick<Transcoder, 'transcode'>;
  readonly log: Log;
  /** Of one sound as it is given; 20 MB when absent. */
  readonly mostBytes?: number;
  /** Of all files; 1 GB when absent, which is nine hours. */
  readonly mostTotal?: number;
}

/** Sounds that are being given at once; one more has to try again. */
const mostUploads = 4;
const draftEnding = '.draft';

export class MediaLibrary {
  readonly stored: MediaTable;
  /** Of one sound as it is given. */
  readonly mostBytes: number;
  private readonly options: MediaLibraryOptions;
  private uploads = 0;
  /** Rows and files change together, one change after the other. */
  private turn: Promise<unknown> = Promise.resolve();

  constructor(options: MediaLibraryOptions) {
    this.options = options;
    this.stored = options.stored;
    this.mostBytes = options.mostBytes ?? 20_000_000;
  }

  /** Removes what a crash left half-done. @throws what the file system throws */
  async start(): Promise<void> {
    const { folder } = this.options;
    await mkdir(folder, { recursive: true, mode: 0o700 });
    for (const name of await readdir(folder)) {
      if (name.endsWith(draftEnding)) await rm(join(folder, name), { force: true });
    }
  }

  /**
   * Gives a row its sound.
   * @param options added: the row is a draft, see MediaTable
   * @param contentType what the giver says it is; what it is, is seen from its first bytes
   * @throws PartylineError NOT_FOUND; VALIDATION when it is no sound that can be read; TOO_LARGE; UNAVAILABLE when too many
   * are being given
   */
  async upload(
    id: string,
    contentType: string,
    body: Readable,
    options: { readonly author?: string; readonly added?: boolean } = {},
  ): Promise<StoredMedia> {
    if (!(await this.stored.get(id))) throw new PartylineError('NOT_FOUND', `Media ${id}`);
    if (this.uploads >= mostUploads) throw new PartylineError('UNAVAILABLE', 'The media library');
    this.uploads += 1;
    const { folder, transcoder } = this.options;
    const [given, made] = [this.draft(), this.draft()];
    try {
      await this.receive(body, given);
      const { hash, bytes, durationMs } = await transcoder.transcode(given, made).catch((error: unknown) => {
        if (!(error instanceof SoundError)) throw error;
        throw new PartylineError('VALIDATION', error.message);
      });
      return await this.alone(async () => {
        await this.checkRoom(hash, bytes);
        await durableRename(made, join(folder, `${hash}.au`));
        const before = await this.stored.get(id);
        try {
          const sound = { file: hash, bytes, ms: durationMs, contentType };
          return await this.stored.setSound(id, sound, options);
        } finally {
          // What it had before; or, when the row is gone meanwhile, what it was to have.
          for (const file of [before?.sound?.file, hash]) await this.tidy(file);
        }
      });
    } finally {
      this.uploads -= 1;
      await Promise.all([rm(given, { force: true }), rm(made, { force: true })]);
    }
  }

  /** A new sound, whole or not at all. @throws as upload */
  async add(
    document: MediaDocument,
    contentType: string,
    body: Readable,
    author: string,
  ): Promise<StoredMedia> {
    const { id } = await this.stored.draft(document);
    try {
      return await this.upload(id, contentType, body, { author, added: true });
    } catch (error) {
      await this.stored.discard(id);
      throw error;
    }
  }

  /** @throws as MediaTable.remove */
  remove(id: string, options: { readonly author?: string } = {}): Promise<StoredMedia> {
    return this.alone(async () => {
      const removed = await this.stored.remove(id, options);
      await this.tidy(removed.sound?.file);
      return removed;
    });
  }

  /** The file of a sound; undefined when there is none. */
  async file(id: string): Promise<string | undefined> {
    const sound = (await this.stored.get(id))?.sound;
    if (!sound) return undefined;
    const path = join(this.options.folder, `${sound.file}.au`);
    return stat(path).then(
      () => path,
      () => undefined,
    );
  }

  /** The sound as a WAV file; undefined when there is none. */
  async wav(id: string): Promise<{ bytes: number; body: Readable } | undefined> {
    const path = await this.file(id);
    return path === undefined ? undefined : wavOfAu(path, (await stat(path)).size, soundRate);
  }

  /** Reads no further than the limit and leaves the body open, so that whoever sends it can still be answered. */
  private async receive(body: Readable, to: string): Promise<void> {
    const file = await open(to, 'wx', 0o600);
    let taken = 0;
    try {
      for await (const chunk of body.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
        taken += chunk.length;
        if (taken > this.mostBytes)
          throw new PartylineError('TOO_LARGE', `A sound may have ${this.mostBytes} bytes.`);
        await file.write(chunk);
      }
    } catch (error) {
      // The body is left alone by everything else that can go wrong.
      if (!body.destroyed) throw error;
      throw new PartylineError('VALIDATION', 'the sound was cut off on its way');
    } finally {
      await file.close();
    }
  }

  private async checkRoom(hash: string, bytes: number): Promise<void> {
    const { mostTotal = 1_000_000_000 } = this.options;
    if (await this.stored.isFileUsed(hash)) return;
    if ((await this.stored.totalBytes()) + bytes > mostTotal)
      throw new PartylineError('TOO_LARGE', 'The media library is full; delete a sound first.');
  }

  /** Removes a file that no row names any more. */
  private async tidy(hash: string | undefined): Promise<void> {
    if (hash === undefined || (await this.stored.isFileUsed(hash))) return;
    await rm(join(this.options.folder, `${hash}.au`), { force: true });
  }

  private draft(): string {
    return join(this.options.folder, `${randomUUID()}${draftEnding}`);
  }

  private alone<T>(work: () => Promise<T>): Promise<T> {
    const result = this.turn.then(work);
    this.turn = result.catch(() => undefined);
    return result;
  }
}

/** The id in any of the forms that Kazoo's clients write: `id`, `/media/id`, `/account/id`; undefined = it is none. */
export function mediaIdOf(text: string): string | undefined {
  return /^(?:\/?(?:media|[0-9a-f]{32})\/)?([0-9a-f]{32})$/.exec(text)?.[1];
}
