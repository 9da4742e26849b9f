// Calls that programs make to bring somebody into a meeting: placed, told of, and asked for; beside them every other call
// on the box, which a program may ask for by its id.
import { EventEmitter } from 'node:events';
import type { Clock, EndReason } from '../conference/index.js';
import { messageOf } from '../errors.js';
import type { Log } from '../log.js';
import type { CallbackTarget, CallRecord, CallRecords, PlacedCall, PlacedCalls } from '../store/index.js';
import type { Dialler } from './dialler.js';
import type { Meetings } from './meetings.js';

/** A call that was placed for a program. */
export interface MeetingCall extends PlacedCall {
  /** Unix ms. */
  readonly endedAt?: number;
  readonly endReason?: EndReason;
}

export interface NewMeetingCall {
  readonly userId: string;
  readonly from: string;
  /** A number or a sip: address. */
  readonly to: string;
  readonly conferenceId: string;
  readonly timeoutMs: number;
  readonly target: CallbackTarget;
}

/** Calls are values: each is how things stood at the event. */
export interface MeetingCallsEvents {
  answered: [call: MeetingCall];
  ended: [call: MeetingCall];
  digit: [call: MeetingCall, digit: string];
}

export interface MeetingCallsOptions {
  readonly dialler: Pick<Dialler, 'dial' | 'callOff'>;
  readonly meetings: Pick<Meetings, 'get' | 'on'>;
  readonly records: Pick<CallRecords, 'get'>;
  readonly stored: Pick<PlacedCalls, 'write' | 'remove' | 'all'>;
  readonly clock: Clock;
  readonly log: Log;
}

/** Calls that are kept, those that have ended go first; ours. */
const mostKept = 1000;

export class MeetingCalls extends EventEmitter<MeetingCallsEvents> {
  private readonly options: MeetingCallsOptions;
  private readonly calls = new Map<string, MeetingCall>();
  private writing: Promise<void> = Promise.resolve();

  constructor(options: MeetingCallsOptions) {
    super();
    this.options = options;
    // It may end without ever having begun.
    options.meetings.on('completed', ({ id }) => options.dialler.callOff(id));
  }

  /** What went on when the box went down is over. */
  async start(): Promise<void> {
    for (const call of await this.options.stored.all()) {
      this.keep(call);
      this.end(call.id, 'error');
    }
  }

  /** Resolves when everything is written. */
  async stop(): Promise<void> {
    await this.writing;
  }

  /**
   * Calls somebody, who waits in silence until made a member.
   * @throws DialRefused; MeetingError when there is no such meeting
   */
  async place(wanted: NewMeetingCall): Promise<MeetingCall> {
    const { dialler, meetings, clock } = this.options;
    const { userId, from, to, conferenceId, timeoutMs, target } = wanted;
    await meetings.get(userId, conferenceId);
    const invitation = await dialler.dial(to, {
      conferenceId,
      callerNumber: from,
      timeoutMs,
      waits: true,
    });
    const { id } = invitation;
    const call: MeetingCall = { id, userId, from, to, conferenceId, target, startedAt: clock.now() };
    this.keep(call);
    this.write((stored) => stored.write(call));
    invitation.on('answered', () => {
      const answered = this.change(id, { answeredAt: clock.now() });
      if (!answered) return;
      this.write((stored) => stored.write({ ...call, answeredAt: clock.now() }));
      this.emit('answered', answered);
    });
    invitation.on('ended', (endReason) => this.end(id, endReason));
    return call;
  }

  /** A call that was placed for this user. */
  placed(userId: string, id: string): MeetingCall | undefined {
    const call = this.calls.get(id);
    return call?.userId === userId ? call : undefined;
  }

  /** Any call on the box; those that were placed for others do not exist. */
  async record(userId: string, id: string): Promise<CallRecord | undefined> {
    const call = this.calls.get(id);
    return call && call.userId !== userId ? undefined : this.options.records.get(id);
  }

  /** A phone has pressed a key. */
  keyed(callId: string, digit: string): void {
    const call = this.calls.get(callId);
    if (call) this.emit('digit', call, digit);
  }

  private keep(call: MeetingCall): void {
    if (this.calls.size >= mostKept) {
      const [oldest] = this.calls.keys();
      const over = [...this.calls.values()].find(({ endedAt }) => endedAt !== undefined)?.id ?? oldest;
      if (over !== undefined) this.calls.delete(over);
    }
    this.calls.set(call.id, call);
  }

  private end(id: string, endReason: EndReason): void {
    const ended = this.change(id, { endedAt: this.options.clock.now(), endReason });
    if (ended) this.emit('ended', ended);
    // After what is told of it has been written.
    this.write((stored) => stored.remove(id));
  }

  /** One after the other. */
  private write(work: (stored: MeetingCallsOptions['stored']) => Promise<void>): void {
    const { stored, log } = this.options;
    this.writing = this.writing
      .then(() => work(stored))
      .catch((error: unknown) => log.warn('placed call not written', { error: messageOf(error) }));
  }

  private change(id: string, changes: Partial<MeetingCall>): MeetingCall | undefined {
    const before = this.calls.get(id);
    if (!before) return undefined;
    const after = { ...before, ...changes };
    this.calls.set(id, after);
    return after;
  }
}
