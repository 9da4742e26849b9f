// One conference's mix. Keeps the newest plan and brings the room call to it, one change at a time: whatever plans
// come while one is being carried out, only the last of them counts. A room call that is lost (restart of rtpengine),
// in doubt (a command failed half-way) or worn out (many have left) is replaced by a fresh one, built from the plan by
// the same diff, and the phones are led over one by one without a pause.
//
// More than 400 lines, because every change and every sound goes through the one queue here.
import { EventEmitter } from 'node:events';
import type { MemberId, MixPlan } from '../conference/types.js';
import type { EngineLink } from './engine-link.js';
import { EngineDownError, ReleasedError } from './errors.js';
import type { GainRelay } from './gain-relay.js';
import type { Ingress } from './ingress.js';
import { announcerTag, diffMix, emptyMix, evenBus } from './mix-diff.js';
import { NgError } from './ng-client.js';
import { Lateness, type LatenessLimits } from './lateness.js';
import { Player, type Playback, type PlayOptions } from './playback.js';
import { RoomCall, type RoomMember, type RoomRecorder } from './room-call.js';
import { RoomBackground } from './room-background.js';
import { RoomTaps } from './room-taps.js';
import { Serial } from './serial.js';
import { wantedMix } from './wanted-mix.js';

export interface RoomEvents {
  /** The plan asks for volumes or gates and there is no gain relay: these members are heard as they are. */
  'bends-unsupported': [members: readonly MemberId[]];
  /** A mix could not be carried out; the room tries again at the next change or when rtpengine is back. */
  failed: [error: unknown];
  /** A fresh room call ended what a standstill had left behind. */
  renewed: [];
}

export interface RoomOptions {
  readonly relay?: GainRelay;
  /** After so many legs have gone a fresh room call is made. */
  readonly departures?: number;
  /** When the room is renewed because its sound has become late. */
  readonly lateness?: LatenessLimits;
}

interface Member {
  readonly tag: string;
  readonly ingress: Ingress;
  /** Sounds being played to this member alone. */
  plays: number;
  /** There was one. */
  sounds: boolean;
  /** They begin in the order in which they were asked for, also when the first waits for its loop. */
  readonly starts: Serial;
}

interface Waiter {
  readonly version: number;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

const mostTries = 3;
/** Announcements that wait for their turn; one more is left out. */
const mostWaiting = 16;

export class Room extends EventEmitter<RoomEvents> {
  readonly roomId: string;
  /** Who is talking. */
  readonly taps: RoomTaps;
  private readonly engine: EngineLink;
  private readonly options: RoomOptions;
  private readonly members = new Map<MemberId, Member>();
  private plan: MixPlan = { buses: [], hearers: [], bends: [] };
  private call: RoomCall | undefined;
  private recorder: RoomRecorder | undefined;
  private tags = 0;
  private announcerOpen = false;
  private closed = false;
  /** Goes up with every change of what is wanted. */
  private version = 0;
  private running = false;
  private waiters: Waiter[] = [];
  private readonly announcer: Player;
  private readonly announcements = new Serial();
  private readonly waiting = new Map<string, Promise<Playback>>();
  private readonly underAll: RoomBackground;
  private readonly lateness: Lateness;
  private renewing = false;
  private unsupported = '';

  /** Made by MediaEngine.createRoom. */
  constructor(engine: EngineLink, roomId: string, options: RoomOptions = {}) {
    super();
    this.engine = engine;
    this.roomId = roomId;
    this.options = options;
    this.taps = new RoomTaps(engine, roomId, () => this.members);
    options.relay?.on('changed', this.onRelayChanged);
    this.underAll = new RoomBackground(engine);
    this.lateness = new Lateness(options.lateness);
    this.announcer = new Player(
      { play: (file, start, times) => this.announce(file, start, times), stop: () => this.hush() },
      (error) => engine.log.warn('announcement not played', { room: roomId, error: String(error) }),
    );
  }

