// One call of a phone with the verbs of its user: press digits, hold, move, vanish, hang up, and listen through `rx`.
import { readFileSync } from 'node:fs';

import type { MediaOptions } from './call-media.js';
import { type CallEnd, CallSignalling, type UserAgent } from './call-signalling.js';
import type { Dialog } from './dialog.js';
import { now } from './rtp-clock.js';
import type { Impairment } from './rtp-sender.js';
import type { Ears } from './rtp-waits.js';
import type { Direction } from './sdp.js';
import { responseTo, type SipMessage, tagOf } from './sip-message.js';
import type { ServerTransaction } from './sip-transactions.js';
import { dtmfSamples } from './tones.js';
import { readWav } from './wav.js';

export interface CallOptions {
  /** Added to the INVITE. */
  headers?: Record<string, string>;
  /** `none` leaves the offer to the other side; a text is sent as it is. */
  sdp?: 'none' | string;
  /** Never acknowledge the 200. */
  noAck?: boolean;
  /** BYE at once when it is answered. */
  byeOnAnswer?: boolean;
}

export interface PressOptions {
  /** How the digits travel; default rfc4733. */
  by?: 'rfc4733' | 'inband' | 'info' | 'info-dtmf';
  /** ms; default 100. */
  durationMs?: number;
  /** Pause after each digit, ms; default 60. */
  gapMs?: number;
}

/** Peak of each of the two tones of an in-band digit: about -10 dBm0 each. */
const dtmfLevel = 7_000;

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

export class PhoneCall extends CallSignalling {
  /** True when we called. */
  readonly outgoing: boolean;
  vanished = false;
  private cancelling = false;
  private cancelSent = false;

  constructor(
    ua: UserAgent,
    dialog: Dialog,
    media: MediaOptions,
    private readonly options: CallOptions,
    incoming?: ServerTransaction,
  ) {
    super(ua, dialog, media);
    this.outgoing = incoming === undefined;
    this.incoming = incoming;
    this.noAck = options.noAck ?? false;
    if (incoming) incoming.onCancel = () => this.refuseIncoming(487, 'Request Terminated');
  }

  /** What is heard. */
  get rx(): Ears {
    return this.media.rx;
  }

  get callId(): string {
    return this.dialog.callId;
  }

  /** INVITE to 200, ms. */
  get setupMs(): number | undefined {
    const { invited, answered } = this.times;
    return invited === undefined || answered === undefined ? undefined : answered - invited;
  }

  /** The INVITE of an incoming call. */
  get inviteReceived(): SipMessage | undefined {
    return this.incoming?.request;
  }

  // ---- beginning ----

  /** Sends the INVITE (the phone does this). */
  async begin(): Promise<void> {
    await this.media.open();
    if (this.cancelling) return this.finish({ reason: 'cancelled', code: 487 });
    const request = this.dialog.request('INVITE');
    for (const [name, value] of Object.entries(this.options.headers ?? {})) request.add(name, value);
    const { sdp } = this.options;
    const ownOffer = this.media.offer();
    if (sdp !== 'none') request.withBody('application/sdp', sdp ?? ownOffer);
    this.times.invited = now();
    const response = await this.sendInvite(request, (provisional) => this.progress(provisional));
    this.lastResponse = response;
    if (response.status >= 300) {
      const reason =
        response.status === 487 && this.cancelling
          ? 'cancelled'
          : response.status === 408
            ? 'timeout'
            : 'rejected';
      return this.finish({ reason, code: response.status, message: response });
    }
    this.established(response);
  }

  private progress(response: SipMessage): void {
    this.lastResponse = response;
    if (this.cancelling) this.sendCancel();
    if (response.status === 100 || this.state === 'ended') return;
    if (tagOf(response.get('to')) !== undefined) this.dialog.confirm(response);
    // Early media: a description in a 18x already says where to send and what will be heard.
    if (response.body && this.options.sdp !== 'none') {
      try {
        this.media.accept(response.body);
      } catch (error) {
        return this.fail(error);
      }
    }
    if (this.state !== 'calling') return;
    this.state = 'ringing';
    this.times.ringing = now();
    this.whenRinging.resolve();
    this.emit('ringing');
  }

  private established(response: SipMessage): void {
    this.dialog.confirm(response);
    this.times.answered = now();
    let failed: unknown;
    try {
      if (this.options.sdp === 'none') {
        this.acknowledge(response, this.media.answer(response.body));
      } else {
        this.acknowledge(response);
        this.media.accept(response.body);
      }
    } catch (error) {
      failed = error;
    }
    this.state = 'answered';
    if (this.cancelling || this.options.byeOnAnswer || failed) {
      // Our CANCEL crossed the 200, or this is what the test wants, or there is nothing to talk with.
      void this.hangup();
      return;
    }
    this.whenRinging.resolve();
    this.whenAnswered.resolve();
    this.emit('answered');
  }

  /** 180 to an incoming call. */
  ring(): void {
    const { request } = this.incoming!;
    this.incoming!.respond(
      responseTo(request, 180, 'Ringing', this.dialog.localTag).add('Contact', this.ua.contact),
    );
    this.state = 'ringing';
    this.whenRinging.resolve();
  }

  /** 200 to an incoming call; resolves when it is acknowledged. */
  async answer(): Promise<void> {
    await this.media.open();
    if (this.state === 'ended') {
      this.media.close();
      throw new Error('the call has ended');
    }
    this.answerIncoming();
    await this.answered();
  }

  /** Refuses an incoming call. */
  reject(status = 486, reason = 'Busy Here', headers: Record<string, string> = {}): void {
    this.refuseIncoming(status, reason, headers);
  }

