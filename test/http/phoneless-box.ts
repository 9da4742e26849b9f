// What a test of an API or of the page begins with: a box below its web server, without sockets and phones. A real store,
// real running conferences, members whose phones are made of nothing, and a clock that stands still.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import {
  ConferenceControl,
  ConferenceDirectory,
  ConferenceEditor,
  ConferenceRecordings,
  MediaLibrary,
  SoundFiles,
} from '../../src/calls/index.js';
import type { MemberCall } from '../../src/calls/running-conference.js';
import { RunningConferences } from '../../src/calls/running-conferences.js';
import type { Conference, EndReason, Member, Role } from '../../src/conference/index.js';
import type { Log } from '../../src/log.js';
import type { Ingress, IngressStats } from '../../src/rtp/index.js';
import { Transcoder } from '../../src/sounds/index.js';
import type { Store } from '../../src/store/index.js';
import { FakeRecorder } from '../call-rules/fake-recorder.js';
import { silentRoom } from '../call-rules/silent-room.js';
import { FakeClock } from '../conference/fake-clock.js';
import { documentOf, listeningLog, type LogLine } from '../store/scratch.js';

/** 2026-01-02T03:04:05Z */
export const startMs = 1_767_323_045_000;

export interface BoxParts {
  readonly store: Store;
  /** Where sounds and recordings are kept. */
  readonly folder: string;
  /** Of all sounds that people give the box, bytes. */
  readonly mostSounds?: number;
}

export class PhonelessBox {
  readonly clock = new FakeClock(startMs);
  readonly store: Store;
  readonly folder: string;
  readonly logged: LogLine[];
  readonly directory: ConferenceDirectory;
  readonly library: MediaLibrary;
  readonly recorder = new FakeRecorder();
  readonly recordings: ConferenceRecordings;
  readonly running: RunningConferences;
  readonly editor: ConferenceEditor;
  readonly control: ConferenceControl;
  protected readonly log: Log;
  protected readonly sounds: SoundFiles;
  private joins = 0;

  constructor({ store, folder, mostSounds = 1_000_000 }: BoxParts) {
    this.store = store;
    this.folder = folder;
    const { log, lines } = listeningLog();
    this.log = log;
    this.logged = lines;
    const { clock } = this;
    this.directory = new ConferenceDirectory({
      version: (now) => store.configVersion(now),
      conferences: async () => (await store.conferences.list({ limit: 1000 })).conferences,
      accessNumbers: () => Promise.resolve([]),
    });
    this.sounds = new SoundFiles({
      promptsFolder: '/nowhere',
      musicFile: '/nowhere',
      renderTone: () => Promise.resolve('/nowhere'),
      prepare: (file) => Promise.resolve(file),
      stored: (id) => this.library.file(id),
      fetched: (url) => Promise.resolve(url),
      log,
    });
    this.library = new MediaLibrary({
      stored: store.media,
      folder: join(folder, 'media'),
      transcoder: new Transcoder({ longestMs: 5000 }),
      log,
      mostBytes: 400_000,
      mostTotal: mostSounds,
    });
    this.recordings = new ConferenceRecordings({
      recorder: this.recorder,
      stored: store.recordings,
      folder: join(folder, 'recordings'),
      limits: { maxMs: 3_600_000, maxAgeMs: 86_400_000, maxBytes: 1_000_000, minFreeBytes: 0 },
      clock,
      log,
    });
    const media = { createRoom: () => silentRoom };
    const { directory, sounds, recordings } = this;
    this.running = new RunningConferences({ media, directory, sounds, recordings, clock, log });
    const { running } = this;
    this.editor = new ConferenceEditor({ stored: store.conferences, directory, running, log });
    this.control = new ConferenceControl(running, recordings);
  }

  /** The folders. Recordings are not started: the clock has nothing pending until a test does something. */
  protected async prepare(): Promise<void> {
    await this.library.start();
    mkdirSync(join(this.folder, 'recordings'));
  }

  /** A stored conference; its id. */
  async conference(document: Record<string, unknown> = {}): Promise<string> {
    return (await this.store.conferences.create(documentOf({ member: { join_muted: false }, ...document })))
      .id;
  }

  /** Somebody comes in; the conference runs from then on. */
  async join(conferenceId: string, role: Role = 'member', callerName = 'Grace'): Promise<Joined> {
    await this.directory.refresh();
    const running = this.running.obtain(conferenceId);
    const joined = new Joined(running.conference, `call-${++this.joins}`);
    joined.member = running.join(joined, { role, callerName, callerNumber: '201' });
    return joined;
  }
}

/** A member whose phone is made of nothing. */
export class Joined implements MemberCall {
  /** What rtpengine counts of the phone. */
  quality: Partial<IngressStats> | undefined;
  readonly ingress = {
    phoneHold: false,
    stats: () => (this.quality ? Promise.resolve(this.quality) : Promise.reject(new Error('not known'))),
  } as unknown as Ingress;
  readonly id: string;
  readonly conference: Conference;
  member!: Member;
  /** Why the call was ended. */
  goodbye: EndReason | undefined;

  constructor(conference: Conference, id: string) {
    this.conference = conference;
    this.id = id;
  }

  sayGoodbye(reason: EndReason): void {
    this.goodbye = reason;
  }

  get muted(): boolean {
    return this.member.muted;
  }

  get deaf(): boolean {
    return this.member.deaf;
  }
}
