// One phone's way into the box: an rtpengine call with a side P that faces the phone and a side Q that faces a room.
// Codecs, SRTP, hold, re-INVITEs and changes of address end here; a room only ever sees plain RTP in the inner codec.
//
// There is one way to do anything: change what is wanted, then step(), which compares it with what rtpengine was told
// and sends the difference. After a restart of rtpengine nothing has been told, and the same step() rebuilds it.
//
// More than 400 lines, because what is wanted and what was told are compared in one place.
import { EventEmitter } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { innerFor, packetMsFor, type InnerCodec } from './codecs.js';
import type { EngineLink, Patch, Tap } from './engine-link.js';
import { EngineDownError, ReleasedError, SdpError } from './errors.js';
import { StatsReader, type IngressStats } from './ingress-stats.js';
import { closeTap, openTap, phoneTag, sendAnswer, sendOffer, setPlayer } from './ingress-recipes.js';
import { NgError } from './ng-client.js';
import {
  answerBody,
  offerBody,
  portOfBody,
  readPhoneSdp,
  withHead,
  type InnerSide,
  type PhoneMedia,
  type SdpDirection,
} from './phone-sdp.js';
import { Player, type Playback, type PlayOptions } from './playback.js';
import { Serial } from './serial.js';
import type { Slot } from './slots.js';

export interface IngressEvents {
  /** A rebuild changed our side (an SRTP key): the phone must be told this SDP by a re-INVITE. */
  'reinvite-needed': [sdp: string];
  released: [];
}

/** What the conference of a phone wants of its audio; a phone that cannot keeps its own way. */
export interface AudioWish {
  /** Length of the packets to the phone, ms. */
  readonly packetMs?: number;
  /** Highest sampling rate inside, Hz. */
  readonly rate?: number;
}

/** The discard port: nobody listens to a phone that is in no room. */
const nowhere = 9;

/**
 * So far is what rtpengine plays ahead of what is heard, ms: it begins 50 ms early, and reads 64 ms of a file at once
 * (measured: 120).
 */
const soundLeadMs = 125;
/** As much as a player can hold, ms; audio-buffer-length of rtpengine's configuration. */
const playerHoldsMs = 200;
/** A player sends what it was given last with its next packet but one, ms. */
const playerTailMs = 30;

/** How often a command is tried again after rtpengine was restarted under it. */
const mostTries = 3;

/** What rtpengine was told, in which epoch. */
interface Applied {
  readonly epoch: number;
  readonly phone: PhoneMedia;
  readonly side: InnerSide;
  /** Where Q sends; undefined = not answered yet. */
  port?: number;
  /** The phone hears through a player of its own. */
  player?: boolean;
  /** What listens to the phone. */
  tap?: Tap | undefined;
}

export class Ingress extends EventEmitter<IngressEvents> {
  readonly callId: string;
  /** rtpengine's call-id. */
  readonly id: string;
  private readonly engine: EngineLink;
  private readonly wish: AudioWish;
  private readonly serial = new Serial();
  private readonly player: Player;
  private readonly statsReader = new StatsReader(phoneTag);
  private slot: Slot;
  private phone: PhoneMedia | undefined;
  private patch: Patch | undefined;
  private tap: Tap | undefined;
  private applied: Applied | undefined;
  /** Fixed with the first codec of the phone: a room's leg cannot change its own. */
  private fixedInner: InnerCodec | undefined;
  /** rtpengine may have something under our id that we know nothing of. */
  private uncertain = false;
  /** What plays there would go on after a move, so it is stopped first. */
  private playedOn: Patch | 'phone' | undefined;
  /** When nothing is left in the phone's player of what was played to it before it was led to a room, performance.now(). */
  private drainedAt = 0;
  private readonly session = Math.floor(Math.random() * 0x7fffffff) + 1;
  private sessionVersion = 0;
  private body: string | undefined;
  /** The last SDP of the phone that ours was an answer to. */
  private told: PhoneMedia | undefined;
  /** The last SDP of the phone that was an answer to ours. */
  private accepted: PhoneMedia | undefined;
  private over = false;
  /** Goes up with every answer of the inner side, as its SDP's version must. */
  private innerVersion = 0;

