// An rtpengine, an engine, phones that dial it and plans in two words: what every test of src/rtp begins with.
import type { Test } from 'tap';
import type { Edge, Hearer, MemberId, MixPlan } from '../../src/conference/types.js';
import { silentLog } from '../../src/log.js';
import {
  MediaEngine,
  NgError,
  type Ingress,
  type MediaEngineOptions,
  type NgFailure,
  type Room,
} from '../../src/rtp/index.js';
import { RtpPhone, type RtpPhoneOptions } from './rtp-phone.js';
import { TestRtpengine, type TestRtpengineOptions } from './rtpengine.js';

export interface Caller {
  readonly phone: RtpPhone;
  readonly ingress: Ingress;
  /** Our SDP. */
  sdp: string;
}

export interface CallerOptions extends RtpPhoneOptions {
  /** Codecs of the offer. Default: the codec of the phone and telephone-event. */
  readonly codecs?: string;
  /** SRTP with keys in the SDP. */
  readonly secure?: boolean;
}

export class Box {
  readonly server: TestRtpengine;
  readonly engine: MediaEngine;
  readonly callers: Caller[] = [];
  private calls = 0;

  private constructor(server: TestRtpengine, engine: MediaEngine) {
    this.server = server;
    this.engine = engine;
  }

  static async open(
    t: Test,
    server: TestRtpengineOptions = {},
    engineOptions: Partial<MediaEngineOptions> = {},
  ): Promise<Box> {
    const rtpengine = await TestRtpengine.start(server);
    const engine = new MediaEngine({
      ng: { host: '127.0.0.1', port: rtpengine.ngPort },
      address: '127.0.0.1',
      layout: rtpengine.layout,
      log: silentLog,
      ...engineOptions,
    });
    const box = new Box(rtpengine, engine);
    t.teardown(() => box.close());
    await engine.start();
    return box;
  }

  /** A phone that is answered and sends its tone. */
  async dial(options: CallerOptions = {}): Promise<Caller> {
    const phone = new RtpPhone(options);
    await phone.open();
    const ingress = this.engine.createIngress(`call-${++this.calls}`);
    const { sdp } = await ingress.answer(options.secure ? phone.secureSdp() : phone.sdp(options.codecs));
    const caller = { phone, ingress, sdp };
    this.callers.push(caller);
    phone.talkTo(sdp);
    return caller;
  }

  /** `count` phones with tones of 300, 350, … Hz. */
  async dialMany(count: number, options: CallerOptions = {}): Promise<Caller[]> {
    return Promise.all(
      Array.from({ length: count }, (_, n) => this.dial({ tone: toneOf(n), amplitude: 3000, ...options })),
    );
  }

  async hangUp(caller: Caller): Promise<void> {
    this.callers.splice(this.callers.indexOf(caller), 1);
    caller.phone.close();
    await caller.ingress.release();
  }

  async close(): Promise<void> {
    for (const { phone } of this.callers) phone.close();
    await this.engine.stop();
    await this.server.stop();
  }
}

/** Far enough apart to be told from each other in 400 ms. */
export function toneOf(n: number): number {
  return 300 + 50 * n;
}

export function addAll(room: Room, callers: readonly Caller[]): void {
  callers.forEach((caller, n) => room.add(n + 1, caller.ingress));
}

/** Each hears those; ids from 1. */
export function plan(hears: Readonly<Record<MemberId, readonly MemberId[]>>): MixPlan {
  const hearers = Object.entries(hears).map(([id, from]): Hearer => ({
    id: Number(id),
    hears: from.map(member),
    forward: false,
  }));
  return { buses: [], hearers, bends: [] };
}

/** All hear all. */
export function mesh(count: number): MixPlan {
  const ids = Array.from({ length: count }, (_, n) => n + 1);
  return plan(Object.fromEntries(ids.map((id) => [id, ids.filter((other) => other !== id)])));
}

export function member(id: MemberId): Edge {
  return { from: { kind: 'member', id }, gain: 0 };
}

/** Waits until it is true, looking every 20 ms. @throws after `ms` */
export async function until(what: string, holds: () => boolean, ms = 3000): Promise<void> {
  const end = performance.now() + ms;
  while (!holds()) {
    if (performance.now() > end) throw new Error(`${what}: not within ${ms} ms`);
    await new Promise((done) => setTimeout(done, 20));
  }
}

/** For what must be observed over a time: that it stays silent, that no packet is missing. */
export function listen(ms: number): Promise<void> {
  return new Promise((done) => setTimeout(done, ms));
}

/** How an NG command failed. @throws when it did not */
export async function failureOf(command: Promise<unknown>): Promise<NgFailure> {
  const error = await command.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error instanceof NgError) return error.failure;
  throw new Error(`expected an NgError, not ${String(error)}`);
}
