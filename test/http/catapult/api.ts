// The Catapult API as a client meets it, on a box without sockets and phones.
import type { FastifyInstance, InjectOptions, LightMyRequestResponse } from 'fastify';
import {
  GuardedRequests,
  Invitation,
  MeetingCalls,
  Meetings,
  MeetingSounds,
  type ConferencePlayer,
  type DialOptions,
} from '../../../src/calls/index.js';
import { CallNotFree, type EntryOptions } from '../../../src/calls/entry.js';
import type { MemberCall } from '../../../src/calls/running-conference.js';
import type { RunningConferences } from '../../../src/calls/running-conferences.js';
import type { EndReason, Member } from '../../../src/conference/index.js';
import { buildApp, tellCallbacks } from '../../../src/http/index.js';
import type { Ingress } from '../../../src/rtp/index.js';
import { FetchGuard, SoundError, UnreadableSound } from '../../../src/sounds/index.js';
import type { CallbackTarget, Store } from '../../../src/store/index.js';
import { callOf, scratchFolder, scratchStore, type Test } from '../../store/scratch.js';
import { PhonelessBox } from '../phoneless-box.js';

export const userId = 'u-ada';
export const token = 't-ada';
const base = 'http://192.0.2.1:8000';
export const secret = 's'.repeat(64);

export interface Reply {
  readonly status: number;
  readonly headers: LightMyRequestResponse['headers'];
  readonly body: Record<string, unknown>;
  /** As it came. */
  readonly text: string;
}

export interface ApiOptions {
  readonly perSecond?: number;
  readonly mostOpen?: number;
}

export class Api extends PhonelessBox {
  readonly app: FastifyInstance;
  readonly meetings: Meetings;
  readonly meetingCalls: MeetingCalls;
  readonly meetingSounds: MeetingSounds;
  readonly stage = new FakeStage();
  readonly invitations: Invitation[] = [];
  /** Conferences whose ringing and waiting calls were ended. */
  readonly calledOff: string[] = [];
  /** Callbacks that were posted. */
  readonly told: { stream: string; target: CallbackTarget; body: Record<string, unknown> }[] = [];
  private readonly calls = new Map<string, FakeCall>();

  private constructor(store: Store, folder: string, options: ApiOptions) {
    super({ store, folder });
    const { clock, log, running, editor } = this;
    this.meetings = new Meetings({
      table: store.meetings,
      stored: store.conferences,
      editor,
      running,
      calls: { enter: (callId, id, more) => this.calls.get(callId)?.enter(id, more) },
      clock,
      log,
      ...(options.mostOpen !== undefined && { mostOpen: options.mostOpen }),
    });
    this.meetingCalls = new MeetingCalls({
      dialler: {
        dial: (target, wanted) => this.dial(target, wanted),
        callOff: (id) => void this.calledOff.push(id),
      },
      meetings: this.meetings,
      records: store.calls,
      stored: store.placedCalls,
      clock,
      log,
    });
    this.meetingSounds = new MeetingSounds({
      meetings: this.meetings,
      player: this.stage,
      speech: {
        file: (sentence, { language, gender }) => Promise.resolve(`${language} ${gender} ${sentence}`),
      },
      fetched: (url) =>
        url.endsWith('.txt')
          ? Promise.reject(new UnreadableSound('it is neither a WAV nor an MP3 file'))
          : url.endsWith('404')
            ? Promise.reject(new SoundError('the web server answered 404'))
            : Promise.resolve(`fetched ${url}`),
      log,
    });
    tellCallbacks({
      meetings: this.meetings,
      meetingCalls: this.meetingCalls,
      meetingSounds: this.meetingSounds,
      sender: { post: (stream, target, body) => void this.told.push({ stream, target, body }) },
      base,
      clock,
    });
    this.app = buildApp({
      health: () => ({ sip: true, media: true, store: true }),
      catapult: {
        keys: {
          findCatapultKey: (givenToken, givenSecret) =>
            Promise.resolve(
              givenToken.startsWith('t-') && givenSecret === secret
                ? { id: 'key', userId: `u-${givenToken.slice(2)}` }
                : undefined,
            ),
          authorOf: ({ owner }) => Promise.resolve(`key: ${owner}`),
        },
        meetings: this.meetings,
        meetingCalls: this.meetingCalls,
        meetingSounds: this.meetingSounds,
        urls: new GuardedRequests(new FetchGuard()),
        base,
        perSecond: options.perSecond ?? 0,
        clock,
        log,
      },
    });
  }

