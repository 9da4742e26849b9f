// The media server as the rest of the box sees it: there, or not there, and after it was away everything is as before.
// Watches rtpengine by asking after a tiny call of its own (the canary): no answer means it hangs or is gone, an
// answer that does not know the canary means that it was restarted and lost everything. Then every ingress and every
// room brings rtpengine up to what is wanted, by the code that does it at any other time.
import { createHash } from 'node:crypto';
import { EventEmitter } from 'node:events';
import { hostname } from 'node:os';
import type { Log } from '../log.js';
import type { EngineLink } from './engine-link.js';
import { EngineDownError } from './errors.js';
import type { GainRelay } from './gain-relay.js';
import { Ingress, type AudioWish } from './ingress.js';
import { NgClient, NgError } from './ng-client.js';
import { Room, type RoomOptions } from './room.js';
import { SilenceWatch, type Silence } from './silence-watch.js';
import { SlotPool, type PortLayout } from './slots.js';
import { TalkDetector } from './talk-detector.js';

export interface MediaEngineOptions {
  readonly ng: { readonly host: string; readonly port: number };
  /** IPv4 address that phones send to; the slots of the layout are on it. */
  readonly address: string;
  /** What rtpengine was configured with. */
  readonly layout: PortLayout;
  readonly log: Log;
  /** For members whose volume or gate is not neutral; absent = all are heard as they are. */
  readonly relay?: GainRelay;
  /** Tells our calls from those of other boxes in the same rtpengine; stays the same over restarts. */
  readonly box?: string;
  /** Time between two looks at rtpengine, ms. Default 500. */
  readonly pingMs?: number;
  /** A look takes at most twice this, ms. Default 500. */
  readonly pingTimeoutMs?: number;
  /** Commands wait so long for rtpengine to come back, ms. Default 3000. */
  readonly waitMs?: number;
  /** start() gives up after this, ms; the watch goes on. Default 10000. */
  readonly startTimeoutMs?: number;
}

export interface MediaEngineEvents {
  /** rtpengine answers. */
  up: [];
  down: [reason: string];
  /** rtpengine had lost everything and has it again. */
  rebuilt: [{ ms: number; ingresses: number; rooms: number }];
  /** Something could not be put back. */
  failed: [{ what: string; error: unknown }];
  /** A phone sends nothing any more; see watchSilence(). */
  silent: [Silence];
}

/** Calls in one `list`: 300 ids of ours and their reply still fit a datagram. */
const listLimit = 300;

/** Two looks while rtpengine does not listen at all, ms: it is back 50 ms after its guard saw it die. */
const downPingMs = 50;

export class MediaEngine extends EventEmitter<MediaEngineEvents> implements EngineLink {
  readonly ng: NgClient;
  readonly log: Log;
  readonly layout: PortLayout;
  readonly slots: SlotPool;
  readonly talk: TalkDetector;
  readonly address: string;
  private readonly options: MediaEngineOptions;
  private readonly prefix: string;
  private readonly ingresses = new Set<Ingress>();
  private readonly rooms = new Set<Room>();
  private readonly silence: SilenceWatch;
  /** Calls to be deleted when rtpengine answers again. */
  private graveyard: { id: string; epoch: number; gone: (() => void) | undefined }[] = [];
  private roomCalls = 0;
  private currentEpoch = 0;
  private isUp = false;
  private running = false;
  /** A command failed oddly: nothing more is sent before the next look. */
  private suspected = false;
  private timer: NodeJS.Timeout | undefined;
  /** When the next look should begin, performance.now(), and what this process had worked when that was decided. */
  private lookAt = 0;
  private workedBefore = process.cpuUsage();
  private looking: Promise<void> | undefined;
  private waiting: { resolve: () => void; timer: NodeJS.Timeout }[] = [];

  constructor(options: MediaEngineOptions) {
    super();
    this.options = options;
    this.log = options.log;
    this.address = options.address;
    this.layout = options.layout;
    this.slots = new SlotPool(options.layout.slots);
    this.talk = new TalkDetector(options.log);
    this.ng = new NgClient({ ...options.ng, log: options.log });
    const box = options.box ?? hostname();
    this.prefix = `pl-${createHash('sha1').update(box).digest('hex').slice(0, 8)}`;
    this.silence = new SilenceWatch(
      () => this.ingresses,
      (silence) => this.emit('silent', silence),
    );
  }

  /** Resolves when rtpengine answers. @throws EngineDownError when it does not; the watch goes on until stop() */
  async start(): Promise<void> {
    this.running = true;
    await this.ng.start();
    this.ng.onUnreachable = () => this.goneDown('nobody listens on its port');
    this.schedule(0);
    await this.whenUp(this.options.startTimeoutMs ?? 10_000);
  }

