// The Kazoo API as a client meets it, without sockets and phones: a real store, real running conferences, members whose
// phones are made of nothing, and a clock that stands still.
import type { FastifyInstance, InjectOptions, LightMyRequestResponse } from 'fastify';
import {
  ConferenceControl,
  ConferenceDirectory,
  ConferenceEditor,
  Invitation,
  ConferenceRecordings,
  MediaLibrary,
  SoundFiles,
  type DialOptions,
} from '../../../src/calls/index.js';
import type { MemberCall } from '../../../src/calls/running-conference.js';
import { RunningConferences } from '../../../src/calls/running-conferences.js';
import type { Conference, EndReason, Member, MemberId, Role } from '../../../src/conference/index.js';
import { buildApp, PlainHttp } from '../../../src/http/index.js';
import type { Ingress, IngressStats, Room } from '../../../src/rtp/index.js';
import { Transcoder } from '../../../src/sounds/index.js';
import type { Store } from '../../../src/store/index.js';
import { FakeClock } from '../../conference/fake-clock.js';
import { FakeRecorder } from '../../call-rules/fake-recorder.js';
import {
  documentOf,
  listeningLog,
  scratchFolder,
  scratchStore,
  type LogLine,
  type Test,
} from '../../store/scratch.js';
import { accountId, apiKey, MemoryCredentials } from '../credentials.js';

/** 2026-01-02T03:04:05Z */
export const startMs = 1_767_323_045_000;

export interface Reply {
  readonly status: number;
  readonly headers: LightMyRequestResponse['headers'];
  /** The whole envelope. */
  readonly body: Record<string, unknown>;
  readonly data: unknown;
}

export class Api {
  readonly clock = new FakeClock(startMs);
  readonly store: Store;
  readonly app: FastifyInstance;
  readonly running: RunningConferences;
  readonly control: ConferenceControl;
  readonly recordings: ConferenceRecordings;
  readonly recorder = new FakeRecorder();
  readonly library: MediaLibrary;
  readonly libraryFolder: string;
  readonly logged: LogLine[];
  readonly credentials = new MemoryCredentials();
  /** Where HTTPS is said to be served. */
  httpsPort: number | undefined;
  readonly plain: PlainHttp;
  /** Sent with every request unless the request says otherwise. */
  token = '';
  private calls = 0;

  private constructor(t: Test, store: Store) {
    this.store = store;
    const { log, lines } = listeningLog();
    this.logged = lines;
    const directory = new ConferenceDirectory({
      version: (now) => store.configVersion(now),
      conferences: async () => (await store.conferences.list({ limit: 1000 })).conferences,
      accessNumbers: () => Promise.resolve([]),
    });
    const sounds = new SoundFiles({
      promptsFolder: '/nowhere',
      musicFile: '/nowhere',
      renderTone: () => Promise.resolve('/nowhere'),
      prepare: (file) => Promise.resolve(file),
      stored: (id) => this.library.file(id),
      log,
    });
    const rooms = { createRoom: () => silentRoom };
    this.running = new RunningConferences({ media: rooms, directory, sounds, clock: this.clock, log });
    this.recordings = new ConferenceRecordings({
      recorder: this.recorder,
      stored: store.recordings,
      folder: scratchFolder(t),
      limits: { maxMs: 3_600_000, maxAgeMs: 86_400_000, maxBytes: 1_000_000, minFreeBytes: 0 },
      clock: this.clock,
      log,
    });
    this.libraryFolder = scratchFolder(t);
    this.library = new MediaLibrary({
      stored: store.media,
      folder: this.libraryFolder,
      transcoder: new Transcoder({ longestMs: 5000 }),
      log,
      mostBytes: 400_000,
      mostTotal: 150_000,
    });
    this.control = new ConferenceControl(this.running, this.recordings);
    this.plain = new PlainHttp({ settings: store.settings, httpsPort: () => this.httpsPort });
    this.app = buildApp({
      plain: this.plain,
      health: () => ({ sip: true, media: true, store: true }),
      apis: {
        stored: store.conferences,
        editor: new ConferenceEditor({ stored: store.conferences, directory, running: this.running, log }),
        control: this.control,
        dialler: { dial: (target, options) => this.dial(target, options) },
        recordings: this.recordings,
        media: this.library,
        sounds,
        feed: this.running.feed,
        box: { name: 'box', address: '192.0.2.1', sipPort: 5060, version: '1.2.3' },
        clock: this.clock,
        log,
      },
      credentials: this.credentials,
    });
    this.directory = directory;
  }

  private readonly directory: ConferenceDirectory;

  /** An API with a client that has logged in. */
  static async start(t: Test): Promise<Api> {
    const api = new Api(t, await scratchStore(t));
    t.teardown(() => api.app.close());
    const login = await api.send('PUT', '/api_auth', { data: { api_key: apiKey } });
    api.token = String(login.body.auth_token);
    return api;
  }

  /** @param path below /v2; `{A}` stands for the account */
  async send(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
    address = '192.0.2.99',
  ): Promise<Reply> {
    const response = await this.app.inject({
      method: method as NonNullable<InjectOptions['method']>,
      url: `/v2${path.replace('{A}', accountId)}`,
      headers: { ...(this.token && { 'x-auth-token': this.token }), ...headers },
      remoteAddress: address,
      ...(body !== undefined && {
        payload: typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body),
      }),
    });
    const json = (response.body === '' ? {} : response.json()) as Record<string, unknown>;
    return { status: response.statusCode, headers: response.headers, body: json, data: json.data };
  }

  get(path: string): Promise<Reply> {
    return this.send('GET', path);
  }

  /** What the box is asked to call; a test may say what becomes of it. */
  readonly dialled: { target: string; options: DialOptions }[] = [];
  dial = (target: string, options: DialOptions): Promise<Invitation> => {
    this.dialled.push({ target, options });
    return Promise.resolve(
      new Invitation(`dialled-${this.dialled.length}`, target, options, () => undefined),
    );
  };

  /** A stored conference. */
  async conference(document: Record<string, unknown> = {}): Promise<string> {
    return (await this.store.conferences.create(documentOf({ member: { join_muted: false }, ...document })))
      .id;
  }

  /** Somebody comes in; the conference runs from then on. */
  async join(conferenceId: string, role: Role = 'member', callerName = 'Ada'): Promise<Joined> {
    await this.directory.refresh();
    const running = this.running.obtain(conferenceId);
    const joined = new Joined(running.conference, `call-${++this.calls}`);
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

/** What the rooms of all APIs of a test were to play. */
export const played: { readonly target: MemberId | 'all'; readonly files: string[] }[] = [];

export const silentRoom = {
  taps: { listen: () => Promise.resolve(), energyOf: () => 0, reviewLevel: () => undefined },
  add: () => undefined,
  remove: () => Promise.resolve(),
  apply: () => Promise.resolve(),
  play: (target: MemberId | 'all', files: string[]) => {
    played.push({ target, files });
    return Promise.resolve({
      durationMs: 0,
      stop: () => Promise.resolve(),
      done: Promise.resolve('finished'),
    });
  },
  record: () => Promise.resolve(),
  close: () => Promise.resolve(),
} as unknown as Room;
