// From a sound by meaning (conference/types) to the files that rtpengine plays. A sound that cannot be found is left
// out with a warning: a missing prompt must never cost a call.
import { join } from 'node:path';
import type { Sound } from '../conference/index.js';
import { messageOf } from '../errors.js';
import type { Log } from '../log.js';
import { readableUrl } from '../sounds/index.js';
import { mediaIdOf } from './media-library.js';

export interface SoundFilesOptions {
  /** Folder with one folder per language, each with <prompt>.wav. */
  readonly promptsFolder: string;
  /** The default hold music. */
  readonly musicFile: string;
  /** Renders a FreeSWITCH tone string once and returns its file. */
  readonly renderTone: (tone: string) => Promise<string>;
  /** Renders comfort noise of that peak once and returns its file. */
  readonly renderNoise?: (peak: number) => Promise<string>;
  /** Makes of a recording the file that is played; rejects when there is no such recording. */
  readonly prepare: (file: string) => Promise<string>;
  /** The file of a sound that was given to the box; undefined when there is none (any more). */
  readonly stored?: (id: string) => Promise<string | undefined>;
  /** The file of a sound of a web server, waited for no longer than told; rejects when it cannot be had. */
  readonly fetched?: (url: string, patienceMs: number) => Promise<string>;
  readonly log: Log;
}

/** The language every prompt exists in; what another language lacks is spoken in this one. */
const fallbackLanguage = 'en';

/** So long a call waits for a web server that it has to hear from first, ms; ours. */
export const shortPatienceMs = 3000;

/** Who asks for a sound waits as long as fetching it may take, ms (sounds/fetched-sounds). */
export const longPatienceMs = 20_000;

export class SoundFiles {
  private readonly options: SoundFilesOptions;
  /** What is played for a path known to exist, so that a play costs no file-system call. */
  private readonly known = new Map<string, Promise<string | undefined>>();
  /** Languages that were asked for and have no such prompt; each is told once. */
  private readonly unspoken = new Set<string>();

  constructor(options: SoundFilesOptions) {
    this.options = options;
  }

  /**
   * The files of a sound, to be played one after the other; empty when there is nothing to play.
   * @param language a document's `language`, for example `de-de`; absent = English
   * @param patienceMs so long a web server is waited for
   */
  async files(sound: Sound, language?: string, patienceMs = shortPatienceMs): Promise<string[]> {
    switch (sound.kind) {
      case 'sequence': {
        const parts = await Promise.all(sound.sounds.map((part) => this.files(part, language, patienceMs)));
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
      case 'file':
        return [sound.path];
      case 'media':
        return this.mediaOr(sound, language, patienceMs);
    }
  }

  private async mediaOr(
    { id, instead }: Sound & { kind: 'media' },
    language: string | undefined,
    patienceMs: number,
  ): Promise<string[]> {
    const found = await this.media(id, language, patienceMs);
    return found.length > 0 || !instead ? found : this.files(instead, language, patienceMs);
  }

  /** A file of comfort noise, to be repeated. @throws what making it threw */
  async noise(peak: number): Promise<string | undefined> {
    return this.options.renderNoise?.(peak);
  }

  /** Whether there is something to play; a web server is not asked for that. */
  async playable(sound: Sound): Promise<boolean> {
    if (sound.kind === 'media' && isWebUrl(sound.id)) return URL.canParse(sound.id);
    return (await this.files(sound)).length > 0;
  }

  /** Of a recording that is not one of the box's own, the file that is played. @throws when it is not there */
  prepared(path: string): Promise<string> {
    return this.options.prepare(path);
  }

  private async prompt(name: string, language?: string): Promise<string[]> {
    // Names come from documents too: only plain words may become part of a path.
    if (!/^[A-Za-z0-9_-]{1,64}$/.test(name)) return this.missing(name);
    const { promptsFolder, log } = this.options;
    const spoken = spokenLanguage(language ?? fallbackLanguage);
    for (const folder of new Set([spoken, fallbackLanguage])) {
      const found = folder && (await this.existing(join(promptsFolder, folder, `${name}.wav`)));
      if (!found) continue;
      if (folder !== spoken && !this.unspoken.has(spoken)) {
        this.unspoken.add(spoken);
        log.warn('prompts spoken in English instead', { language, prompt: name });
      }
      return [found];
    }
    return this.missing(name);
  }

  private async music(): Promise<string[]> {
    const found = await this.existing(this.options.musicFile);
    return found ? [found] : this.missing('music');
  }

  /** A document may name a prompt, a tone string or a URL where it names a media id. */
  private async media(id: string, language: string | undefined, patienceMs: number): Promise<string[]> {
    const { stored, fetched } = this.options;
    if (fetched && isWebUrl(id)) {
      try {
        return [await fetched(id, patienceMs)];
      } catch (error) {
        return this.missing(readableUrl(id), messageOf(error));
      }
    }
    const mediaId = mediaIdOf(id);
    if (mediaId !== undefined) {
      const file = await stored?.(mediaId);
      return file === undefined ? this.missing(mediaId) : [file];
    }
    if (id.startsWith('tone_stream://') || id.startsWith('%(')) return this.tone(id);
    if (id.startsWith('silence_stream://')) return [];
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

  private missing(name: string, why?: string): string[] {
    this.options.log.warn('sound not found', { sound: name, ...(why !== undefined && { why }) });
    return [];
  }
}

/** The two letters of a language tag that name the language (RFC 5646); empty for what is none. */
function spokenLanguage(tag: string): string {
  return /^[a-z]{2}(?=$|[-_])/.exec(tag.trim().toLowerCase())?.[0] ?? '';
}

export function isWebUrl(text: string): boolean {
  return /^https?:\/\//i.test(text);
}
