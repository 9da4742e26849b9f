// Recordings of conferences: begun and ended by an API, a key or the document, announced by the conference, written by the
// recorder, known to the store. Looks after what there is: what a crash cut off is mended at the start, what is too old
// or too much is deleted.
import { randomBytes } from 'node:crypto';
import { mkdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Actor, Clock, Conference } from '../conference/index.js';
import { messageOf, PartylineError } from '../errors.js';
import type { Log } from '../log.js';
import { mendRecording, type OpenRecording, type Recorder, type RecordingEnd } from '../rtp/index.js';
import type { RecordingList, RecordingQuery, RecordingRecord, Recordings } from '../store/index.js';

export interface RecordingLimits {
  /** Of one recording, ms. */
  readonly maxMs: number;
  /** Older ones are deleted, ms. */
  readonly maxAgeMs: number;
  /** Of all together, bytes: the oldest are deleted. */
  readonly maxBytes: number;
  /** A recording neither begins nor goes on when the disk has less room, bytes. */
  readonly minFreeBytes: number;
}

export interface ConferenceRecordingsOptions {
  readonly recorder: Pick<Recorder, 'open'>;
  readonly stored: Recordings;
  /** Absolute; made when it is not there. */
  readonly folder: string;
  readonly limits: RecordingLimits;
  readonly clock: Clock;
  readonly log: Log;
}

/** What is recorded: a RunningConference. */
export interface Recordable {
  readonly id: string;
  readonly conference: Conference;
  /** Sends the mix to that loopback port; undefined = no more. */
  record(port: number | undefined): Promise<void>;
}

interface Going {
  readonly id: string;
  readonly open: OpenRecording;
  /** Resolves when it is written down that it ended. */
  readonly done: Promise<void>;
}

const tidyMs = 3_600_000;

export class ConferenceRecordings {
  private readonly options: ConferenceRecordingsOptions;
  private readonly going = new Map<Recordable, Promise<Going>>();
  /** Ended, but not written down yet. */
  private readonly ending = new Set<Promise<void>>();
  private cancelTidy: (() => void) | undefined;

  constructor(options: ConferenceRecordingsOptions) {
    this.options = options;
  }

  /** The store must be open. @throws when the folder cannot be made */
  async start(): Promise<void> {
    await mkdir(this.options.folder, { recursive: true, mode: 0o700 });
    for (const recording of await this.options.stored.open()) await this.mend(recording);
    await this.tidy();
  }

  /** Ends all that go on; resolves when that is written down. */
  async stop(): Promise<void> {
    this.cancelTidy?.();
    await Promise.all([...this.going.keys()].map((running) => this.end(running)));
    await Promise.all(this.ending);
  }

  /** A conference is about to begin. */
  attach(running: Recordable): void {
    const { conference } = running;
    conference.once('started', () => {
      if (conference.document.record !== true) return;
      this.begin(running, 'conference').catch((error: unknown) => this.refused(running, error));
    });
    conference.once('conference-ended', () => void this.end(running));
  }

  /**
   * Begins to record and has it announced; does nothing when it is recorded already.
   * @throws PartylineError UNAVAILABLE when there is no room, or the file cannot be made
   */
  async begin(running: Recordable, by: Actor): Promise<void> {
    let going = this.going.get(running);
    if (!going) {
      going = this.open(running, by);
      this.going.set(running, going);
      going.catch(() => this.going.delete(running));
    }
    await going;
  }

  /** Resolves when the file is closed; does nothing when it is not recorded. Never throws. */
  async end(running: Recordable): Promise<void> {
    const going = await this.going.get(running)?.catch(() => undefined);
    await going?.open.close();
    await going?.done;
  }

  /** What the key does. Who presses it is told when it cannot be. Never throws. */
  async toggle(running: Recordable, by: Actor, refused: () => void): Promise<void> {
    if (this.going.has(running)) return this.end(running);
    try {
      await this.begin(running, by);
    } catch (error) {
      this.refused(running, error);
      refused();
    }
  }

  get(id: string): Promise<RecordingRecord | undefined> {
    return this.options.stored.get(id);
  }

  list(query: RecordingQuery): Promise<RecordingList> {
    return this.options.stored.list(query);
  }

  /** The file as far as it is written, also while it goes on; undefined = it is gone. Bytes. */
  async fileOf({ file }: RecordingRecord): Promise<{ path: string; bytes: number } | undefined> {
    const path = join(this.options.folder, file);
    const found = await stat(path).catch(() => undefined);
    return found && { path, bytes: found.size };
  }

