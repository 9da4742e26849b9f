// The process of a phone farm (phone-farm.ts): holds the phones and does what the parent asks, so that their packets go
// out on time whatever the parent is busy with.
import { pathToFileURL } from 'node:url';

import { CallFailed } from './call-signalling.js';
import { hearing } from './measure.js';
import type { CallOptions, PhoneCall, PressOptions } from './phone-call.js';
import { Phone, type PhoneOptions } from './phone.js';
import { rtpClock } from './rtp-clock.js';
import type { RxDigit, RxStats } from './rtp-receiver.js';
import type { Impairment } from './rtp-sender.js';

/** Which phones; all when left out. */
interface Some {
  only?: readonly number[];
}

export interface CallResult {
  readonly phone: number;
  readonly ok: boolean;
  /** 200, or why not. */
  readonly status: number;
  readonly reason: string;
  readonly setupMs: number | undefined;
}

export interface PhoneReport {
  readonly phone: number;
  readonly state: string;
  readonly stats: RxStats;
  readonly digits: RxDigit[];
  readonly packetsSent: number;
  readonly heard: string;
}

export interface FarmHealth {
  /** How late packets left, ms: of the worst, and how many were more than 5 ms late. */
  readonly worstLatenessMs: number;
  readonly lateTicks: number;
  readonly ticks: number;
  /** CPU seconds used by this process. */
  readonly cpuSeconds: number;
  /** SIP requests that had to be repeated. */
  readonly retransmissions: number;
}

/** Everything a farm can be asked. Arguments and results cross a process border, so they are plain data. */
export class FarmCommands {
  private phones: Phone[] = [];
  private readonly calls = new Map<number, PhoneCall>();

  /** Starts one phone for each of the options; their URIs. */
  async start(options: readonly PhoneOptions[]): Promise<string[]> {
    const first = this.phones.length;
    const phones = options.map((one) => new Phone(one));
    this.phones.push(...phones);
    await Promise.all(phones.map((phone) => phone.start()));
    phones.forEach((phone, i) => phone.on('call', (call) => this.calls.set(first + i, call)));
    return phones.map((phone) => phone.uri);
  }

  /** Calls; `targets` is one for all or one for each, `spacingMs` the time between two INVITEs. */
  call({
    only,
    targets,
    spacingMs = 0,
    options = {},
  }: Some & { targets: string | readonly string[]; spacingMs?: number; options?: CallOptions }): Promise<
    CallResult[]
  > {
    return Promise.all(
      this.indexes(only).map(async (phone, i) => {
        if (spacingMs > 0) await new Promise((resolve) => setTimeout(resolve, i * spacingMs));
        const call = this.phones[phone]!.call(typeof targets === 'string' ? targets : targets[i]!, options);
        this.calls.set(phone, call);
        try {
          await call.answered();
          return { phone, ok: true, status: 200, reason: 'OK', setupMs: call.setupMs };
        } catch (error) {
          const failed = error instanceof CallFailed ? error : new CallFailed(0, String(error));
          return { phone, ok: false, status: failed.status, reason: failed.reason, setupMs: undefined };
        }
      }),
    );
  }

  /** Presses the same digits on each, or its own. */
  async press({
    only,
    digits,
    options,
  }: Some & { digits: string | readonly string[]; options?: PressOptions }): Promise<void> {
    await this.each(only, (call, i) => call.press(typeof digits === 'string' ? digits : digits[i]!, options));
  }

  /** Sets tones (one for each phone named); the times their first packets went, ms of `now()`. */
  setTones({
    only,
    hz,
    level,
  }: Some & { hz: readonly (number | null)[]; level?: number }): Promise<number[]> {
    return this.each(only, (call, i) => call.setTone(hz[i] ?? null, level));
  }

  async mute({ only, on = true }: Some & { on?: boolean }): Promise<void> {
    await this.each(only, (call) => call.mute(on));
  }

  async impair({ only, impairment }: Some & { impairment: Impairment }): Promise<void> {
    await this.each(only, (call) => call.impair(impairment));
  }

  /** hold, resume, moveMedia, reinviteWithoutSdp or vanish, on each. */
  async verb({
    only,
    verb,
  }: Some & { verb: 'hold' | 'resume' | 'moveMedia' | 'reinviteWithoutSdp' | 'vanish' }): Promise<void> {
    await this.each(only, (call) => call[verb]());
  }