  /** Made by MediaEngine.createIngress. @throws NoSlotError */
  constructor(engine: EngineLink, callId: string, wish: AudioWish = {}) {
    super();
    this.engine = engine;
    this.wish = wish;
    this.callId = callId;
    this.id = engine.ingressId(callId);
    this.slot = engine.slots.take();
    this.player = new Player(
      { play: (file, start, times) => this.playOnStage(file, start, times), stop: () => this.stopOnStage() },
      (error) => {
        // Who has hung up hears nothing, and that is no fault.
        if (!(error instanceof ReleasedError))
          engine.log.warn('sound not played', { callId, error: String(error) });
      },
    );
  }

  /** The codec that the phone speaks, e.g. `PCMU`. */
  get codec(): string | undefined {
    return this.phone?.codec.name;
  }

  /** What a room hears of this phone and sends to it; known after the first SDP of the phone. */
  get inner(): InnerCodec | undefined {
    return this.fixedInner;
  }

  /** As the phone says it: `sendonly` and `inactive` mean that it holds the call. */
  get direction(): SdpDirection {
    return this.phone?.direction ?? 'sendrecv';
  }

  get phoneHold(): boolean {
    return this.direction === 'sendonly' || this.direction === 'inactive';
  }

  /** False: key presses of this phone are recognised in its audio. */
  get sendsEvents(): boolean {
    return this.phone?.events !== undefined;
  }

  get released(): boolean {
    return this.over;
  }

  get playing(): boolean {
    return this.player.playing;
  }

  /** Our SDP as the phone should have it now; also what a re-INVITE without SDP is answered with. */
  get localSdp(): string | undefined {
    if (this.body === undefined) return undefined;
    return withHead(this.engine.address, { id: this.session, version: this.sessionVersion }, this.body);
  }

  /**
   * Answers the offer of an INVITE. Two NG commands, or three when the phone's key presses must be heard.
   * @throws SdpError, NoCodecError, NoSlotError, EngineDownError, NgError
   */
  async answer(offerSdp: string): Promise<{ sdp: string; codec: string }> {
    const phone = readPhoneSdp(offerSdp);
    this.begin(phone);
    for (let tries = 1; ; tries++) {
      try {
        await this.sync();
        break;
      } catch (error) {
        if (!(error instanceof NgError && /ports/i.test(error.reason)) || tries >= mostTries) throw error;
        // Somebody else holds this port; the next slot may be free.
        const bad = this.slot;
        this.slot = this.engine.slots.take();
        this.engine.slots.quarantine(bad);
        this.engine.log.warn('phone port in use by somebody else', { port: bad.port });
      }
    }
    return { sdp: this.known(), codec: phone.codec.name };
  }

  /**
   * Our offer: for an outgoing call, or for the 200 to an INVITE without SDP. It costs no NG command, since the port
   * of the slot is known; media flows after acceptAnswer().
   */
  offer(): Promise<string> {
    if (this.body === undefined) this.setBody(offerBody(this.slot.port, 'sendrecv', this.wish.packetMs));
    return Promise.resolve(this.known());
  }

  /**
   * The phone's answer to an offer of ours: in its ACK, its 200, or its 200 to a re-INVITE.
   * @throws SdpError, NoCodecError, EngineDownError, NgError
   */
  async acceptAnswer(sdp: string): Promise<{ codec: string }> {
    const phone = readPhoneSdp(sdp, this.phone?.codec);
    this.accepted = phone;
    await this.change(phone);
    return { codec: phone.codec.name };
  }

