// The parts of the application and how they hang together: started in the order of their dependence, stopped in
// reverse. Nothing else in the project knows them all.
import { mkdir } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import {
  Announcer,
  ConferenceControl,
  ConferenceDirectory,
  ConferenceEditor,
  ConferenceRecordings,
  ConferenceWatch,
  Exchange,
  MediaLibrary,
  NameRecorder,
  SoundFiles,
  type RecordingLimits,
} from './calls/index.js';
import { Appliance, companyNetworks, UpdateDesk } from './appliance/index.js';
import { CatapultParts } from './catapult-parts.js';
import { systemClock } from './conference/index.js';
import { DtmfListener } from './dtmf/index.js';
import { messageOf, SettingsError } from './errors.js';
import { greeting, type GreetingFacts } from './greeting.js';
import { Certificate, HttpServer, HttpsServer, newSetupCode, PlainHttp } from './http/index.js';
import type { Log } from './log.js';
import { portLayout } from './port-layout.js';
import { GainRelayProcess, MediaEngine, Recorder, SoundCache } from './rtp/index.js';
import { SipLink } from './sip/index.js';
import { FetchedSounds, FetchGuard, readableUrl, Transcoder } from './sounds/index.js';
import {
  certificateFolder,
  createDemo,
  createFirstAdmin,
  mediaFolder,
  prepareRestore,
  recordingsFolder,
  keepWayBack,
  restorePending,
  Store,
} from './store/index.js';
import type { Settings } from './settings.js';
import { version } from './version.js';

export class Application {
  private readonly settings: Settings;
  private readonly log: Log;
  private readonly databaseFile: string;
  private readonly store: Store;
  private readonly media: MediaEngine;
  private readonly relay: GainRelayProcess;
  private readonly dtmf: DtmfListener;
  private readonly sip: SipLink;
  private readonly http: HttpServer;
  private readonly directory: ConferenceDirectory;
  private readonly transcoder = new Transcoder();
  private readonly library: MediaLibrary;
  private readonly recorder: Recorder;
  private readonly recordings: ConferenceRecordings;
  private readonly names: NameRecorder;
  private readonly exchange: Exchange;
  private readonly https: HttpsServer;
  private readonly setupCode: string;
  private readonly catapult: CatapultParts;
  private readonly updates: UpdateDesk | undefined;
  private storeOpen = false;
  private facts: GreetingFacts | undefined;