  /** Of all routes, as they are registered. */
  readonly addresses: string[] = [];

  static async start(t: Test, options: ApiOptions = {}): Promise<Api> {
    const api = new Api(await scratchStore(t), scratchFolder(t), options);
    api.app.addHook('onRoute', ({ url, method }) => {
      if (Array.isArray(method) && method.includes('POST')) api.addresses.push(url);
    });
    await api.meetings.start();
    await api.app.ready();
    t.teardown(async () => {
      await api.app.close();
      await api.meetingCalls.stop();
      await api.meetings.stop();
    });
    return api;
  }

  /** @param path below the user's */
  async send(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Reply> {
    const response = await this.app.inject({
      method: method as NonNullable<InjectOptions['method']>,
      url: path.startsWith('/v1') ? path : `/v1/users/${userId}${path}`,
      headers: { authorization: basic(token, secret), 'content-type': 'application/json', ...headers },
      ...(body !== undefined && { payload: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = response.body;
    const json = text === '' ? {} : (JSON.parse(text) as Record<string, unknown>);
    return { status: response.statusCode, headers: response.headers, body: json, text };
  }

  get(path: string): Promise<Reply> {
    return this.send('GET', path);
  }

  post(path: string, body?: unknown): Promise<Reply> {
    return this.send('POST', path, body);
  }

  /** A new conference, made by the API itself; its path below the user's. */
  override async conference(body: Record<string, unknown> = {}): Promise<string> {
    const reply = await this.post('/conferences', { from: '+15550001', ...body });
    if (reply.status !== 201) throw new Error(reply.text);
    return belowUser(reply);
  }

  /** A call in its reception. */
  call(id = `call-${this.calls.size + 1}`): FakeCall {
    const call = new FakeCall(id, this.running);
    this.calls.set(id, call);
    this.store.calls.begin(callOf(id, { startedAt: this.clock.now(), answeredAt: this.clock.now() }));
    return call;
  }

  /** A call made a member; its path below the user's. */
  async member(conference: string, body: Record<string, unknown> = {}, call = this.call()): Promise<string> {
    const reply = await this.post(`${conference}/members`, { callId: call.id, ...body });
    if (reply.status !== 201) throw new Error(reply.text);
    return belowUser(reply);
  }

  private dial(target: string, options: DialOptions): Promise<Invitation> {
    const invitation = new Invitation(`dialled-${this.invitations.length}`, target, options, () => undefined);
    this.invitations.push(invitation);
    this.store.calls.begin(
      callOf(invitation.id, { direction: 'outbound', calledNumber: target, startedAt: this.clock.now() }),
    );
    return Promise.resolve(invitation);
  }
}

/** Below /v1/users/…, of what was made. */
export function belowUser({ headers }: Reply): string {
  return String(headers.location).replace(`/v1/users/${userId}`, '');
}

export function basic(user: string, password: string): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}

/** Where sounds begin at once and end when the test says so. */
export class FakeStage implements ConferencePlayer {
  readonly plays: {
    target: { conferenceId: string; memberId?: number };
    file: string;
    loop: boolean;
    finish: () => void;
  }[] = [];

  play(target: { conferenceId: string; memberId?: number }, file: string, { loop }: { loop: boolean }) {
    let finish: () => void = () => undefined;
    const done = new Promise<void>((resolve) => (finish = resolve));
    this.plays.push({ target, file, loop, finish });
    return Promise.resolve({ done, stop: () => Promise.resolve(finish()) });
  }
}

/** A call whose phone is made of nothing. */
export class FakeCall implements MemberCall {
  readonly ingress = { phoneHold: false } as Ingress;
  readonly id: string;
  private readonly running: RunningConferences;
  member: Member | undefined;
  conferenceId = '';
  goodbye: EndReason | undefined;

  constructor(id: string, running: RunningConferences) {
    this.id = id;
    this.running = running;
  }

  enter(conferenceId: string, more: EntryOptions = {}): number {
    if (this.goodbye) throw new CallNotFree('not-active');
    if (this.member) throw new CallNotFree('in-conference');
    const one = this.running.obtain(conferenceId);
    this.conferenceId = conferenceId;
    this.member = one.join(this, { role: 'member', callerName: '', callerNumber: this.id, ...more });
    return this.member.id;
  }

  hangUp(): void {
    if (this.member) this.running.get(this.conferenceId)?.leave(this.member.id, 'hangup');
  }

  sayGoodbye(reason: EndReason): void {
    this.goodbye = reason;
  }
}
