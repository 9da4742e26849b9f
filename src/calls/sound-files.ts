// From a sound by meaning (conference/types) to the files that rtpengine plays. A sound that cannot be found is left
// out with a warning: a missing prompt must never cost a call.
import { join } from 'node:path';
import type { Sound } from '../conference/index.js';
import type { Log } from '../log.js';

export interface SoundFilesOptions {
  /** Folder with one folder per language, each with <prompt>.wav. */
  readonly promptsFolder: string;
  /** The default hold music. */
  readonly musicFile: string;
  /** Renders a FreeSWITCH tone string once and returns its file. */
  readonly renderTone: (tone: string) => Promise<string>;
  /** Makes of a recording the file that is played; rejects when there is no such recording. */
  readonly prepare: (file: string) => Promise<string>;
  readonly log: Log;
}

/** The language every prompt exists in; what another language lacks is spoken in this one. */
const fallbackLanguage = 'en';

export class SoundFiles {
  private readonly options: SoundFilesOptions;
  /** What is played for a path known to exist, so that a play costs no file-system call. */
  private readonly known = new Map<string, Promise<string | undefined>>();

  constructor(options: SoundFilesOptions) {
    this.options = options;
  }

  /**
   * The files of a sound, to be played one after the other; empty when there is nothing to play.
   * @param language a document's `language`, for example `de-de`; absent = English
   */
  async files(sound: Sound, language?: string): Promise<string[]> {
    switch (sound.kind) {
      case 'sequence': {
        const parts = await Promise.all(sound.sounds.map((part) => this.files(part, language)));
        return parts.flat();
      }
      case 'prompt':
        return this.prompt(sound.name, language);
      case 'tone':
        return this.tone(sound.tone);
      case 'silence':
        return this.tone(`%(${sound.ms},0,0)`);
      case 'music':
        return this.music();
      case 'media':
        return this.media(sound.id, language);
    }
  }

  /** Of a recording that is not one of the box's own, the file that is played. @throws when it is not there */
  prepared(path: string): Promise<string> {
    return this.options.prepare(path);
  }

  private async prompt(name: string, language?: string): Promise<string[]> {
    // Names come from documents too: only plain words may become part of a path.
    if (!/^[A-Za-z0-9_-]{1,64}$/.test(name)) return this.missing(name);
    const spoken = /^[a-z]{2}/.exec(language?.toLowerCase() ?? '')?.[0] ?? fallbackLanguage;
    for (const folder of new Set([spoken, fallbackLanguage])) {
      const found = await this.existing(join(this.options.promptsFolder, folder, `${name}.wav`));
      if (found) return [found];
    }
    return this.missing(name);
  }

  private async music(): Promise<string[]> {
    const found = await this.existing(this.options.musicFile);
    return found ? [found] : this.missing('music');
  }

  /** A document may name a prompt, a tone string or music where it names a media id. */
  private media(id: string, language?: string): Promise<string[]> {
    if (id.startsWith('tone_stream://') || id.startsWith('%(')) return this.tone(id);
    if (id.startsWith('silence_stream://')) return Promise.resolve([]);
    return this.prompt(id.replace(/^prompt:\/\//, ''), language);
  }

  private async tone(tone: string): Promise<string[]> {
    try {
      return [await this.options.renderTone(tone)];
    } catch (error) {
      this.options.log.warn('tone not rendered', { tone, error: String(error) });
      return [];
    }
  }

  private existing(path: string): Promise<string | undefined> {
    let found = this.known.get(path);
    if (!found) {
      found = this.options.prepare(path).catch(() => undefined);
      // Only hits are kept: a recording dropped in later must be found.
      void found.then((hit) => (hit ? undefined : this.known.delete(path)));
      this.known.set(path, found);
    }
    return found;
  }

  private missing(name: string): string[] {
    this.options.log.warn('sound not found', { sound: name });
    return [];
  }
}
