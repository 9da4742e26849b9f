// A call that the box makes to lead somebody into a conference, as whoever asked for it sees it: what was asked for, how
// far it has come, and a way to call it off.
import { EventEmitter } from 'node:events';
import type { EndReason, JoinOptions, Role } from '../conference/index.js';

export interface DialOptions {
  /** Of a stored conference; it is begun when nobody is in it. */
  readonly conferenceId: string;
  /** True: whoever answers waits in silence until led into the conference (Exchange.enter). */
  readonly waits?: boolean;
  /** Default 'member'. */
  readonly role?: Role;
  /** What is absent here is off, whatever the document says of those who call in. */
  readonly flags?: JoinOptions['flags'];
  /** Only if somebody is in the conference, now and when the phone is answered. */
  readonly joinExisting?: boolean;
  /** Shown to who is called; default the conference's name. */
  readonly callerName?: string;
  /** Default the peer's caller id, or the conference's number. */
  readonly callerNumber?: string;
  /** How long the phone may ring, ms; default 20,000, at most 180,000. */
  readonly timeoutMs?: number;
}

export interface InvitationEvents {
  /** The phone rings. */
  ringing: [];
  /** The phone was answered, and is a member unless 'ended' follows. */
  answered: [];
  /** The last event, whether it was answered or not. */
  ended: [reason: EndReason];
}

export type InvitationState = 'calling' | 'ringing' | 'answered' | 'ended';

export class Invitation extends EventEmitter<InvitationEvents> {
  /** Id of the call. */
  readonly id: string;
  /** As it was asked for: a number or a SIP address. */
  readonly target: string;
  readonly options: DialOptions;
  private currentState: InvitationState = 'calling';
  private reason: EndReason | undefined;
  private readonly callOff: () => void;

  constructor(id: string, target: string, options: DialOptions, callOff: () => void) {
    super();
    this.id = id;
    this.target = target;
    this.options = options;
    this.callOff = callOff;
  }

  get state(): InvitationState {
    return this.currentState;
  }

  get endReason(): EndReason | undefined {
    return this.reason;
  }

  /** Stops the ringing; who has answered is a member, and is kicked like any other. */
  cancel(): void {
    if (this.currentState === 'calling' || this.currentState === 'ringing') this.callOff();
  }

  // ----- for InvitedCall -----

  rings(): void {
    if (this.currentState !== 'calling') return;
    this.currentState = 'ringing';
    this.emit('ringing');
  }

  answers(): void {
    this.currentState = 'answered';
    this.emit('answered');
  }

  ends(reason: EndReason): void {
    this.currentState = 'ended';
    this.reason = reason;
    this.emit('ended', reason);
  }
}
