// Keeps the noise under a conference as its document wants it: silence in which nobody speaks sounds like a dead line.
import { comfortNoisePeakOf, type Conference } from '../conference/index.js';
import { messageOf } from '../errors.js';
import type { Log } from '../log.js';
import type { Room } from '../rtp/index.js';
import type { SoundFiles } from './sound-files.js';

export interface ComfortNoiseOptions {
  readonly conference: Conference;
  readonly room: Pick<Room, 'background'>;
  readonly sounds: Pick<SoundFiles, 'noise'>;
  readonly log: Log;
}

export class ComfortNoise {
  private readonly options: ComfortNoiseOptions;
  private peak = 0;

  constructor(options: ComfortNoiseOptions) {
    this.options = options;
  }

  /** Follows the document until the conference ends. */
  start(): void {
    this.options.conference.on('conference-changed', ({ what }) => {
      if (what === 'document') void this.follow();
    });
    void this.follow();
  }

  private async follow(): Promise<void> {
    const { conference, room, sounds, log } = this.options;
    const peak = comfortNoisePeakOf(conference.document);
    if (peak === this.peak) return;
    this.peak = peak;
    try {
      const file = peak > 0 ? await sounds.noise(peak) : undefined;
      // The document may have been edited again while the file was made.
      if (this.peak === peak && !conference.ended) await room.background(file);
    } catch (error) {
      log.warn('comfort noise not played', { error: messageOf(error) });
    }
  }
}