  // ---- the end ----

  /** Ends the call whatever its state: BYE, CANCEL or refusal. Resolves when it is over. */
  async hangup(): Promise<CallEnd> {
    if (this.state === 'ended') return this.ended();
    if (this.state !== 'answered') {
      if (this.incoming) this.reject(603, 'Decline');
      else this.cancel();
      return this.ended();
    }
    this.media.sender.stop();
    const response = await this.request('BYE');
    this.finish({ reason: 'local', code: response.status, message: response });
    return this.ended();
  }

  /** Cancels our call, as soon as SIP allows it. */
  cancel(): void {
    if (this.state === 'answered' || this.state === 'ended' || this.cancelling) return;
    this.cancelling = true;
    if (this.invite?.provisional) this.sendCancel();
  }

  private sendCancel(): void {
    if (this.cancelSent || !this.invite) return;
    this.cancelSent = true;
    const { request } = this.invite;
    const cancel = this.dialog.request('CANCEL', request.cseq.number);
    cancel.uri = request.uri;
    cancel.set('To', request.get('to') ?? '').add('Via', request.all('via')[0] ?? '');
    this.ua.transactions.request(
      cancel,
      this.invite.to,
      () => undefined,
      () => undefined,
    );
  }

  /** BYE while it still rings (RFC 3261 §15 allows the caller that, and few expect it). */
  async earlyBye(): Promise<void> {
    await this.ringing();
    await this.request('BYE');
  }

  /** As if the cable was pulled: sends nothing more, answers nothing, says no goodbye. */
  vanish(): void {
    this.ua.ignore(this.callId);
    this.invite?.stop();
    this.media.dead = true;
    this.media.sender.stop();
    this.vanished = true;
  }

  /** Frees what the call holds without a word (the phone does this when it stops). */
  bury(): void {
    this.finish({ reason: 'vanished', code: 0 });
  }

  /** The call could not go on because of a fault of the phone's own. */
  override fail(error: unknown): void {
    this.whenAnswered.reject(error instanceof Error ? error : new Error(String(error)));
    this.bury();
  }

  // ---- while it lasts ----

  /** Puts the other side on hold: we go on sending (sendonly) or not (inactive), and want to hear nothing. */
  async hold(direction: Direction = 'sendonly'): Promise<void> {
    this.media.wanted = direction;
    await this.reinvite();
  }

  async resume(): Promise<void> {
    this.media.wanted = 'sendrecv';
    await this.reinvite();
  }

  /** Moves our RTP to a new port by re-INVITE. */
  async moveMedia(): Promise<void> {
    await this.media.move();
    await this.reinvite();
    this.media.dropAbandoned();
  }

  async reinviteWithoutSdp(): Promise<void> {
    await this.reinvite({ withoutSdp: true });
  }

  /** UPDATE (RFC 3311), with an offer of the session as wanted or without one. */
  async update({
    sdp = false,
    headers = {},
  }: { sdp?: boolean; headers?: Record<string, string> } = {}): Promise<SipMessage> {
    const body = sdp ? { body: this.media.offer(), type: 'application/sdp' } : {};
    const response = await this.request('UPDATE', { ...body, headers });
    if (sdp && response.status < 300) this.media.accept(response.body);
    return response;
  }

  /** Presses digits one after another; resolves when the last gap is over. */
  async press(
    digits: string,
    { by = 'rfc4733', durationMs = 100, gapMs = 60 }: PressOptions = {},
  ): Promise<void> {
    const { sender } = this.media;
    switch (by) {
      case 'rfc4733':
        await Promise.all([...digits].map((digit) => sender.pressEvent(digit, durationMs, gapMs)));
        return;
      case 'inband':
        await sender.play(dtmfSamples(digits, { durationMs, gapMs, level: dtmfLevel, rate: 8_000 }), 8_000);
        return;
      case 'info':
      case 'info-dtmf':
        for (const digit of digits) {
          const relay = {
            body: `Signal=${digit}\r\nDuration=${durationMs}\r\n`,
            type: 'application/dtmf-relay',
          };
          const response = await this.request(
            'INFO',
            by === 'info' ? relay : { body: digit, type: 'application/dtmf' },
          );
          if (response.status >= 300)
            throw new Error(`INFO was refused: ${response.status} ${response.reason}`);
          await pause(gapMs);
        }
    }
  }

  /** Sends a tone (or several, or silence with null) from the next packet on; resolves with that packet's time, ms. */
  setTone(hz: number | readonly number[] | null, level?: number): Promise<number> {
    return this.media.sender.setTone(hz === null ? [] : typeof hz === 'number' ? [hz] : hz, level);
  }

  /** Peak of each tone sent, 0 to 32767. */
  setLevel(level: number): Promise<number> {
    return this.media.sender.setTone(this.media.sender.tone, level);
  }

  /** Sends no packets at all, or again. */
  mute(on = true): void {
    this.media.sender.muted = on;
  }

  /** Sends these samples once in place of the tone. */
  play(samples: Int16Array, rate: number): Promise<void> {
    return this.media.sender.play(samples, rate);
  }

  /** Sends a WAV file (16-bit PCM, first channel). */
  playWav(path: string): Promise<void> {
    const { samples, rate } = readWav(readFileSync(path));
    return this.play(samples, rate);
  }

  impair(impairment: Impairment): void {
    this.media.sender.impairment = impairment;
  }

  /** The direction of the session as the other side sees ours: what a SIP trace would show last. */
  get direction(): Direction {
    return this.media.direction;
  }
}