  /**
   * @param restart ends this process, so that it is started again
   * @throws SettingsError when the SIP server or rtpengine is not named: the supervisor names those it starts
   */
  constructor(settings: Settings, log: Log, restart: () => void = () => undefined) {
    this.settings = settings;
    this.log = log;
    const { drachtio, drachtioSecret, rtpengine, runtime, data, address } = settings;
    if (!drachtio || !drachtioSecret) throw new SettingsError('PARTYLINE_DRACHTIO must name the SIP server.');
    if (!rtpengine) throw new SettingsError('PARTYLINE_RTPENGINE must name the rtpengine.');
    this.setupCode = settings.startCode ?? newSetupCode();
    this.databaseFile = join(data, 'partyline.db');
    this.store = new Store({ file: this.databaseFile, log: log.child({ part: 'store' }) });
    this.relay = new GainRelayProcess({ log: log.child({ part: 'gain' }) });
    this.media = new MediaEngine({
      relay: this.relay,
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
    this.library = new MediaLibrary({
      stored: this.store.media,
      folder: mediaFolder(this.databaseFile),
      transcoder: this.transcoder,
      log: log.child({ part: 'media library' }),
    });
    const { httpPort, httpsPort, sipPort } = settings;
    const ownPorts = [httpPort, httpsPort, sipPort, drachtio.port, rtpengine.port];
    const guard = new FetchGuard({ allowed: settings.fetchPrivate, ownPorts });
    const fetched = new FetchedSounds({
      folder: join(data, 'sounds', 'fetched'),
      guard,
      transcoder: this.transcoder,
      failed: (url, error) =>
        log.warn('sound not fetched', { url: readableUrl(url), error: messageOf(error) }),
    });
    const sounds = new SoundFiles({
      promptsFolder: join(runtime, 'prompts'),
      musicFile: join(runtime, 'music', 'hold.wav'),
      renderTone: (tone) => cache.tone(tone),
      renderNoise: (peak) => cache.noise(peak),
      prepare: (file) => cache.recording(file),
      stored: (id) => this.library.file(id),
      fetched: (url, patienceMs) => fetched.file(url, patienceMs),
      log: log.child({ part: 'sounds' }),
    });
    this.directory = new ConferenceDirectory({
      version: (now) => this.store.configVersion(now),
      conferences: () => this.store.conferences.all(),
      accessNumbers: () => this.store.accessNumbers.list(),
    });
    this.recorder = new Recorder({ avoid: settings.rtpPorts, log: log.child({ part: 'recorder' }) });
    const limits = recordingLimits(settings);
    this.recordings = new ConferenceRecordings({
      recorder: this.recorder,
      stored: this.store.recordings,
      folder: recordingsFolder(this.databaseFile),
      limits,
      clock: systemClock,
      log,
    });
    this.names = new NameRecorder({
      media: this.media,
      recorder: this.recorder,
      folder: join(data, 'names'),
      minFreeBytes: limits.minFreeBytes,
      clock: systemClock,
      log,
    });
    this.exchange = new Exchange({
      recordings: this.recordings,
      names: this.names,
      sip: this.sip,
      media: this.media,
      dtmf: this.dtmf,
      directory: this.directory,
      sounds,
      records: this.store.calls,
      clock: systemClock,
      log,
      silenceMs: settings.silenceSeconds * 1000,
      keyed: (callId, digit) => this.catapult.keyed(callId, digit),
      outbound: {
        peer: () => this.store.outboundPeer.get(),
        box: { host: address, port: settings.sipPort },
      },
    });
    this.https = new HttpsServer({
      address,
      port: settings.httpsPort,
      certificate: new Certificate({
        folder: certificateFolder(this.databaseFile),
        names: [...new Set([address, '127.0.0.1', hostname(), 'localhost'])],
        log: log.child({ part: 'web' }),
      }),
      log: log.child({ part: 'web' }),
    });
    const health = () => ({ sip: this.sip.connected, media: this.media.up, store: this.storeOpen });
    const control = new ConferenceControl(this.exchange.conferences, this.recordings);
    const editor = new ConferenceEditor({
      stored: this.store.conferences,
      directory: this.directory,
      running: this.exchange.conferences,
      log,
    });
    const appliance = settings.appliance ? new Appliance({ folder: settings.appliance, data }) : undefined;
    this.updates =
      appliance &&
      new UpdateDesk({
        appliance,
        data,
        version,
        guard: new FetchGuard({ allowed: [...companyNetworks, ...settings.fetchPrivate], ownPorts }),
        calls: () => this.store.calls.live().length,
        backup: (file) => this.store.backup(file),
        clock: systemClock,
        log: log.child({ part: 'update' }),
      });
    const plain = new PlainHttp({ settings: this.store.settings, httpsPort: () => this.https.port() });
    this.catapult = new CatapultParts({
      settings,
      store: this.store,
      exchange: this.exchange,
      editor,
      sounds,
      fetched,
      guard,
      log,
    });
    this.http = new HttpServer({
      address,
      port: settings.httpPort,
      health,
      apis: {
        stored: this.store.conferences,
        dialler: this.exchange.dialler,
        recordings: this.recordings,
        media: this.library,
        sounds,
        editor,
        control,
        feed: this.exchange.conferences.feed,
        box: { name: hostname(), address, sipPort: settings.sipPort, version },
        clock: systemClock,
        log: log.child({ part: 'api' }),
      },
      catapult: this.catapult.api,
      credentials: this.store.credentials,
      pages: {
        store: this.store,
        editor,
        control,
        dialler: this.exchange.dialler,
        media: this.library,
        recordings: this.recordings,
        sounds,
        announcer: new Announcer({ control, sounds, speech: this.catapult.speech }),
        conferenceWatch: new ConferenceWatch({ feed: this.exchange.conferences.feed, clock: systemClock }),
        clock: systemClock,
        log: log.child({ part: 'web' }),
        setupCode: this.setupCode,
        certificate: this.https,
        plain,
        appliance,
        updates: this.updates,
        facts: {
          version,
          address,
          httpPort: settings.httpPort,
          sipHost: settings.sipPort === 5060 ? address : `${address}:${settings.sipPort}`,
          startedAt: systemClock.now(),
          health,
          data,
          temporary: join(data, 'tmp'),
          prompts: join(runtime, 'prompts'),
          logFile: settings.logFile ?? join(data, 'log', 'partyline.log'),
        },
        restore: async (file, author) => {
          await prepareRestore(this.databaseFile, file, author);
          // The answer goes out first.
          systemClock.after(500, restart);
        },
      },
      https: this.https,
      plain,
    });
  }

  /** @throws when a part cannot start; what was started before is stopped again */
  async start(): Promise<void> {
    const { settings, store } = this;
    try {
      await mkdir(settings.data, { recursive: true, mode: 0o700 });
      await restorePending(this.databaseFile, this.log);
      if (settings.wayBack) await keepWayBack(this.databaseFile, this.log);
      await store.start();
      this.storeOpen = true;
      if (settings.adminPassword) await createFirstAdmin(store, settings.adminPassword, this.log);
      const demo = settings.demo ? await createDemo(store) : undefined;
      await this.library.start();
      await this.recordings.start();
      await this.names.start();
      await this.dtmf.start();
      await this.media.start();
      this.exchange.start();
      await this.directory.refresh();
      await this.catapult.start();
      await this.sip.start();
      // Phones of before a crash would hear nothing and be heard by nobody until they hang up.
      for (const { dialogId } of store.calls.orphans()) if (dialogId) this.sip.endLeftOver(dialogId);
      this.updates?.start();
      await this.http.start();
      const conferences = await store.conferences.all();
      this.facts = {
        address: settings.address,
        sipPort: settings.sipPort,
        httpPort: settings.httpPort,
        httpsPort: this.https.port(),
        setupCode: (await store.admins.count()) === 0 ? this.setupCode : undefined,
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
    this.updates?.stop();
    await this.transcoder.stop();
    await this.exchange.stop();
    await this.recordings.stop();
    await this.recorder.stop();
    await this.names.stop();
    await this.catapult.stop();
    this.sip.stop();
    await this.media.stop();
    this.relay.stop();
    await this.dtmf.stop();
    this.storeOpen = false;
    await this.store.stop();
  }

  /** Lines for the terminal of whoever started the box. */
  greeting(): string[] {
    return this.facts ? greeting(this.facts) : [];
  }
}

function recordingLimits({ recordings }: Settings): RecordingLimits {
  const { hours, days, megabytes, freeMegabytes } = recordings;
  return {
    maxMs: hours * 3_600_000,
    maxAgeMs: days * 86_400_000,
    maxBytes: megabytes * 1_048_576,
    minFreeBytes: freeMegabytes * 1_048_576,
  };
}
