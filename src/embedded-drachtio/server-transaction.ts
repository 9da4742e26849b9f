// One request that came in, until it is answered for good (RFC 3261 §17.2, with the Accepted state of RFC 6026).
// Answers retransmissions by itself; retransmits a failure until the ACK. A 2xx to an INVITE is repeated by the dialog,
// because its ACK belongs to the dialog.
import type { SipMessage } from './sip-message.js';
import { giveUpAfter, repeating, type Timers } from './timers.js';
import type { Place } from './transports.js';

export type ServerState = 'trying' | 'proceeding' | 'completed' | 'confirmed' | 'accepted' | 'terminated';

export interface ServerTransactionParts {
  readonly id: string;
  readonly key: string;
  readonly request: SipMessage;
  /** Bytes of the request on the wire. */
  readonly size: number;
  /** Where the request came from. */
  readonly from: Place;
  /** Where responses go. */
  readonly to: Place;
  readonly timers: Timers;
  readonly send: (data: Buffer, to: Place) => void;
  readonly over: (transaction: ServerTransaction) => void;
}

export class ServerTransaction {
  readonly id: string;
  readonly key: string;
  readonly request: SipMessage;
  readonly size: number;
  readonly from: Place;
  readonly to: Place;
  state: ServerState = 'trying';
  /** Tag that our responses carry in To, once there is one. */
  toTag: string | undefined;
  /** Id of the dialog the transaction belongs to or makes; the application knows it before there is a dialog. */
  dialogId: string | undefined;
  private readonly parts: ServerTransactionParts;
  private last: Buffer | undefined;
  private stopRepeating: (() => void) | undefined;
  private endTimer: NodeJS.Timeout | undefined;

  constructor(parts: ServerTransactionParts) {
    this.parts = parts;
    this.id = parts.id;
    this.key = parts.key;
    this.request = parts.request;
    this.size = parts.size;
    this.from = parts.from;
    this.to = parts.to;
  }

  get isInvite(): boolean {
    return this.request.method === 'INVITE';
  }

  get answered(): boolean {
    return this.state !== 'trying' && this.state !== 'proceeding';
  }

  /** Sends a response that was made for this request. False when it has been answered for good already. */
  respond(status: number, data: Buffer): boolean {
    if (this.answered) return false;
    this.last = data;
    this.parts.send(data, this.to);
    if (status < 200) {
      this.state = 'proceeding';
      return true;
    }
    const { timers } = this.parts;
    const unreliable = this.to.protocol === 'udp';
    if (!this.isInvite) {
      this.state = 'completed';
      this.endIn(unreliable ? giveUpAfter(timers) : 0);
    } else if (status < 300) {
      this.state = 'accepted';
      this.endIn(giveUpAfter(timers));
    } else {
      this.state = 'completed';
      if (unreliable) this.stopRepeating = repeating(timers.t1, timers.t2, () => this.repeat());
      this.endIn(giveUpAfter(timers));
    }
    return true;
  }

  /** Sends again what the dialog repeats: its 2xx, or a reliable provisional response. */
  repeat(): void {
    if (this.last && this.state !== 'terminated') this.parts.send(this.last, this.to);
  }

  /** The request came once more. */
  retransmitted(): void {
    // In 'accepted' the 2xx is the dialog's to repeat, and the copy here saves one round trip.
    if (this.state !== 'confirmed') this.repeat();
  }

  /** The ACK of a failure. */
  acknowledged(): void {
    if (this.state !== 'completed') return;
    this.state = 'confirmed';
    this.stopRepeating?.();
    this.endIn(this.to.protocol === 'udp' ? this.parts.timers.t4 : 0);
  }

  terminate(): void {
    if (this.state === 'terminated') return;
    this.state = 'terminated';
    this.stopRepeating?.();
    clearTimeout(this.endTimer);
    this.parts.over(this);
  }

  private endIn(ms: number): void {
    clearTimeout(this.endTimer);
    if (ms === 0) this.terminate();
    else this.endTimer = setTimeout(() => this.terminate(), ms);
  }
}
