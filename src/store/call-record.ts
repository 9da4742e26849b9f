// What is kept of one phone call, and what can be asked about calls: the words only, shared by who writes and reads.
import type { EndReason, Role } from '../conference/types.js';

export interface CallRecord {
  /** The call's id inside the box, unique for ever. */
  readonly id: string;
  readonly sipCallId: string;
  /** The SIP server's id of the dialog, by which it can still be ended after a crash. */
  readonly dialogId?: string;
  readonly direction: 'inbound' | 'outbound';
  readonly callerNumber: string;
  readonly callerName: string;
  /** IP address and port the call came from or went to. */
  readonly callerAddress: string;
  readonly calledNumber: string;
  readonly conferenceId?: string;
  readonly conferenceName?: string;
  readonly role?: Role;
  readonly participantId?: number;
  /** Times are unix ms. */
  readonly startedAt: number;
  readonly answeredAt?: number;
  readonly joinedAt?: number;
  /** Absent = the call is going on. */
  readonly endedAt?: number;
  readonly endReason?: EndReason;
  readonly codec?: string;
}

/** What is known when a call begins. */
export type NewCall = CallRecord;

/** What becomes known later; id and startedAt never change. */
export type CallChanges = Partial<Omit<CallRecord, 'id' | 'startedAt'>>;

export interface CallFilter {
  /** startedAt >= from, unix ms. */
  readonly from?: number;
  /** startedAt < to, unix ms. */
  readonly to?: number;
  readonly conferenceId?: string;
  /** Part of the caller's number or name, upper and lower case alike. */
  readonly caller?: string;
  /** true = only calls that go on, false = only those that ended. */
  readonly live?: boolean;
  /** 1..500, 50 when absent. */
  readonly limit?: number;
  /** `next` of the page before. */
  readonly after?: string;
}

/** One page of calls, newest first. */
export interface CallList {
  readonly calls: readonly CallRecord[];
  /** Absent on the last page. */
  readonly next?: string;
}

/** How much of the past is kept. Calls that go on are never removed. */
export interface Retention {
  /** 100,000 when absent. */
  readonly maxRows?: number;
  /** Days; absent = no limit of age. */
  readonly maxAgeDays?: number;
}