  /**
   * A re-INVITE of the phone: hold, resume, another address or codec. One that changes nothing (session timer) costs
   * no NG command.
   * @returns our SDP for the 200
   * @throws SdpError, NoCodecError, EngineDownError, NgError; the call goes on as it was
   */
  async reoffer(sdp: string): Promise<string> {
    const before = this.phone;
    try {
      await this.change(readPhoneSdp(sdp, before?.codec));
    } catch (error) {
      if (!this.over && before && this.phone !== before) {
        this.phone = before;
        void this.sync().catch(() => undefined);
      }
      throw error;
    }
    return this.known();
  }

  /**
   * Plays to this phone alone: before it is in a room on its own leg, in a room mixed with the conference. Replaces at
   * once what plays. Resolves when it begins.
   * @throws NgError when the file cannot be played, EngineDownError, ReleasedError
   */
  play(files: string | readonly string[], options?: PlayOptions): Promise<Playback> {
    if (this.over) return Promise.reject(new ReleasedError(this.callId));
    return this.player.play(files, options);
  }

  stopPlaying(): Promise<void> {
    return this.player.stop();
  }

  /** @throws NgError, EngineDownError, ReleasedError */
  async stats(): Promise<IngressStats> {
    const reply = await this.serial.run(() =>
      this.attempt(() => this.engine.ng.query({ 'call-id': this.id })),
    );
    return this.statsReader.read(reply);
  }

  /** Unix s of the last RTP or RTCP packet of the phone; undefined when it is not known now. */
  async lastPacketAt(): Promise<number | undefined> {
    const stats = await this.stats().catch(() => undefined);
    return stats && Math.max(stats.lastRtp, stats.lastRtcp);
  }

  /** Gives everything back. Idempotent, never throws, quick also when rtpengine does not answer. */
  async release(): Promise<void> {
    if (this.over) return;
    this.over = true;
    this.player.end('stopped');
    this.engine.forget(this);
    const { slot } = this;
    const back = () => this.engine.slots.give(slot);
    this.emit('released');
    if (!this.phone) return back();
    // Behind a command that is on its way: an offer that came after the delete would open the ports again.
    const buried = this.serial.run(() => this.engine.bury(this.id, back));
    if (this.engine.up) await buried;
  }

  // ----- for Room and MediaEngine -----

  /** Q as rtpengine has it in this epoch, for `publish`. */
  innerSide(): Promise<InnerSide> {
    return this.serial.run(() =>
      this.attempt(() => {
        if (!this.applied) throw new SdpError('the phone has not been answered');
        return Promise.resolve(this.applied.side);
      }),
    );
  }

  /** Leads the phone to its leg in a room, or out of it. */
  async setPatch(patch: Patch | undefined): Promise<void> {
    this.patch = patch;
    if (!this.over && this.phone) await this.sync();
  }

  /** Nothing comes from a room now: the next one waits until the phone's player has played out all that it can hold. */
  playOutFirst(): void {
    this.drainedAt = performance.now() + playerHoldsMs;
  }

  /**
   * Resolves when the phone's player has played out what a sound, or a room before, left in it. A room that sends earlier is
   * put behind that, and stays so much later for the rest of the call.
   */
  async drained(): Promise<void> {
    const left = this.drainedAt - performance.now();
    this.drainedAt = 0;
    if (left > 0 && this.applied?.player) await sleep(Math.min(left, playerHoldsMs));
  }

  /** Has a copy of what the phone says sent there, or no more. It survives restarts of rtpengine and moves. */
  async setTap(tap: Tap | undefined): Promise<void> {
    this.tap = tap;
    if (!this.over && this.phone) await this.sync();
  }

  get patchedTo(): Patch | undefined {
    return this.patch;
  }

  /** The epoch in which rtpengine has this call; 0 = it has not. */
  get establishedIn(): number {
    return this.applied?.epoch ?? 0;
  }

