// The running box: takes every call that arrives, keeps the calls and the running conferences, leads keys and silence
// to the call they belong to, and ends everything in order at shutdown.
import { randomUUID } from 'node:crypto';
import type { Clock, MemberId } from '../conference/index.js';
import type { DtmfListener } from '../dtmf/index.js';
import { messageOf } from '../errors.js';
import type { Log } from '../log.js';
import { PinGuard } from '../reception/index.js';
import { phoneTag, type MediaEngine } from '../rtp/index.js';
import type { IncomingCall, SipLink } from '../sip/index.js';
import type { CallRecords } from '../store/index.js';
import { BridgeGate } from './bridge-gate.js';
import type { CallShop } from './call-shop.js';
import { Call } from './call.js';
import { Dialler, type DiallerOptions } from './dialler.js';
import type { ConferenceRecordings } from './conference-recordings.js';
import type { ConferenceDirectory } from './directory.js';
import type { NameRecorder } from './name-recorder.js';
import type { EntryOptions } from './entry.js';
import { RunningConferences } from './running-conferences.js';
import type { SoundFiles } from './sound-files.js';

export interface ExchangeOptions {
  readonly sip: SipLink;
  readonly media: MediaEngine;
  readonly dtmf: DtmfListener;
  readonly directory: ConferenceDirectory;
  readonly sounds: SoundFiles;
  readonly recordings: ConferenceRecordings;
  readonly names: NameRecorder;
  readonly records: Pick<CallRecords, 'begin' | 'update' | 'end'>;
  readonly clock: Clock;
  readonly log: Log;
  /** See CallShop. */
  readonly silenceMs: number;
  /** See CallShop. */
  readonly keyed?: CallShop['keyed'];
  /** For calls that the box makes. */
  readonly outbound: Pick<DiallerOptions, 'peer' | 'box'>;
}

export class Exchange {
  readonly conferences: RunningConferences;
  readonly dialler: Dialler;
  private readonly options: ExchangeOptions;
  private readonly calls = new Map<string, Call>();
  private readonly shop: CallShop;
  private readonly gate: BridgeGate;
  private stopping = false;

  constructor(options: ExchangeOptions) {
    this.options = options;
    this.conferences = new RunningConferences(options);
    this.shop = {
      ...options,
      conferences: this.conferences,
      guard: this.createGuard(),
      ended: (call) => this.calls.delete(call.id),
    };
    this.gate = new BridgeGate({ ...options, guard: this.shop.guard });
    this.dialler = new Dialler({
      ...options.outbound,
      shop: this.shop,
      sip: options.sip,
      begun: (call) => this.calls.set(call.id, call),
    });
  }

  start(): void {
    const { sip, media, dtmf, log, silenceMs } = this.options;
    sip.on('call', (incoming) => void this.onCall(incoming));
    sip.on('fault', (error) => log.error('request not handled', { error: messageOf(error) }));
    sip.on('lost', () => log.error('SIP server lost'));
    sip.on('connected', (uris) => log.info('SIP server connected', { uris }));
    dtmf.on('digit', ({ callId, sourceTag, digit, durationMs }) => {
      const id = sourceTag === phoneTag ? media.ingressIdOf(callId) : undefined;
      if (id !== undefined) this.calls.get(id)?.digit(digit, 'rtp', durationMs);
    });
    media.on('silent', ({ callId }) => this.calls.get(callId)?.silent());
    media.on('failed', ({ what, error }) =>
      log.error('media not put back', { what, error: messageOf(error) }),
    );
    media.watchSilence(silenceMs / 2);
  }

  /** Calls that are going on. */
  get callCount(): number {
    return this.calls.size;
  }

  /**
   * Leads a call that is in no conference into one.
   * @returns undefined = there is no such call
   * @throws CallNotFree
   */
  enter(callId: string, conferenceId: string, more?: EntryOptions): MemberId | undefined {
    return this.calls.get(callId)?.enter(conferenceId, more);
  }

  /** Hangs up on everybody; resolves when nothing is left in rtpengine. */
  async stop(): Promise<void> {
    this.stopping = true;
    this.dialler.stop();
    for (const call of this.calls.values()) call.end('shutdown');
    await this.conferences.stop();
  }

  private async onCall(incoming: IncomingCall): Promise<void> {
    let directory;
    try {
      directory = await this.gate.directoryFor(incoming);
    } catch (error) {
      this.options.log.error('call refused: the directory cannot be read', { error: messageOf(error) });
      incoming.reject(500);
      return;
    }
    if (!directory) return;
    if (this.stopping) {
      incoming.reject(503, { 'Retry-After': '10' });
      return;
    }
    // Not the SIP Call-ID: phones choose that, and two may choose the same.
    const call = new Call({ ...this.shop, directory }, randomUUID(), incoming);
    incoming.on('cancelled', () => call.end('cancelled'));
    this.calls.set(call.id, call);
    void call.take();
    // Who gave up while the directory was read has a record all the same.
    if (incoming.cancelled) call.end('cancelled');
  }

  private createGuard(): PinGuard {
    const { clock, log } = this.options;
    const guard = new PinGuard({ clock });
    guard.on('wrong', (fact) => log.warn('wrong PIN', fact));
    guard.on('blocked', (fact) => log.warn('caller blocked for guessing PINs', fact));
    guard.on('conference-slowed', (fact) => log.warn('many wrong PINs: answers are slowed', fact));
    return guard;
  }
}