  /** Deletes what is ours. Never throws. */
  async stop(): Promise<void> {
    this.running = false;
    clearTimeout(this.timer);
    this.silence.stop();
    await this.looking;
    if (this.isUp) {
      await Promise.all([...this.ingresses].map((ingress) => ingress.release()));
      await Promise.all([...this.rooms].map((room) => room.close()));
      await this.ng.deleteCall(this.canary).catch(() => undefined);
    }
    for (const { timer, resolve } of this.waiting.splice(0)) {
      clearTimeout(timer);
      resolve();
    }
    this.ng.stop();
    await this.talk.stop();
  }

  get up(): boolean {
    return this.isUp;
  }

  get epoch(): number {
    return this.currentEpoch;
  }

  /** @throws NoSlotError when as many phones are here as there are slots */
  createIngress(callId: string, wish?: AudioWish): Ingress {
    const ingress = new Ingress(this, callId, wish);
    this.ingresses.add(ingress);
    return ingress;
  }

  createRoom(roomId: string, options?: RoomOptions): Room {
    const { relay } = this.options;
    const room = new Room(this, roomId, { ...(relay && { relay }), ...options });
    this.rooms.add(room);
    return room;
  }

  /** Our callId from rtpengine's, as in DTMF events; undefined when that call is no ingress of this box. */
  ingressIdOf(rtpengineCallId: string): string | undefined {
    const start = this.ingressId('');
    return rtpengineCallId.startsWith(start) ? rtpengineCallId.slice(start.length) : undefined;
  }

  /** From now on 'silent' is emitted once for every phone that sent neither RTP nor RTCP for so long. */
  watchSilence(maxSilenceMs: number): void {
    this.silence.start(maxSilenceMs);
  }

  /** Looks at rtpengine now; for a guard that has just restarted it. */
  async check(): Promise<void> {
    await this.look();
  }

  // ----- EngineLink -----

  ingressId(callId: string): string {
    return `${this.prefix}-i-${callId}`;
  }

  nextRoomCallId(roomId: string): string {
    this.roomCalls += 1;
    return `${this.prefix}-r-${roomId}-${this.roomCalls}`;
  }

  async whenUp(waitMs = this.options.waitMs ?? 3000): Promise<void> {
    if (this.isUp && !this.suspected) return;
    await new Promise<void>((resolve, reject) => {
      const entry = {
        resolve,
        timer: setTimeout(() => {
          this.waiting = this.waiting.filter((other) => other !== entry);
          reject(new EngineDownError(`waited ${waitMs} ms`));
        }, waitMs),
      };
      this.waiting.push(entry);
    });
    if (!this.running) throw new EngineDownError('the box is stopping');
  }

  suspect(error: unknown): void {
    this.log.debug('rtpengine suspected', { error: String(error) });
    this.suspected = true;
    void this.look();
  }

  async bury(rtpengineId: string, gone?: () => void): Promise<void> {
    const epoch = this.currentEpoch;
    try {
      if (!this.isUp) throw new EngineDownError('not now');
      await this.ng.deleteCall(rtpengineId);
      gone?.();
    } catch {
      this.graveyard.push({ id: rtpengineId, epoch, gone });
    }
  }

  forget(thing: object): void {
    if (thing instanceof Ingress) this.ingresses.delete(thing);
    if (thing instanceof Room) this.rooms.delete(thing);
  }

  // ----- the watch -----

  private get canary(): string {
    return `${this.prefix}-canary`;
  }

  private schedule(ms: number): void {
    clearTimeout(this.timer);
    if (!this.running) return;
    this.lookAt = performance.now() + ms;
    this.workedBefore = process.cpuUsage();
    this.timer = setTimeout(() => {
      void this.lookInTime().finally(() => this.schedule(this.isUp ? this.pingMs() : downPingMs));
    }, ms);
  }

  /** Often enough, while somebody talks to somebody, that no standstill is overlooked that would be heard. */
  private pingMs(): number {
    const talking = [...this.rooms].some((room) => room.size > 1);
    return this.options.pingMs ?? (talking ? 100 : 500);
  }

  /**
   * A look that begins late, or is answered late, is how a standstill shows: of the machine, or of rtpengine alone. While this
   * process was merely busy itself, rtpengine was not held up.
   */
  private async lookInTime(): Promise<void> {
    const { lookAt, workedBefore } = this;
    await this.look();
    const now = performance.now();
    const { user, system } = process.cpuUsage(workedBefore);
    const stood = now - lookAt - (user + system) / 1000;
    for (const room of this.rooms) room.stood(stood, now);
  }

  /** One look at a time; whoever asks meanwhile gets its outcome. */
  private look(): Promise<void> {
    this.looking ??= this.askCanary().finally(() => {
      this.looking = undefined;
      this.suspected = false;
      if (this.isUp) this.letGo();
    });
    return this.looking;
  }