  /** Members whose phone can be led here; they hear and say nothing until a plan names them. */
  add(id: MemberId, ingress: Ingress): void {
    if (this.closed) throw new Error(`room ${this.roomId} is closed`);
    if (this.members.has(id)) throw new Error(`member ${id} is in room ${this.roomId} already`);
    if (!ingress.inner) throw new Error(`call ${ingress.callId} has no media yet`);
    this.members.set(id, {
      tag: `m${id}.${++this.tags}`,
      ingress,
      plays: 0,
      sounds: ingress.playing,
      starts: new Serial(),
    });
    void this.taps.review();
  }

  /** Resolves when the room has forgotten the member. Unknown members are no error. */
  async remove(id: MemberId): Promise<void> {
    if (!this.members.delete(id) || this.closed) return;
    void this.taps.review();
    await this.changed();
  }

  /** Carries out a plan. Resolves when it, or a newer one, is in force. @throws EngineDownError, NgError */
  apply(plan: MixPlan): Promise<void> {
    this.plan = plan;
    if (plan.bends.length > 0) this.options.relay?.wake();
    this.reportBends(plan);
    return this.changed();
  }

  /**
   * What the plan says that the recorder hears is sent to that loopback port from now on, as L16/16000 (RFC 3551);
   * undefined = no more. Resolves when that is so. @throws EngineDownError, NgError
   */
  record(port: number | undefined): Promise<void> {
    this.recorder = port === undefined ? undefined : { tag: `rec.${++this.tags}`, port };
    return this.changed();
  }

  /**
   * Plays a file in a loop under everything else, to whoever hears announcements; undefined = no more. Resolves when
   * that is so. @throws EngineDownError, NgError
   */
  background(file: string | undefined): Promise<void> {
    this.underAll.file = file;
    return this.changed();
  }

  /**
   * Plays to one member, mixed with what it hears and replacing what was played to it alone; or to all, one
   * announcement after the other. Resolves when it begins; an announcement that waits already is not queued twice.
   * @throws NgError when the file cannot be played, EngineDownError, ReleasedError
   */
  play(
    target: MemberId | 'all',
    files: string | readonly string[],
    options: PlayOptions = {},
  ): Promise<Playback> {
    if (this.closed) return Promise.reject(new ReleasedError(this.roomId));
    return target === 'all' ? this.playToAll(files, options) : this.playToOne(target, files, options);
  }

  /** Ends what is being announced and what waits. */
  async stopAnnouncing(): Promise<void> {
    this.waiting.clear();
    await this.announcer.stop();
  }

  /** Leads every phone out that is still here and deletes the room. Never throws. */
  async close(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    this.options.relay?.off('changed', this.onRelayChanged);
    this.announcer.end('stopped');
    this.engine.forget(this);
    this.members.clear();
    void this.taps.listen(undefined);
    await this.changed().catch(() => undefined);
    const call = this.call;
    this.call = undefined;
    if (!call) return;
    await call.empty();
    await this.engine.bury(call.id);
  }

  get size(): number {
    return this.members.size;
  }

  /** For MediaEngine, at each of its looks. @param ms for so long the machine or rtpengine stood still; mostly none */
  stood(ms: number, now: number): void {
    if (this.members.size < 2) return;
    this.lateness.stood(ms, now);
    if (this.renewing || !this.lateness.due(now)) return;
    this.renewing = true;
    void this.changed().catch(() => undefined);
  }

  /** For MediaEngine: brings the room up to what is wanted; after a restart this is the rebuild. */
  rebuild(): Promise<void> {
    return this.changed();
  }

  // ----- the mix -----

  /** A worker died, or another one is there: everybody who needs it is led past it, or through it again. */
  private readonly onRelayChanged = (): void => {
    if (this.plan.bends.length > 0) void this.changed().catch(() => undefined);
  };

  private changed(): Promise<void> {
    const version = ++this.version;
    return new Promise((resolve, reject) => {
      this.waiters.push({ version, resolve, reject });
      if (!this.running) void this.run();
    });
  }