  /** levels[phone][tone] over the last `ms`, measured at one moment. */
  levels({ only, hz, ms = 500 }: Some & { hz: readonly number[]; ms?: number }): number[][] {
    return hearing(
      this.indexes(only).map((i) => this.callOf(i)),
      hz,
      ms,
    );
  }

  /** Waits until each of the phones hears the tone (one for all or one for each); the levels. */
  waitForTone({
    only,
    hz,
    options,
  }: Some & {
    hz: number | readonly number[];
    options?: { min?: number; max?: number; ms?: number; since?: number; timeoutMs?: number };
  }): Promise<number[]> {
    return this.each(only, (call, i) => call.rx.waitForTone(typeof hz === 'number' ? hz : hz[i]!, options));
  }

  async waitForSilence({
    only,
    options,
  }: Some & { options?: { max?: number; ms?: number; since?: number; timeoutMs?: number } }): Promise<void> {
    await this.each(only, (call) => call.rx.waitForSilence(options));
  }

  waitForAudio({
    only,
    options,
  }: Some & { options?: { min?: number; ms?: number; since?: number; timeoutMs?: number } }): Promise<
    number[]
  > {
    return this.each(only, (call) => call.rx.waitForAudio(options));
  }

  /** When each phone first heard the tone since `since`, ms of `now()`; undefined where it did not. */
  onsets({
    only,
    hz,
    since,
    min,
  }: Some & { hz: number; since?: number; min?: number }): Promise<(number | undefined)[]> {
    return this.each(only, (call) => call.rx.onsetTime(hz, { since, min }));
  }

  report({ only }: Some = {}): PhoneReport[] {
    return this.indexes(only).map((phone) => {
      const call = this.callOf(phone);
      const { state, rx, media } = call;
      const { stats, digits } = rx;
      return { phone, state, stats, digits, packetsSent: media.sender.packetsSent, heard: rx.describe() };
    });
  }

  /** Starts counting anew: packets, digits, lateness. */
  async resetStats({ only }: Some = {}): Promise<void> {
    rtpClock.resetStats();
    await this.each(only, (call) => call.rx.resetStats());
  }

  health(): FarmHealth {
    const { worstLatenessMs, lateTicks, ticks } = rtpClock;
    const { user, system } = process.cpuUsage();
    const retransmissions = this.phones.reduce((sum, phone) => sum + phone.retransmissions, 0);
    return { worstLatenessMs, lateTicks, ticks, cpuSeconds: (user + system) / 1e6, retransmissions };
  }

  async hangup({ only, spacingMs = 0 }: Some & { spacingMs?: number } = {}): Promise<void> {
    await this.each(only, async (call, i) => {
      if (spacingMs > 0) await new Promise((resolve) => setTimeout(resolve, i * spacingMs));
      await call.hangup();
    });
  }

  /** How each phone's call ended; waits for those that have not. */
  async ended({ only }: Some = {}): Promise<{ reason: string; code: number }[]> {
    const ends = await this.each(only, (call) => call.ended());
    return ends.map(({ reason, code }) => ({ reason, code }));
  }

  async stop(): Promise<void> {
    await Promise.all(this.phones.map((phone) => phone.stop()));
    this.phones = [];
    this.calls.clear();
  }

  private indexes(only?: readonly number[]): number[] {
    return only ? [...only] : this.phones.map((_, i) => i);
  }

  private callOf(phone: number): PhoneCall {
    const call = this.calls.get(phone);
    if (!call) throw new Error(`phone ${phone} of the farm has no call`);
    return call;
  }

  private each<T>(
    only: readonly number[] | undefined,
    act: (call: PhoneCall, i: number) => T | Promise<T>,
  ): Promise<T[]> {
    return Promise.all(this.indexes(only).map(async (phone, i) => act(this.callOf(phone), i)));
  }
}

export interface FarmRequest {
  readonly id: number;
  readonly command: keyof FarmCommands;
  readonly argument: unknown;
}

export interface FarmReply {
  readonly id: number;
  readonly result?: unknown;
  readonly error?: string;
}

function serve(): void {
  const commands = new FarmCommands();
  process.on('message', (request: FarmRequest) => {
    const run = commands[request.command] as (argument: unknown) => unknown;
    const reply = (rest: Omit<FarmReply, 'id'>): void => void process.send?.({ id: request.id, ...rest });
    Promise.resolve()
      .then(() => run.call(commands, request.argument))
      .then(
        (result) => reply({ result }),
        (error: unknown) => reply({ error: error instanceof Error ? error.message : String(error) }),
      );
  });
  process.on('disconnect', () => process.exit(0));
}

if (process.send && process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href)
  serve();
