// The parts of the application and how they hang together: started in the order of their dependence, stopped in
// reverse. Nothing else in the project knows them all.
import { mkdir } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  CallbackSender,
  ConferenceControl,
  ConferenceDirectory,
  ConferenceEditor,
  Exchange,
  FetchedSounds,
  MeetingCalls,
  Meetings,
  MeetingSounds,
  RoomPlayer,
  SoundFiles,
  Speech,
  UrlGuard,
} from './calls/index.js';
import { systemClock, type ConferenceDocument } from './conference/index.js';
import { DtmfListener } from './dtmf/index.js';
import { SettingsError } from './errors.js';
import { greeting, type GreetingFacts } from './greeting.js';
import { callbackDelivery, HttpServer, tellCallbacks } from './http/index.js';
import type { Log } from './log.js';
import { portLayout } from './port-layout.js';
import { MediaEngine, SoundCache } from './rtp/index.js';
import { SipLink } from './sip/index.js';
import { createDemo, createFirstAdmin, Store } from './store/index.js';
import type { Settings } from './settings.js';
import { version } from './version.js';

export class Application {
  private readonly settings: Settings;
  private readonly log: Log;
  private readonly store: Store;
  private readonly media: MediaEngine;
  private readonly dtmf: DtmfListener;
  private readonly sip: SipLink;
  private readonly http: HttpServer;
  private readonly directory: ConferenceDirectory;
  private readonly exchange: Exchange;
  private readonly meetings: Meetings;
  private readonly callbacks: CallbackSender;
  private storeOpen = false;
  private facts: GreetingFacts | undefined;

  /** @throws SettingsError when the SIP server or rtpengine is not named: the supervisor names those it starts */
  constructor(settings: Settings, log: Log) {
    this.settings = settings;
    this.log = log;
    const { drachtio, drachtioSecret, rtpengine, runtime, data, address } = settings;
    if (!drachtio || !drachtioSecret) throw new SettingsError('PARTYLINE_DRACHTIO must name the SIP server.');
    if (!rtpengine) throw new SettingsError('PARTYLINE_RTPENGINE must name the rtpengine.');
    this.store = new Store({ file: join(data, 'partyline.db'), log: log.child({ part: 'store' }) });
    this.media = new MediaEngine({
      ng: rtpengine,
      address,
      layout: portLayout(settings.rtpPorts),
      // Two boxes on one machine differ in this, and it stays the same over restarts.
      box: `${address}:${settings.sipPort}`,
      log: log.child({ part: 'media' }),
    });
    this.dtmf = new DtmfListener(settings.dtmfPort ? { port: settings.dtmfPort } : {});
    this.sip = new SipLink({
      ...drachtio,
      secret: drachtioSecret,
      ...(log.debugging && { trace: (message: string) => log.debug('SIP message', { message }) }),
    });
    const cache = new SoundCache(join(data, 'sounds'));
    const sounds = new SoundFiles({
      promptsFolder: join(runtime, 'prompts'),
      musicFile: join(runtime, 'music', 'hold.wav'),
      renderTone: (tone) => cache.tone(tone),
      prepare: (file) => cache.recording(file),
      log: log.child({ part: 'sounds' }),
    });
    this.directory = new ConferenceDirectory({
      version: (now) => this.store.configVersion(now),
      conferences: () => this.allConferences(),
      accessNumbers: () => this.store.accessNumbers.list(),
    });
    this.exchange = new Exchange({
      sip: this.sip,
      media: this.media,
      dtmf: this.dtmf,
      directory: this.directory,
      sounds,
      records: this.store.calls,
      clock: systemClock,
      log,
      silenceMs: settings.silenceSeconds * 1000,
      keyed: (callId, digit) => {
        this.meetings.keyed(callId, digit);
        meetingCalls.keyed(callId, digit);
      },
      outbound: {
        peer: () => this.store.outboundPeer.get(),
        box: { host: address, port: settings.sipPort },
      },
    });
    const editor = new ConferenceEditor({
      stored: this.store.conferences,
      directory: this.directory,
      running: this.exchange.conferences,
      log,
    });
    this.meetings = new Meetings({
      table: this.store.meetings,
      stored: this.store.conferences,
      editor,
      running: this.exchange.conferences,
      calls: this.exchange,
      clock: systemClock,
      log: log.child({ part: 'meetings' }),
    });
    const meetingCalls = new MeetingCalls({
      dialler: this.exchange.dialler,
      meetings: this.meetings,
      records: this.store.calls,
      clock: systemClock,
    });
    const guard = new UrlGuard({
      allowPrivate: settings.allowPrivateUrls,
      own: { address, ports: [settings.httpPort, settings.sipPort] },
    });
    this.callbacks = new CallbackSender({
      queue: this.store.callbacks,
      deliver: callbackDelivery(guard, `BandwidthAPI/v1 (Partyline/${version})`),
      clock: systemClock,
      log: log.child({ part: 'callbacks' }),
    });
    const meetingSounds = new MeetingSounds({
      meetings: this.meetings,
      player: new RoomPlayer(this.exchange.conferences),
      speech: new Speech({
        folder: join(data, 'sounds', 'spoken'),
        program: fileURLToPath(new URL('../../media/say.mjs', import.meta.url)),
      }),
      fetched: new FetchedSounds({ folder: join(data, 'sounds', 'fetched'), guard, clock: systemClock }),
      log: log.child({ part: 'meetings' }),
    });
    const base = `http://${address}:${settings.httpPort}`;
    // Before anything starts: what the last run left over is told, too.
    tellCallbacks({
      meetings: this.meetings,
      meetingCalls,
      meetingSounds,
      sender: this.callbacks,
      base,
      clock: systemClock,
    });
    this.http = new HttpServer({
      address,
      port: settings.httpPort,
      health: () => ({ sip: this.sip.connected, media: this.media.up, store: this.storeOpen }),
      apis: {
        stored: this.store.conferences,
        editor,
        control: new ConferenceControl(this.exchange.conferences),
        dialler: this.exchange.dialler,
        box: { name: hostname(), address, sipPort: settings.sipPort, version },
        clock: systemClock,
        log: log.child({ part: 'api' }),
      },
      catapult: {
        keys: this.store.credentials,
        meetings: this.meetings,
        meetingCalls,
        meetingSounds,
        guard,
        base,
        perSecond: settings.catapultRate,
        clock: systemClock,
        log: log.child({ part: 'catapult' }),
      },
      credentials: this.store.credentials,
    });
  }

