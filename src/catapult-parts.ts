// The parts of the application that only programs of Catapult's API need, and how they hang together.
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  CallbackSender,
  GuardedRequests,
  longPatienceMs,
  MeetingCalls,
  Meetings,
  MeetingSounds,
  RoomPlayer,
  Speech,
  type ConferenceEditor,
  type Exchange,
  type SoundFiles,
} from './calls/index.js';
import { systemClock } from './conference/index.js';
import { callbackDelivery, tellCallbacks, type CatapultApiOptions } from './http/index.js';
import type { Log } from './log.js';
import type { Settings } from './settings.js';
import type { FetchedSounds, FetchGuard } from './sounds/index.js';
import type { Store } from './store/index.js';
import { version } from './version.js';

export interface CatapultPartsOptions {
  readonly settings: Settings;
  readonly store: Store;
  readonly exchange: Exchange;
  readonly editor: ConferenceEditor;
  readonly sounds: SoundFiles;
  readonly fetched: FetchedSounds;
  readonly guard: FetchGuard;
  readonly log: Log;
}

export class CatapultParts {
  /** What the API works on. */
  readonly api: CatapultApiOptions;
  private readonly meetings: Meetings;
  private readonly calls: MeetingCalls;
  private readonly callbacks: CallbackSender;

  constructor({ settings, store, exchange, editor, sounds, fetched, guard, log }: CatapultPartsOptions) {
    const clock = systemClock;
    const meetingLog = log.child({ part: 'meetings' });
    this.meetings = new Meetings({
      table: store.meetings,
      stored: store.conferences,
      editor,
      running: exchange.conferences,
      calls: exchange,
      clock,
      log: meetingLog,
    });
    this.calls = new MeetingCalls({
      dialler: exchange.dialler,
      meetings: this.meetings,
      records: store.calls,
      stored: store.placedCalls,
      clock,
      log: meetingLog,
    });
    const meetingSounds = new MeetingSounds({
      meetings: this.meetings,
      player: new RoomPlayer(exchange.conferences, sounds),
      speech: new Speech({
        folder: join(settings.data, 'sounds', 'spoken'),
        program: fileURLToPath(new URL('../../media/say.mjs', import.meta.url)),
      }),
      fetched: (url) => fetched.file(url, longPatienceMs),
      log: meetingLog,
    });
    const urls = new GuardedRequests(guard);
    this.callbacks = new CallbackSender({
      queue: store.callbacks,
      deliver: callbackDelivery(urls, `BandwidthAPI/v1 (Partyline/${version})`),
      clock,
      log: log.child({ part: 'callbacks' }),
    });
    const parts = { meetings: this.meetings, meetingCalls: this.calls, meetingSounds, clock };
    const base = `http://${settings.address}:${settings.httpPort}`;
    // Before anything starts: what the last run left over is told, too.
    tellCallbacks({ ...parts, sender: this.callbacks, base });
    this.api = {
      ...parts,
      keys: store.credentials,
      urls,
      base,
      perSecond: settings.catapultRate,
      log: log.child({ part: 'catapult' }),
    };
  }

  /** A phone has pressed a key. */
  keyed(callId: string, digit: string): void {
    this.meetings.keyed(callId, digit);
    this.calls.keyed(callId, digit);
  }

  /** Once the store is open, before calls come in. What went on when the box went down is over, and told. */
  async start(): Promise<void> {
    await this.callbacks.start();
    await this.calls.start();
    await this.meetings.start();
  }

  /** Once no call goes on any more; resolves when everything is written. */
  async stop(): Promise<void> {
    await this.calls.stop();
    await this.meetings.stop();
    await this.callbacks.stop();
  }
}
