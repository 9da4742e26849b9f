// The conferences that are going on, by the id of the stored one. A conference runs from its first member to its last;
// whoever comes while an ended one is still being cleared away gets a new one, in a room of its own.
import { randomUUID } from 'node:crypto';
import { EventEmitter } from 'node:events';
import { Conference, unavailableOf, type Admission, type Clock, type Role } from '../conference/index.js';
import type { Log } from '../log.js';
import type { MediaEngine } from '../rtp/index.js';
import { ConferenceFeed } from './conference-feed.js';
import type { ConferenceRecordings } from './conference-recordings.js';
import type { ConferenceDirectory } from './directory.js';
import { RunningConference } from './running-conference.js';
import type { SoundFiles } from './sound-files.js';

export interface RunningConferencesOptions {
  readonly media: Pick<MediaEngine, 'createRoom'>;
  readonly directory: ConferenceDirectory;
  readonly sounds: SoundFiles;
  readonly recordings?: Pick<ConferenceRecordings, 'attach'>;
  readonly clock: Clock;
  readonly log: Log;
}

export interface RunningConferencesEvents {
  /** Nobody has joined yet. */
  started: [running: RunningConference];
}

export class RunningConferences extends EventEmitter<RunningConferencesEvents> {
  /** What happens in them. */
  readonly feed: ConferenceFeed;
  private readonly options: RunningConferencesOptions;
  private readonly byId = new Map<string, RunningConference>();
  /** Ended, but still being taken out of rtpengine. */
  private readonly closing = new Set<RunningConference>();
  private allClosed: (() => void)[] = [];

  constructor(options: RunningConferencesOptions) {
    super();
    this.options = options;
    this.feed = new ConferenceFeed(options.clock, options.log);
  }

  get(conferenceId: string): RunningConference | undefined {
    return this.byId.get(conferenceId);
  }

  all(): readonly RunningConference[] {
    return [...this.byId.values()];
  }

  /** Whether somebody may join now; a conference that does not run lets anybody in. */
  admit(conferenceId: string, role: Role, how: { invited?: boolean } = {}): Admission {
    return this.byId.get(conferenceId)?.conference.admit(role, how) ?? 'ok';
  }

  /**
   * The running conference; begun now if it was not going on.
   * @throws Error when there is no such stored conference
   */
  obtain(conferenceId: string): RunningConference {
    const known = this.byId.get(conferenceId);
    if (known) return known;
    const { media, directory, sounds, clock } = this.options;
    const document = directory.findById(conferenceId);
    if (!document) throw new Error(`conference ${conferenceId} does not exist`);
    const instanceId = randomUUID();
    const log = this.options.log.child({ conference: conferenceId, name: document.name });
    const running = new RunningConference({
      id: conferenceId,
      conference: new Conference({ document, instanceId, clock }),
      room: media.createRoom(instanceId),
      sounds,
      clock,
      log,
      onHeard: (call, ms) => log.info('member heard', { call, ms: Math.round(ms) }),
      onEnded: (ended) => this.closed(ended),
    });
    this.byId.set(conferenceId, running);
    this.feed.follow(running);
    running.conference.on('conference-ended', () => {
      this.byId.delete(conferenceId);
      this.closing.add(running);
    });
    this.options.recordings?.attach(running);
    log.info('conference started', {});
    for (const field of unavailableOf(document)) log.info('not to be had: the nearest is used', field);
    this.emit('started', running);
    return running;
  }

  /** The documents were edited: conferences that run follow. */
  follow(): void {
    for (const running of this.byId.values()) {
      const document = this.options.directory.findById(running.id);
      if (document && document !== running.conference.document) running.conference.setDocument(document);
    }
  }

  /** Ends all and resolves when nothing of them is left. */
  async stop(): Promise<void> {
    for (const running of this.byId.values()) running.conference.end('shutdown');
    if (this.closing.size > 0) await new Promise<void>((resolve) => this.allClosed.push(resolve));
  }

  private closed(running: RunningConference): void {
    this.closing.delete(running);
    if (this.closing.size > 0) return;
    for (const resolve of this.allClosed.splice(0)) resolve();
  }
}
