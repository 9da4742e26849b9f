// One phone call, from its INVITE to its record. It owns everything of the call (dialog, ingress, reception,
// membership) and ends all of it together, once, whatever the reason; nothing that goes wrong here reaches another call.
// What ends together stands together, which makes this file longer than others.
import {
  audioFormatOf,
  prompt,
  type ConferenceDocument,
  type EndReason,
  type JoinOptions,
  type MemberId,
  type Role,
  type Sound,
} from '../conference/index.js';
import { parseSipInfo, type ActionResult, type DigitWay } from '../dtmf/index.js';
import { messageOf } from '../errors.js';
import type { Log } from '../log.js';
import type { ReceptionOutcome } from '../reception/index.js';
import { callerKeyOf, Reception, type Caller } from '../reception/index.js';
import {
  EngineDownError,
  NoCodecError,
  NoSlotError,
  SdpError,
  type Ingress,
  type Playback,
} from '../rtp/index.js';
import { CallerGaveUp, type IncomingCall, type PhoneDialog, type Reinvite } from '../sip/index.js';
import type { CallShop } from './call-shop.js';
import { CallNotFree, type EntryOptions } from './entry.js';
import { Keypad } from './keypad.js';
import { Liveness } from './liveness.js';
import type { NameRecording } from './name-recorder.js';
import type { MemberCall, RunningConference } from './running-conference.js';

interface Membership {
  readonly running: RunningConference;
  readonly memberId: MemberId;
}

/** How a call begins: the INVITE of a phone, or one of ours. */
export type CallOrigin = Pick<
  IncomingCall,
  'identity' | 'sipCallId' | 'sourceAddress' | 'sdp' | 'reject' | 'answer'
>;

/** A goodbye longer than this is cut off, ms: the caller must get the line back. */
const longestGoodbyeMs = 15_000;

export class Call implements MemberCall {
  readonly id: string;
  protected readonly shop: CallShop;
  private readonly incoming: CallOrigin;
  protected readonly log: Log;
  protected readonly startedAt: number;
  private phone: Ingress | undefined;
  private dialog: PhoneDialog | undefined;
  private reception: Reception | undefined;
  private membership: Membership | undefined;
  private readonly keypad: Keypad;
  private readonly liveness: Liveness;
  private over = false;
  /** It is told goodbye, and then ends. */
  private farewell = false;
  /** The phone has been answered and led on: to reception, or as an invited one to its conference. */
  private begun = false;
  /** Our last SDP went out as an offer: the ACK brings the phone's answer. */
  private answerDue = false;
  private receptionPlay = 0;
  private naming: NameRecording | undefined;

  constructor(shop: CallShop, id: string, incoming: CallOrigin) {
    this.shop = shop;
    this.id = id;
    this.incoming = incoming;
    this.startedAt = shop.clock.now();
    this.log = shop.log.child({ call: id });
    this.keypad = new Keypad(
      shop.clock,
      (digit) => this.reception?.digit(digit),
      (digit) => shop.keyed?.(id, digit),
    );
    this.liveness = new Liveness({
      clock: shop.clock,
      limitMs: shop.silenceMs,
      probe: () => this.dialog?.alive() ?? Promise.resolve(false),
      silence: async () => {
        const last = await this.phone?.lastPacketAt();
        return last === undefined ? undefined : shop.clock.now() - last * 1000;
      },
      onDead: () => this.end('vanished'),
    });
  }

  get ingress(): Ingress {
    if (!this.phone) throw new Error(`call ${this.id} has no media`);
    return this.phone;
  }

  get callerName(): string {
    return this.incoming.identity.callerName;
  }

  get callerNumber(): string {
    return this.incoming.identity.callerNumber;
  }

  /** It was led on by nobody yet: it is in reception, or waits. */
  get free(): boolean {
    return this.begun && !this.over && !this.farewell && !this.membership;
  }

  get ended(): boolean {
    return this.over;
  }