  private async askCanary(): Promise<void> {
    try {
      if (await this.canaryLives()) {
        if (!this.isUp) this.cameBack();
      } else {
        await this.settleIn();
      }
    } catch (error) {
      this.goneDown(error instanceof NgError ? error.reason : String(error));
    }
  }

  /** False before our own first look: what is there then is of an earlier run. @throws NgError when nobody answers */
  private async canaryLives(): Promise<boolean> {
    if (this.currentEpoch === 0) return false;
    try {
      await this.ng.look({ 'call-id': this.canary }, this.options.pingTimeoutMs ?? 500);
      return true;
    } catch (error) {
      if (error instanceof NgError && error.unknownCall) return false;
      throw error;
    }
  }

  /** rtpengine answers and does not know the canary: it is a new one, or it is our own first look. */
  private async settleIn(): Promise<void> {
    const first = this.currentEpoch === 0;
    if (!first && (await this.knowsOneOfOurs())) {
      this.log.warn('canary gone, calls are there');
      await this.publishCanary();
      if (!this.isUp) this.cameBack();
      return;
    }
    if (first) await this.deleteStale();
    await this.publishCanary();
    this.currentEpoch += 1;
    if (first) this.cameBack();
    else this.rebuild();
  }

  private async publishCanary(): Promise<void> {
    await this.ng.publish({
      'call-id': this.canary,
      'from-tag': 'canary',
      sdp: 'v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 9 RTP/AVP 0\r\na=recvonly\r\n',
      'audio player': 'off',
      direction: [this.layout.inner, this.layout.inner],
    });
  }

  /** An rtpengine of somebody else may delete a call in which nothing happens; that is no restart. */
  private async knowsOneOfOurs(): Promise<boolean> {
    for (const ingress of [...this.ingresses]
      .filter((one) => one.establishedIn === this.currentEpoch)
      .slice(0, 3)) {
      try {
        await this.ng.query({ 'call-id': ingress.id });
        return true;
      } catch (error) {
        if (!(error instanceof NgError && error.unknownCall)) throw error;
      }
    }
    return false;
  }

  /** What an earlier run of this box left behind; never what belongs to others. */
  private async deleteStale(): Promise<void> {
    for (let turn = 0; turn < 20; turn++) {
      const all = await this.ng.list(listLimit);
      const ours = all.filter((id) => id.startsWith(`${this.prefix}-`));
      await Promise.all(ours.map((id) => this.ng.deleteCall(id)));
      if (ours.length === 0 || all.length < listLimit) return;
    }
  }

  private cameBack(): void {
    this.isUp = true;
    this.log.info('rtpengine answers');
    this.emit('up');
    this.letGo();
    void this.digUp();
    // What was wanted while it did not answer, and what was in doubt.
    void this.bringUpAll();
  }

  private goneDown(reason: string): void {
    if (!this.isUp) return;
    this.isUp = false;
    this.log.error('rtpengine does not answer', { reason });
    this.emit('down', reason);
    this.ng.abandon(reason);
    this.schedule(downPingMs);
  }

  private letGo(): void {
    for (const { timer, resolve } of this.waiting.splice(0)) {
      clearTimeout(timer);
      resolve();
    }
  }

  private rebuild(): void {
    const begun = performance.now();
    const wasDown = !this.isUp;
    this.isUp = true;
    this.log.warn('rtpengine was restarted', { ingresses: this.ingresses.size, rooms: this.rooms.size });
    if (wasDown) this.emit('up');
    this.letGo();
    void this.digUp();
    void this.bringUpAll().then((done) => {
      const ms = Math.round(performance.now() - begun);
      this.log.info('media rebuilt', { ms, ...done });
      this.emit('rebuilt', { ms, ...done });
    });
  }

  private async bringUpAll(): Promise<{ ingresses: number; rooms: number }> {
    const put = async (what: string, work: Promise<void>): Promise<boolean> => {
      try {
        await work;
        return true;
      } catch (error) {
        this.log.warn('not put back', { what, error: String(error) });
        this.emit('failed', { what, error });
        return false;
      }
    };
    const ingresses = [...this.ingresses].map((ingress) => put(ingress.callId, ingress.rebuild()));
    const rooms = [...this.rooms].map((room) => put(room.roomId, room.rebuild()));
    return {
      ingresses: (await Promise.all(ingresses)).filter(Boolean).length,
      rooms: (await Promise.all(rooms)).filter(Boolean).length,
    };
  }

  private async digUp(): Promise<void> {
    for (const { id, epoch, gone } of this.graveyard.splice(0)) {
      if (epoch === this.currentEpoch) await this.bury(id, gone);
      else gone?.();
    }
  }
}