  /** Brings rtpengine up to what is wanted; after a restart this is the rebuild. */
  rebuild(): Promise<void> {
    return this.sync();
  }

  // ----- -----

  private begin(phone: PhoneMedia): void {
    if (this.over) throw new ReleasedError(this.callId);
    this.phone = phone;
    this.fixedInner ??= innerFor(phone.codec, this.wish.rate);
  }

  private async change(phone: PhoneMedia): Promise<void> {
    if (this.phone && JSON.stringify(this.phone) === JSON.stringify(phone)) return;
    this.begin(phone);
    await this.sync(true);
  }

  /** What a phone answers to an offer of ours is its last word; in an offer of its own it only wishes (RFC 3264 §5.1). */
  private packetMs(phone: PhoneMedia): number | undefined {
    const { packetMs } = this.wish;
    if (packetMs === undefined) return undefined;
    const wanted = this.accepted === phone ? (phone.ptime ?? packetMs) : packetMs;
    return packetMsFor(phone.codec, wanted, phone.maxptime);
  }

  private sync(answerNow = false): Promise<void> {
    return this.serial.run(() => this.attempt(() => Promise.resolve(), answerNow));
  }

  /** Brings everything up to date, then does `work`; again if rtpengine was restarted meanwhile. Only in `serial`. */
  private async attempt<T>(work: () => Promise<T>, answerNow = false): Promise<T> {
    for (let tries = 1; ; tries++) {
      await this.engine.whenUp();
      let upToDate = false;
      try {
        await this.step(answerNow);
        upToDate = true;
        return await work();
      } catch (error) {
        if (!(error instanceof NgError)) throw error;
        if (error.failure === 'closed') throw new EngineDownError(error.reason);
        const refused = error.failure === 'rejected' && !error.unknownCall;
        if (!refused || !upToDate) this.uncertain = true;
        if (refused) throw error;
        this.engine.suspect(error);
        if (tries >= mostTries) throw new EngineDownError(error.message);
      }
    }
  }

  private async step(answerNow: boolean): Promise<void> {
    if (this.over) throw new ReleasedError(this.callId);
    const { engine, phone } = this;
    if (!phone) return;
    const epoch = engine.epoch;
    if (this.uncertain || (this.applied && this.applied.epoch !== epoch)) {
      await engine.ng.deleteCall(this.id);
      this.uncertain = false;
      this.applied = undefined;
      this.playedOn = undefined;
    }
    if (this.applied?.phone !== phone) {
      const again = this.applied !== undefined;
      if (this.applied?.player) await this.setPlayer(this.applied, false);
      const interfaces = [this.slot.name, engine.layout.inner] as const;
      const inner = this.fixedInner ?? innerFor(phone.codec, this.wish.rate);
      this.applied = {
        epoch,
        phone,
        side: await sendOffer(engine.ng, this.id, phone, inner, interfaces, again, this.packetMs(phone)),
      };
    }
    // After a restart the room opens its leg anew and then calls setPatch: the answer can wait for it.
    const stale = this.patch !== undefined && this.patch.epoch !== epoch;
    if (stale && !answerNow) return;
    const place = stale ? undefined : this.patch;
    if (this.playedOn && !isSamePlace(this.playedOn, place ?? 'phone')) await this.leaveStage();
    const port = place?.port ?? nowhere;
    if (this.applied.port !== port) {
      await this.answerInner(phone, this.applied, port);
      this.applied.port = port;
    }
    // A phone that holds the call wants to be sent nothing.
    if (!this.applied.player && phone.codec.mixable && !this.phoneHold)
      await this.setPlayer(this.applied, true);
    if (this.applied.tap !== this.tap) await this.bringTap(this.applied);
    if (this.player.playing && this.playedOn === undefined) void this.player.resume();
  }