  private async run(): Promise<void> {
    this.running = true;
    while (this.waiters.length > 0) {
      // What was asked for in the same turn of the event loop is carried out together.
      await Promise.resolve();
      const version = this.version;
      let failure: unknown;
      try {
        if (!this.closed) await this.bringUp();
      } catch (error) {
        failure = error;
        this.engine.log.warn('mix not carried out', { room: this.roomId, error: String(error) });
        if (this.listenerCount('failed') > 0) this.emit('failed', error);
      }
      const settled = this.waiters.filter((waiter) => waiter.version <= version);
      this.waiters = this.waiters.filter((waiter) => waiter.version > version);
      for (const waiter of settled) {
        if (failure === undefined) waiter.resolve();
        else waiter.reject(failure);
      }
    }
    this.running = false;
  }

  private async bringUp(): Promise<void> {
    for (let tries = 1; ; tries++) {
      await this.engine.whenUp();
      try {
        return await this.step();
      } catch (error) {
        // Whose call ended meanwhile is left out at the next try.
        if (error instanceof ReleasedError && tries < mostTries) continue;
        if (!(error instanceof NgError)) throw error;
        if (error.failure === 'closed') throw new EngineDownError(error.reason);
        if (error.lost || error.unknownCall) this.engine.suspect(error);
        if (tries >= mostTries) throw error;
      }
    }
  }

  private async step(): Promise<void> {
    const members = new Map<MemberId, Member>();
    for (const [id, member] of this.members) if (!member.ingress.released) members.set(id, member);
    const background = this.underAll.file;
    const wanted = wantedMix(
      this.plan,
      new Map(
        [...members].map(([id, { tag, ingress, plays, sounds }]) => [
          id,
          {
            tag,
            inner: ingress.inner ?? 'PCMU',
            playing: plays > 0,
            sounds,
            spoken: this.call?.mix.buses.has(evenBus(tag)),
          },
        ]),
      ),
      {
        announcer: this.announcerOpen,
        background: background !== undefined,
        relay: this.options.relay?.generation ?? 0,
        recorder: this.recorder?.tag,
      },
    );
    const byTag = new Map<string, RoomMember>(
      [...members.values()].map(({ tag, ingress }) => [tag, { tag, ingress }]),
    );
    const { call, recorder } = this;
    if (wanted.legs.size === 0) {
      // An empty room costs nothing, and what rtpengine remembers of its members goes with its call.
      this.call = undefined;
      this.renewing = false;
      this.lateness.renewed();
      if (call) await this.drop(call);
      return;
    }
    const wornOut = call && (this.renewing || call.departures >= (this.options.departures ?? 50));
    if (call && !call.broken && !wornOut && call.epoch === this.engine.epoch) {
      const change = diffMix(call.mix, wanted);
      if (change.count > 0) await call.carryOut(change, byTag, recorder);
      await this.underAll.bringUp(call.id, background);
      return;
    }
    if (this.renewing && call) {
      // The players of the phones outlive the room call, and run empty only when nothing comes any more.
      this.call = undefined;
      await this.drop(call);
      for (const { ingress } of members.values()) ingress.playOutFirst();
    }
    const fresh = await this.replace(this.call, diffMix(emptyMix, wanted), byTag, recorder);
    await this.underAll.bringUp(fresh.id, background);
    this.lateness.renewed(this.renewing ? performance.now() : undefined);
    if (!this.renewing) return;
    this.renewing = false;
    this.engine.log.info('room renewed', { room: this.roomId });
    this.emit('renewed');
  }

  /** Builds the mix in a fresh call, leads everybody over, and deletes the old one. */
  private async replace(
    old: RoomCall | undefined,
    change: ReturnType<typeof diffMix>,
    members: ReadonlyMap<string, RoomMember>,
    recorder: RoomRecorder | undefined,
  ): Promise<RoomCall> {
    const fresh = new RoomCall(this.engine, this.engine.nextRoomCallId(this.roomId), this.options.relay);
    try {
      await fresh.open();
      await fresh.carryOut(change, members, recorder);
    } catch (error) {
      fresh.closeRelays();
      void this.engine.bury(fresh.id);
      throw error;
    }
    this.call = fresh;
    if (old) await this.drop(old);
    void this.announcer.resume();
    return fresh;
  }

