// Conferences, members and calls in Catapult's words.
import type { EndReason } from '../../conference/index.js';
import type { CallRecord, CallbackTarget, MeetingMember, MeetingRecord } from '../../store/index.js';
import type { MeetingCall } from '../../calls/index.js';
import type { Addresses } from './addresses.js';

export function conferenceView(meeting: MeetingRecord): Record<string, unknown> {
  const { id, state, from, createdAt, completedAt, held, muted, interpretDigits, target } = meeting;
  return {
    id,
    state,
    from,
    createdTime: timeOf(createdAt),
    ...(completedAt !== undefined && { completedTime: timeOf(completedAt) }),
    activeMembers: activeMembersOf(meeting),
    hold: held,
    mute: muted,
    profile: interpretDigits ? 'interpret_digits' : 'passthru_digits',
    ...targetView(target),
  };
}

export function memberView(
  member: MeetingMember,
  conferenceId: string,
  userId: string,
  addresses: Addresses,
): Record<string, unknown> {
  const { id, callId, addedAt, removedAt, muted, held, joinTone, leavingTone } = member;
  return {
    id,
    state: stateOf(member),
    mute: muted,
    hold: held,
    joinTone,
    leavingTone,
    addedTime: timeOf(addedAt),
    ...(removedAt !== undefined && { removedTime: timeOf(removedAt) }),
    call: addresses.call(userId, callId),
    conference: addresses.conference(userId, conferenceId),
  };
}

/** @param placed for what the record does not have */
export function callView(
  record: CallRecord,
  placed: MeetingCall | undefined,
  userId: string,
  addresses: Addresses,
): Record<string, unknown> {
  const { id, direction, startedAt, answeredAt, endedAt, endReason } = record;
  const conferenceId = placed?.conferenceId ?? record.conferenceId;
  return {
    id,
    direction: direction === 'inbound' ? 'in' : 'out',
    from: placed?.from ?? record.callerNumber,
    to: placed?.to ?? record.calledNumber,
    state: endedAt === undefined ? (answeredAt === undefined ? 'started' : 'active') : endStateOf(record),
    startTime: timeOf(startedAt),
    ...(answeredAt !== undefined && { activeTime: timeOf(answeredAt) }),
    ...(endedAt !== undefined && { endTime: timeOf(endedAt), cause: causeOf(endReason ?? 'error') }),
    ...(conferenceId !== undefined && {
      conferenceId,
      conference: addresses.conference(userId, conferenceId),
    }),
    ...(placed && targetView(placed.target)),
  };
}

/** Members that are in. */
export function activeMembersOf({ members }: MeetingRecord): number {
  return members.filter(({ removedAt }) => removedAt === undefined).length;
}

export function stateOf({ removedAt }: MeetingMember): 'active' | 'completed' {
  return removedAt === undefined ? 'active' : 'completed';
}

export function timeOf(unixMs: number): string {
  return new Date(unixMs).toISOString();
}

/** Catapult tells ends of calls in the words of FreeSWITCH (the names of ITU-T Q.850's causes). */
export function causeOf(reason: EndReason): string {
  switch (reason) {
    case 'busy':
      return 'USER_BUSY';
    case 'no-answer':
      return 'NO_ANSWER';
    case 'cancelled':
      return 'ORIGINATOR_CANCEL';
    case 'rejected':
      return 'CALL_REJECTED';
    case 'not-found':
      return 'UNALLOCATED_NUMBER';
    case 'unreachable':
      return 'NO_ROUTE_DESTINATION';
    case 'no-codec':
      return 'INCOMPATIBLE_DESTINATION';
    case 'media-failed':
    case 'error':
    case 'vanished':
    case 'no-ack':
      return 'NORMAL_TEMPORARY_FAILURE';
    default:
      return 'NORMAL_CLEARING';
  }
}

function endStateOf({ answeredAt }: CallRecord): 'completed' | 'rejected' {
  return answeredAt === undefined ? 'rejected' : 'completed';
}

function targetView({ callbackUrl, callbackHttpMethod, callbackTimeout, fallbackUrl, tag }: CallbackTarget) {
  return {
    ...(callbackUrl !== undefined && {
      callbackUrl,
      callbackHttpMethod: callbackHttpMethod ?? 'POST',
      callbackTimeout: callbackTimeout ?? 10_000,
    }),
    ...(fallbackUrl !== undefined && { fallbackUrl }),
    ...(tag !== undefined && { tag }),
  };
}
