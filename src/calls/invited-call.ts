// One call that the box makes, from its INVITE to its record. Once it is answered it is a call like any other; only that
// it is led into its conference at once, past PIN and lock: it was invited.
import { soundsOf, type ConferenceDocument, type EndReason, type MemberId } from '../conference/index.js';
import { DialFailed, type OutgoingCall } from '../sip/index.js';
import type { CallShop } from './call-shop.js';
import { Call } from './call.js';
import { CallNotFree, type EntryOptions } from './entry.js';
import type { Invitation } from './invitation.js';

const defaultTimeoutMs = 20_000;
/** A proxy gives an INVITE up after as long (RFC 3261 §16.6, timer C). */
const longestTimeoutMs = 180_000;

export class InvitedCall extends Call {
  readonly invitation: Invitation;
  private readonly outgoing: OutgoingCall;
  private stopWaiting: () => void = () => undefined;

  constructor(shop: CallShop, outgoing: OutgoingCall, invitation: Invitation) {
    super(shop, invitation.id, outgoing);
    this.outgoing = outgoing;
    this.invitation = invitation;
  }

  /** The others in the conference see who was called, not who called. */
  override get callerName(): string {
    return '';
  }

  override get callerNumber(): string {
    return this.invitation.target.replace(/^sip:/i, '');
  }

  /** Calls, and leads who answers into the conference. Never throws. */
  async dial(): Promise<void> {
    const { shop, outgoing, invitation } = this;
    const { identity } = outgoing;
    const { conferenceId, role = 'member', timeoutMs = defaultTimeoutMs } = invitation.options;
    shop.records.begin({
      id: this.id,
      sipCallId: outgoing.sipCallId,
      direction: 'outbound',
      callerNumber: identity.callerNumber,
      callerName: identity.callerName,
      callerAddress: outgoing.sourceAddress,
      calledNumber: this.callerNumber,
      conferenceId,
      role,
      startedAt: this.startedAt,
    });
    this.log.info('call placed', {
      sipCallId: outgoing.sipCallId,
      to: invitation.target,
      conference: conferenceId,
    });
    outgoing.once('ringing', () => invitation.rings());
    this.stopWaiting = shop.clock.after(Math.min(timeoutMs, longestTimeoutMs), () => this.end('no-answer'));
    try {
      await this.answer();
      this.stopWaiting();
      if (!this.ended) await this.onAcknowledged(outgoing.answerSdp, this.ingress);
    } catch (error) {
      this.fail(error);
    }
  }

  /** @throws CallNotFree also when it was called for another conference */
  override enter(conferenceId: string, more?: EntryOptions): MemberId {
    if (this.invitation.options.conferenceId !== conferenceId) throw new CallNotFree('other-conference');
    return super.enter(conferenceId, more);
  }

  override end(reason: EndReason): void {
    if (this.ended) return;
    this.stopWaiting();
    super.end(reason);
    this.invitation.ends(reason);
  }

  protected override destination(): ConferenceDocument | undefined {
    const { conferences, directory } = this.shop;
    const { conferenceId } = this.invitation.options;
    return conferences.get(conferenceId)?.conference.document ?? directory.findById(conferenceId);
  }

  protected override lead(): void {
    const { conferences } = this.shop;
    const { conferenceId, role = 'member', flags = {}, joinExisting, waits } = this.invitation.options;
    const running = conferences.get(conferenceId);
    const document = this.destination();
    if (!document) return this.end('not-found');
    if (joinExisting && !running) return this.end('conference-ended');
    if (waits) return this.invitation.answers();
    const admission = conferences.admit(conferenceId, role, { invited: true });
    if (admission === 'ok') {
      const given = { ...flags, mute: flags.mute ?? false, deaf: flags.deaf ?? false };
      this.join(conferenceId, role, 0, { invited: true, flags: given });
      this.invitation.answers();
    } else {
      this.invitation.answers();
      this.sayGoodbye(admission, soundsOf(document)[admission], document.language);
    }
  }

  protected override fail(error: unknown): void {
    if (!(error instanceof DialFailed)) return super.fail(error);
    if (!this.ended) this.log.info('call not answered', { status: error.status, error: error.message });
    this.end(reasonOf(error));
  }
}

/** Why a call of ours was not answered, by the status of the answer (RFC 3261 §21). */
export function reasonOf({ status, rang }: Pick<DialFailed, 'status' | 'rang'>): EndReason {
  switch (status) {
    case 486:
    case 600:
      return 'busy';
    case 408:
      // Also what the SIP server says when nothing at all came back.
      return rang ? 'no-answer' : 'unreachable';
    case 480:
    case 487:
      return 'no-answer';
    case 404:
    case 410:
    case 484:
    case 485:
    case 604:
      return 'not-found';
    case 415:
    case 488:
    case 606:
      return 'no-codec';
    case 0:
    case 500:
    case 502:
    case 503:
    case 504:
      return 'unreachable';
    default:
      return 'rejected';
  }
}