  /** Leads out who is still led there, and deletes the call. */
  private async drop(call: RoomCall): Promise<void> {
    await call.empty();
    await this.engine.bury(call.id);
  }

  private reportBends(plan: MixPlan): void {
    if (this.options.relay) return;
    const bent = [
      ...plan.bends.map((bend) => bend.id),
      ...plan.hearers.filter((hearer) => hearer.hears.some((edge) => edge.gain !== 0)).map(({ id }) => id),
    ];
    const key = bent.join(',');
    if (key === this.unsupported) return;
    this.unsupported = key;
    if (bent.length === 0) return;
    this.engine.log.warn('volumes and gates need the gain relay', { room: this.roomId, members: bent });
    this.emit('bends-unsupported', bent);
  }

  // ----- sounds -----

  private async playToOne(
    id: MemberId,
    files: string | readonly string[],
    options: PlayOptions,
  ): Promise<Playback> {
    const member = this.members.get(id);
    if (!member) throw new ReleasedError(`${this.roomId}/${id}`);
    const forwarded = this.call?.mix.legs.get(member.tag)?.mixed === false;
    member.plays += 1;
    const over = () => {
      member.plays -= 1;
      if (forwarded && member.plays === 0 && !this.closed) void this.changed().catch(() => undefined);
    };
    try {
      const playback = await member.starts.run(async () => {
        const ready = member.sounds && !forwarded;
        member.sounds = true;
        if (!ready) await this.changed();
        return member.ingress.play(files, options);
      });
      void playback.done.then(over);
      return playback;
    } catch (error) {
      over();
      throw error;
    }
  }

  private playToAll(files: string | readonly string[], options: PlayOptions): Promise<Playback> {
    if (this.members.size === 0) return this.announcer.play([]);
    const key = JSON.stringify([files, options.repeat, options.startAtMs, options.yields]);
    const queued = this.waiting.get(key);
    if (queued) return queued;
    if (this.waiting.size >= mostWaiting) return Promise.reject(new Error('too many announcements wait'));
    const begun = new Promise<Playback>((resolve, reject) => {
      void this.announcements.run(async () => {
        const stopped = !this.waiting.delete(key);
        if (this.closed || stopped) return reject(new ReleasedError(this.roomId));
        try {
          const playback = await this.announcer.play(files, options);
          resolve(playback);
          // An endless one would keep the others waiting for ever; the next one ends it.
          if (options.repeat !== Infinity && !options.yields) await playback.done;
        } catch (error) {
          reject(error instanceof Error ? error : new Error(String(error)));
        }
      });
    });
    this.waiting.set(key, begun);
    return begun;
  }

  private async announce(file: string, start: number, times: number): Promise<number | undefined> {
    for (let tries = 1; ; tries++) {
      const { call } = this;
      if (!this.announcerOpen || !call?.mix.announcer || call.epoch !== this.engine.epoch || call.broken) {
        this.announcerOpen = true;
        await this.changed();
      }
      if (this.closed || !this.call) throw new ReleasedError(this.roomId);
      try {
        const reply = await this.engine.ng.playMedia({
          'call-id': this.call.id,
          'from-tag': announcerTag,
          file,
          ...(times > 1 && { 'repeat-times': times }),
          ...(start > 0 && { 'start-pos': start }),
        });
        return reply.duration;
      } catch (error) {
        if (!(error instanceof NgError) || tries >= mostTries) throw error;
        if (!error.lost && !error.unknownCall) throw error;
        this.engine.suspect(error);
        await this.engine.whenUp();
      }
    }
  }

  private async hush(): Promise<void> {
    if (this.call) await this.engine.ng.stopMedia({ 'call-id': this.call.id, 'from-tag': announcerTag });
  }
}
