// What every call needs of the box around it, in one place, so that a test can give a call a box of its own making.
import type { Clock } from '../conference/index.js';
import type { Log } from '../log.js';
import type { Directory, PinGuard } from '../reception/index.js';
import type { MediaEngine } from '../rtp/index.js';
import type { CallRecords } from '../store/index.js';
import type { ConferenceRecordings } from './conference-recordings.js';
import type { ConferenceDirectory } from './directory.js';
import type { NameRecorder } from './name-recorder.js';
import type { RunningConferences } from './running-conferences.js';
import type { SoundFiles } from './sound-files.js';

/** What is told about a call that is over. */
export interface EndedCall {
  readonly id: string;
}

export interface CallShop {
  readonly media: MediaEngine;
  readonly directory: Directory & Pick<ConferenceDirectory, 'refresh'>;
  readonly conferences: RunningConferences;
  readonly guard: PinGuard;
  readonly sounds: SoundFiles;
  readonly recordings: Pick<ConferenceRecordings, 'toggle'>;
  readonly names: Pick<NameRecorder, 'begin' | 'forget'>;
  readonly records: Pick<CallRecords, 'begin' | 'update' | 'end'>;
  readonly clock: Clock;
  readonly log: Log;
  /** A phone that sends nothing and answers nothing for so long is dead, ms. */
  readonly silenceMs: number;
  readonly ended: (call: EndedCall) => void;
  /** A key of a phone, each press once. */
  readonly keyed?: ((callId: string, digit: string) => void) | undefined;
}