  /**
   * Deletes file and record; one that goes on is ended first.
   * @param author who wants it, for the record of changes
   * @returns what it was; undefined = there was none
   */
  async remove(id: string, author: string): Promise<RecordingRecord | undefined> {
    for (const [running, going] of this.going) {
      if ((await going.catch(() => undefined))?.id === id) await this.end(running);
    }
    const recording = await this.get(id);
    if (recording) await this.discard(recording, { author });
    return recording;
  }

  private async open(running: Recordable, by: Actor): Promise<Going> {
    const { recorder, stored, folder, limits, clock, log } = this.options;
    const { conference } = running;
    const id = randomBytes(16).toString('hex');
    const recording = {
      id,
      conferenceId: running.id,
      conferenceName: conference.document.name ?? '',
      startedBy: nameOf(by, conference),
      startedAt: clock.now(),
      file: `${id}.wav`,
    };
    // Written down first: a file that nobody knows of would be neither heard nor deleted.
    await stored.begin(recording);
    let open: OpenRecording;
    try {
      const { maxMs, minFreeBytes } = limits;
      open = await recorder.open({ file: join(folder, recording.file), durable: true, maxMs, minFreeBytes });
    } catch (error) {
      await stored.remove(id);
      throw new PartylineError('UNAVAILABLE', `Recording (${messageOf(error)})`);
    }
    const fields = { conference: running.id, recording: id };
    const done = open.ended.then((end) => {
      const ending = this.ended(running, id, end).finally(() => this.ending.delete(ending));
      this.ending.add(ending);
      return ending;
    });
    conference.setRecorded(true, by);
    await running.record(open.port).catch((error: unknown) => {
      // As soon as rtpengine is back the recorder hears the conference.
      log.warn('recorder not connected yet', { ...fields, error: messageOf(error) });
    });
    conference.announceRecording();
    log.info('recording started', {
      ...fields,
      by,
      announced: conference.document.record_announce !== false,
    });
    return { id, open, done };
  }

  private async ended(running: Recordable, id: string, end: RecordingEnd): Promise<void> {
    const { stored, clock, log } = this.options;
    const { reason, ms, bytes } = end;
    this.going.delete(running);
    running.conference.setRecorded(false, 'conference');
    running.conference.announceRecording();
    log[reason === 'closed' ? 'info' : 'warn']('recording ended', {
      conference: running.id,
      recording: id,
      ...end,
    });
    try {
      const state = reason === 'failed' ? 'interrupted' : 'finished';
      await stored.end(id, { endedAt: clock.now(), ms, bytes, state });
      await running.record(undefined);
    } catch (error) {
      log.warn('recording not closed well', { recording: id, error: messageOf(error) });
    }
    await this.prune();
  }

  /** The box died while it went on. */
  private async mend(recording: RecordingRecord): Promise<void> {
    const { stored, folder, log } = this.options;
    const fields = { conference: recording.conferenceId, recording: recording.id };
    try {
      const size = await mendRecording(join(folder, recording.file));
      const endedAt = recording.startedAt + size.ms;
      await stored.end(recording.id, { endedAt, ...size, state: 'interrupted' });
      log.warn('recording left over from a crash', { ...fields, ms: size.ms });
    } catch (error) {
      log.warn('recording lost in a crash', { ...fields, error: messageOf(error) });
      await stored.remove(recording.id);
    }
  }

  private async tidy(): Promise<void> {
    await this.prune();
    this.cancelTidy = this.options.clock.after(tidyMs, () => void this.tidy());
  }

  /** Deletes what is beyond the limits. Never throws. */
  private async prune(): Promise<void> {
    const { stored, limits, clock, log } = this.options;
    try {
      for (;;) {
        const beyond = await stored.beyond(clock.now() - limits.maxAgeMs, limits.maxBytes);
        for (const recording of beyond) {
          await this.discard(recording);
          log.info('old recording deleted', { recording: recording.id, conference: recording.conferenceId });
        }
        if (beyond.length === 0) break;
      }
    } catch (error) {
      log.warn('old recordings not deleted', { error: messageOf(error) });
    }
  }

  private async discard({ id, file }: RecordingRecord, options: { author?: string } = {}): Promise<void> {
    await rm(join(this.options.folder, file), { force: true });
    await this.options.stored.remove(id, options);
  }

  private refused(running: Recordable, error: unknown): void {
    this.options.log.warn('recording refused', { conference: running.id, error: messageOf(error) });
  }
}

function nameOf(by: Actor, conference: Conference): string {
  return typeof by === 'number' ? (conference.member(by)?.callerNumber ?? 'member') : by;
}