  /** Who listens must not disturb who talks: a tap that is refused is left out. */
  private async bringTap(applied: Applied): Promise<void> {
    const { tap, engine } = this;
    applied.tap = tap;
    try {
      if (!tap) await closeTap(engine.ng, this.id);
      else
        tap.from(
          await openTap(
            engine.ng,
            this.id,
            applied.side,
            this.inner ?? 'PCMU',
            tap.port,
            engine.layout.inner,
          ),
        );
    } catch (error) {
      if (!(error instanceof NgError) || error.failure !== 'rejected' || error.unknownCall) throw error;
      engine.log.warn('phone not listened to', { callId: this.callId, error: String(error) });
    }
  }

  private async setPlayer(applied: Applied, on: boolean): Promise<void> {
    await setPlayer(this.engine.ng, this.id, on);
    applied.player = on;
  }

  private async answerInner(phone: PhoneMedia, applied: Applied, port: number): Promise<void> {
    this.innerVersion += 1;
    const first = applied.port === undefined;
    const sdp = await sendAnswer(
      this.engine.ng,
      this.id,
      phone,
      applied.side,
      port,
      this.innerVersion,
      first,
    );
    // Moved from one room to another: nothing has changed for the phone, whatever rtpengine says.
    if (!first) return;
    const known = this.body;
    this.setBody(answerBody(sdp, phone));
    if (known !== undefined && this.mustBeTold(phone, known)) this.emit('reinvite-needed', this.known());
    this.told = phone;
  }

  /** A changed key has to be told to the phone, unless it is on its way as the answer to an offer of the phone. */
  private mustBeTold(phone: PhoneMedia, known: string): boolean {
    if (this.told === phone) return known !== this.body;
    // We offered the port of our slot, but an rtpengine that does not know our slots has taken another.
    return this.accepted === phone && portOfBody(known) !== portOfBody(this.body ?? '');
  }

  private setBody(body: string): void {
    if (body === this.body) return;
    this.body = body;
    this.sessionVersion += 1;
  }

  private known(): string {
    const sdp = this.localSdp;
    if (sdp === undefined) throw new SdpError('nothing was negotiated');
    return sdp;
  }

  private party(place: Patch | 'phone'): { 'call-id': string; 'from-tag': string } {
    return place === 'phone'
      ? { 'call-id': this.id, 'from-tag': phoneTag }
      : { 'call-id': place.callId, 'from-tag': place.soundsTag ?? place.tag };
  }

  private playOnStage(file: string, start: number, times: number): Promise<number | undefined> {
    return this.serial.run(() =>
      this.attempt(async () => {
        const stale = this.patch && this.patch.epoch !== this.engine.epoch;
        const place = this.patch && !stale ? this.patch : 'phone';
        const reply = await this.engine.ng.playMedia({
          ...this.party(place),
          file,
          ...(times > 1 && { 'repeat-times': times }),
          ...(start > 0 && { 'start-pos': start }),
        });
        this.playedOn = place;
        if (place === 'phone')
          this.drainedAt = performance.now() + (reply.duration ?? Infinity) * times + playerTailMs;
        return reply.duration;
      }),
    );
  }

  private stopOnStage(): Promise<void> {
    return this.serial.run(() => this.attempt(() => this.leaveStage()));
  }

  private async leaveStage(): Promise<void> {
    const place = this.playedOn;
    this.playedOn = undefined;
    if (!place) return;
    if (place === 'phone') this.drainedAt = Math.min(this.drainedAt, performance.now() + soundLeadMs);
    await this.engine.ng.stopMedia(this.party(place)).catch((error: unknown) => {
      // The room's leg may be gone already, and the sound with it.
      if (!(error instanceof NgError && error.failure === 'rejected')) throw error;
    });
  }
}

/** A leg is the same place whichever way leads to it. */
function isSamePlace(a: Patch | 'phone', b: Patch | 'phone'): boolean {
  if (a === 'phone' || b === 'phone') return a === b;
  return a.callId === b.callId && a.tag === b.tag && a.epoch === b.epoch;
}