  /** Finds out where the call wants to go, answers it and lets reception take over. Never throws. */
  async take(): Promise<void> {
    const { incoming, shop } = this;
    const { identity } = incoming;
    shop.records.begin({
      id: this.id,
      sipCallId: incoming.sipCallId,
      direction: 'inbound',
      callerNumber: identity.callerNumber,
      callerName: identity.callerName,
      callerAddress: incoming.sourceAddress,
      calledNumber: identity.calledNumber,
      startedAt: this.startedAt,
    });
    this.log.info('call arrived', {
      sipCallId: incoming.sipCallId,
      from: identity.callerNumber,
      to: identity.calledNumber,
      address: incoming.sourceAddress,
    });
    try {
      await shop.directory.refresh();
      if (!this.listed()) await shop.directory.refresh(true);
      if (this.over) return;
      if (!this.listed()) {
        this.refuse(404, 'not-found');
        return;
      }
      await this.answer();
    } catch (error) {
      this.fail(error);
    }
  }

  /** A key of the phone, however it came. */
  digit(digit: string, way: DigitWay, durationMs: number): void {
    if (!this.over) this.keypad.pressed(digit, way, durationMs);
  }

  /** The media side has heard nothing of the phone for half the allowed time. */
  silent(): void {
    this.liveness.silent();
  }

  /** Plays the sound on a phone that is in no room any more, then hangs up. */
  sayGoodbye(reason: EndReason, sound: Sound | undefined, language?: string): void {
    this.membership = undefined;
    this.farewell = true;
    if (!sound) {
      this.end(reason);
      return;
    }
    const cut = this.shop.clock.after(longestGoodbyeMs, () => this.end(reason));
    void this.playThrough([sound], language)
      .catch((error: unknown) => this.log.warn('goodbye not played', { error: messageOf(error) }))
      .then(() => {
        cut();
        this.end(reason);
      });
  }

  /** Ends everything of the call, once. Never throws, returns at once. */
  end(reason: EndReason): void {
    if (this.over) return;
    this.over = true;
    this.liveness.stop();
    this.keypad.stop();
    this.reception?.cancel();
    const { membership } = this;
    this.membership = undefined;
    if (membership) membership.running.leave(membership.memberId, reason);
    if (this.dialog) void this.dialog.bye(reason);
    else this.incoming.reject(reason === 'shutdown' ? 503 : 500);
    void this.phone?.release();
    this.naming?.stop();
    this.shop.names.forget(this.id);
    this.shop.records.end(this.id, { endReason: reason });
    this.log.info('call ended', { reason, ms: this.shop.clock.now() - this.startedAt });
    this.shop.ended(this);
  }

  private listed(): boolean {
    return this.shop.directory.findByNumber(this.incoming.identity.calledNumber) !== undefined;
  }

  /** The conference that it leads to, if the number says so by itself. */
  protected destination(): ConferenceDocument | undefined {
    const found = this.shop.directory.findByNumber(this.incoming.identity.calledNumber);
    return typeof found === 'object' ? found.document : undefined;
  }

  /** Sends our SDP and waits for the dialog. */
  protected async answer(): Promise<void> {
    const { incoming, shop } = this;
    const document = this.destination();
    const phone = shop.media.createIngress(this.id, document && audioFormatOf(document));
    this.phone = phone;
    const offered = incoming.sdp;
    const sdp = offered === undefined ? await phone.offer() : (await phone.answer(offered)).sdp;
    // The caller may have given up meanwhile; end() has released everything then.
    if (this.over) return;
    this.answerDue = offered === undefined;
    await incoming.answer(sdp, (dialog) => {
      if (this.over) {
        void dialog.bye();
        return;
      }
      this.dialog = dialog;
      this.listen(dialog, phone);
    });
    // The phone may have hung up in the same breath.
    const { dialog } = this;
    if (this.over || !dialog) return;
    shop.records.update(this.id, {
      dialogId: dialog.id,
      answeredAt: shop.clock.now(),
      ...(phone.codec && { codec: phone.codec }),
    });
    this.log.info('call answered', { codec: phone.codec, ms: shop.clock.now() - this.startedAt });
    // Where we made the offer, the ACK brings the answer, and reception begins with it.
    if (offered !== undefined) this.begin();
  }