  /** @throws when a part cannot start; what was started before is stopped again */
  async start(): Promise<void> {
    const { settings, store } = this;
    try {
      await mkdir(settings.data, { recursive: true, mode: 0o700 });
      await store.start();
      this.storeOpen = true;
      if (settings.adminPassword) await createFirstAdmin(store, settings.adminPassword, this.log);
      const demo = settings.demo ? await createDemo(store) : undefined;
      await this.dtmf.start();
      await this.media.start();
      this.exchange.start();
      await this.directory.refresh();
      await this.callbacks.start();
      await this.meetings.start();
      await this.sip.start();
      // Phones of before a crash would hear nothing and be heard by nobody until they hang up.
      for (const { dialogId } of store.calls.orphans()) if (dialogId) this.sip.endLeftOver(dialogId);
      await this.http.start();
      const conferences = await this.allConferences();
      this.facts = {
        address: settings.address,
        sipPort: settings.sipPort,
        httpPort: settings.httpPort,
        demoMade: demo !== undefined,
        conferences: conferences.map(({ document }) => document),
        accessNumbers: await store.accessNumbers.list(),
      };
      this.log.info('ready', { conferences: conferences.length, address: settings.address });
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  /** Ends every call, then every part. */
  async stop(): Promise<void> {
    await this.http.stop();
    await this.exchange.stop();
    await this.meetings.stop();
    await this.callbacks.stop();
    this.sip.stop();
    await this.media.stop();
    await this.dtmf.stop();
    this.storeOpen = false;
    await this.store.stop();
  }

  /** Lines for the terminal of whoever started the box. */
  greeting(): string[] {
    return this.facts ? greeting(this.facts) : [];
  }

  private async allConferences(): Promise<{ id: string; document: ConferenceDocument }[]> {
    const all: { id: string; document: ConferenceDocument }[] = [];
    let after: string | undefined;
    do {
      const page = await this.store.conferences.list({ limit: 1000, order: 'id', ...(after && { after }) });
      all.push(...page.conferences);
      after = page.next;
    } while (after);
    return all;
  }
}
