// Says a sentence to everybody in a conference or to one of them, in the voice of a language.
import type { MemberId } from '../conference/index.js';
import type { ConferenceControl } from './conference-control.js';
import type { SoundFiles } from './sound-files.js';
import type { Speech } from './speech.js';

/** Those that the box has a voice for; the first stands in for all others. */
export const spokenLanguages = ['en', 'de', 'fr', 'es', 'it'] as const;
export type AnnouncedLanguage = (typeof spokenLanguages)[number];

/** Characters; a minute of speech. */
export const longestSentence = 1000;

export interface AnnouncerOptions {
  readonly control: Pick<ConferenceControl, 'find' | 'play'>;
  readonly speech: Pick<Speech, 'file'>;
  readonly sounds: Pick<SoundFiles, 'prepared'>;
}

export class Announcer {
  private readonly options: AnnouncerOptions;

  constructor(options: AnnouncerOptions) {
    this.options = options;
  }

  /**
   * Resolves when the sentence is made; it is heard when its turn has come, as any sound that is asked for.
   * @param sentence 1 to 1000 characters
   * @returns false when nobody is in it, or not this member
   * @throws as Speech.file
   */
  async say(
    conferenceId: string,
    target: MemberId | 'all',
    sentence: string,
    language: AnnouncedLanguage,
  ): Promise<boolean> {
    const { control, speech, sounds } = this.options;
    const conference = control.find(conferenceId);
    if (!conference || (target !== 'all' && !conference.member(target))) return false;
    const file = await speech.file(sentence, { language, gender: 'female' });
    const path = await sounds.prepared(file);
    return control.play(conferenceId, target, { kind: 'file', path }) !== undefined;
  }
}

/** @param language a document's, for example `de-at` */
export function announcedLanguageOf(language: string | undefined): AnnouncedLanguage {
  const code = language?.slice(0, 2).toLowerCase();
  return spokenLanguages.find((spoken) => spoken === code) ?? spokenLanguages[0];
}