  private listen(dialog: PhoneDialog, phone: Ingress): void {
    dialog.on('ended', ({ noAck }) => this.end(noAck ? 'no-ack' : 'hangup'));
    dialog.on('reinvite', (reinvite) => void this.onReinvite(reinvite, phone));
    dialog.on('acknowledged', (sdp) => void this.onAcknowledged(sdp, phone));
    dialog.on('info', ({ contentType, body }) => {
      const told = parseSipInfo(contentType, body);
      if (told) this.digit(told.digit, 'info', told.durationMs);
    });
    phone.on('reinvite-needed', (sdp) => {
      void dialog
        .reinvite(sdp)
        .then((answer) => phone.acceptAnswer(answer))
        .catch((error: unknown) => this.log.warn('phone not told its new key', { error: messageOf(error) }));
    });
  }

  private async onReinvite(reinvite: Reinvite, phone: Ingress): Promise<void> {
    try {
      if (reinvite.sdp === undefined) {
        this.answerDue = true;
        reinvite.accept(phone.localSdp ?? (await phone.offer()));
        return;
      }
      reinvite.accept(await phone.reoffer(reinvite.sdp));
      this.onPhoneChanged(phone);
    } catch (error) {
      // The call goes on as it was (RFC 3261 §14.2).
      this.log.warn('re-INVITE refused', { error: messageOf(error) });
      reinvite.reject(statusOf(error));
    }
  }

  /** The phone's answer to an offer of ours. */
  protected async onAcknowledged(sdp: string | undefined, phone: Ingress): Promise<void> {
    if (!this.answerDue) return;
    this.answerDue = false;
    if (sdp === undefined) {
      // The first offer of ours needs an answer; a later one without leaves things as they are.
      if (!this.begun) this.fail(new SdpError('the ACK brought no answer'));
      return;
    }
    try {
      const { codec } = await phone.acceptAnswer(sdp);
      if (this.over) return;
      this.shop.records.update(this.id, { codec });
      this.onPhoneChanged(phone);
      this.begin();
    } catch (error) {
      if (this.begun) this.log.warn('answer in the ACK not usable', { error: messageOf(error) });
      else this.fail(error);
    }
  }

  private onPhoneChanged(phone: Ingress): void {
    this.liveness.held(phone.phoneHold);
    const { membership } = this;
    if (membership) membership.running.conference.setPhoneHold(membership.memberId, phone.phoneHold);
  }

  private begin(): void {
    if (this.begun) return;
    this.begun = true;
    this.lead();
  }

  /** Where the phone is led once it can hear: to reception. */
  protected lead(): void {
    const { shop, incoming } = this;
    const caller: Caller = {
      play: (sounds, done, language) => this.playInReception(sounds, done, language),
      stopPlaying: () => {
        this.receptionPlay += 1;
        void this.phone?.stopPlaying().catch(() => undefined);
      },
      record: (maxMs, done) => {
        this.naming = shop.names.begin(this.id, this.ingress, maxMs);
        void this.naming.name.then((name) => {
          if (!this.over) done(name);
        });
      },
      stopRecording: () => this.naming?.stop(),
    };
    this.reception = new Reception({
      caller,
      calledNumber: incoming.identity.calledNumber,
      callerKey: callerKeyOf(incoming.sourceAddress, incoming.identity.callerNumber),
      directory: shop.directory,
      guard: shop.guard,
      clock: shop.clock,
      admit: (conferenceId, role) => shop.conferences.admit(conferenceId, role),
      finished: (outcome) => this.onOutcome(outcome),
    });
    this.reception.start();
  }

  private onOutcome(outcome: ReceptionOutcome): void {
    if (outcome.kind === 'ended') {
      this.end(outcome.reason);
      return;
    }
    try {
      const { conferenceId, role, terminatorUntil, name } = outcome;
      this.join(conferenceId, role, terminatorUntil, name && { name });
    } catch (error) {
      this.fail(error);
    }
  }

  /**
   * Leads a phone that is in no conference into one, whatever reception was about.
   * @throws CallNotFree
   */
  enter(conferenceId: string, more: EntryOptions = {}): MemberId {
    if (this.over || this.farewell || !this.begun) throw new CallNotFree('not-active');
    if (this.membership) throw new CallNotFree('in-conference');
    this.reception?.cancel();
    this.receptionPlay += 1;
    void this.phone?.stopPlaying().catch(() => undefined);
    return this.join(conferenceId, 'member', 0, { ...more, invited: true });
  }

  protected join(
    conferenceId: string,
    role: Role,
    terminatorUntil: number,
    more: EntryOptions & Pick<JoinOptions, 'invited' | 'name'> = {},
  ): MemberId {
    const { shop } = this;
    const running = shop.conferences.obtain(conferenceId);
    const { callerName, callerNumber } = this;
    const member = running.join(this, { role, callerName, callerNumber, ...more });
    this.membership = { running, memberId: member.id };
    this.keypad.control(running.conference, member.id, terminatorUntil, (result) =>
      this.onAction(running, member.id, result),
    );
    shop.records.update(this.id, {
      conferenceId,
      ...(running.conference.document.name && { conferenceName: running.conference.document.name }),
      role,
      participantId: member.id,
      joinedAt: shop.clock.now(),
    });
    return member.id;
  }

  /** What a key asks for that the conference cannot do by itself. */
  private onAction(running: RunningConference, memberId: MemberId, result: ActionResult): void {
    if (result.kind !== 'record-toggle') return;
    const refused = () => running.conference.tell(memberId, prompt('conf-record_failed'));
    void this.shop.recordings.toggle(running, memberId, refused);
  }

  private playInReception(sounds: readonly Sound[], done: () => void, language?: string): void {
    const turn = ++this.receptionPlay;
    void this.playThrough(sounds, language)
      .catch((error: unknown) => {
        if (!this.over) this.log.warn('prompt not played', { error: messageOf(error) });
      })
      .then(() => {
        // Another play or stopPlaying() came meanwhile: this one's end is of no interest any more.
        if (turn === this.receptionPlay && !this.over) done();
      });
  }

  /** Resolves when all was heard, or something else took its place. */
  private async playThrough(sounds: readonly Sound[], language?: string): Promise<void> {
    const turn = this.receptionPlay;
    const files = await this.shop.sounds.files({ kind: 'sequence', sounds }, language);
    if (this.over || files.length === 0 || turn !== this.receptionPlay) return;
    const playback: Playback = await this.ingress.play(files);
    if (turn !== this.receptionPlay) await playback.stop();
    await playback.done;
  }

  /** What went wrong ends this call and no other. */
  protected fail(error: unknown): void {
    if (error instanceof CallerGaveUp) {
      this.end('cancelled');
      return;
    }
    this.log.warn('call failed', { error: messageOf(error) });
    if (this.dialog) this.end('media-failed');
    else this.refuse(statusOf(error), error instanceof NoCodecError ? 'no-codec' : 'media-failed');
  }

  private refuse(status: number, reason: EndReason): void {
    if (this.over) return;
    // A busy box says when to try again (RFC 3261 §21.5.4).
    this.incoming.reject(status, status === 503 ? { 'Retry-After': '5' } : {});
    this.end(reason);
  }
}

/** The SIP status for what went wrong with the media. */
function statusOf(error: unknown): number {
  if (error instanceof NoCodecError || error instanceof SdpError) return 488;
  if (error instanceof NoSlotError || error instanceof EngineDownError) return 503;
  return 500;
}
