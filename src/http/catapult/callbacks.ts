// What happened, in the words of Catapult's callbacks, and how one of them travels. Events of a conference and of its
// members' calls stand in one line, so that they arrive in the order they happened.
import {
  CallbackImpossible,
  UrlRefused,
  type CallbackSender,
  type MeetingCall,
  type MeetingCalls,
  type Meetings,
  type MeetingSoundFact,
  type MeetingSounds,
  type GuardedRequests,
} from '../../calls/index.js';
import type { Clock } from '../../conference/index.js';
import type { CallbackMessage, CallbackTarget, MeetingMember, MeetingRecord } from '../../store/index.js';
import { Addresses } from './addresses.js';
import { activeMembersOf, causeOf, stateOf, timeOf } from './views.js';

export interface CallbacksParts {
  readonly meetings: Meetings;
  readonly meetingCalls: MeetingCalls;
  readonly meetingSounds: MeetingSounds;
  readonly sender: Pick<CallbackSender, 'post'>;
  /** Of the box as clients reach it: `http://192.0.2.1:8000`. */
  readonly base: string;
  readonly clock: Clock;
}

/** An answer to a callback says nothing but that it came. */
const mostAnswerBytes = 64 * 1024;

/** Tells everything from now on. */
export function tellCallbacks(parts: CallbacksParts): void {
  const { meetings, meetingCalls, meetingSounds } = parts;
  const { sender, clock } = parts;
  const addresses = new Addresses(parts.base);
  const post = (stream: string, target: CallbackTarget, body: Record<string, unknown>): void => {
    sender.post(stream, target, { ...body, ...(target.tag !== undefined && { tag: target.tag }) });
  };
  const conference = (meeting: MeetingRecord): void => {
    if (meeting.userId !== undefined) post(meeting.id, meeting.target, conferenceEvent(meeting, addresses));
  };
  meetings.on('created', conference);
  meetings.on('completed', conference);
  meetings.on('member', (meeting, member) => {
    const body = memberEvent(meeting, member, clock.now(), addresses);
    if (body) post(meeting.id, meeting.target, body);
  });
  meetings.on('digit', (meeting, callId, digit) => {
    // Who placed the call is told by itself.
    if (meeting.userId === undefined || meetingCalls.placed(meeting.userId, callId)?.target.callbackUrl)
      return;
    post(meeting.id, meeting.target, digitEvent(meeting.userId, callId, digit, clock.now(), addresses));
  });
  for (const status of ['started', 'done'] as const) {
    meetingSounds.on(status, (fact) => {
      const { meeting, tag = meeting.target.tag } = fact;
      const body = soundEvent(fact, status, clock.now(), addresses);
      if (body) post(meeting.id, { ...meeting.target, ...(tag !== undefined && { tag }) }, body);
    });
  }
  meetingCalls.on('answered', (call) => post(call.conferenceId, call.target, answerEvent(call, addresses)));
  meetingCalls.on('ended', (call) => post(call.conferenceId, call.target, hangupEvent(call, addresses)));
  meetingCalls.on('digit', (call, digit) => {
    post(call.conferenceId, call.target, digitEvent(call.userId, call.id, digit, clock.now(), addresses));
  });
}

/** One attempt to deliver a callback, for CallbackSender. */
export function callbackDelivery(
  requests: Pick<GuardedRequests, 'send'>,
  userAgent: string,
): (url: string, message: CallbackMessage) => Promise<void> {
  return async (text, { id, target, body }) => {
    const get = target.callbackHttpMethod === 'GET';
    const url = get ? withQuery(text, body) : text;
    try {
      const status = await requests.send(url, {
        method: get ? 'GET' : 'POST',
        timeoutMs: target.callbackTimeout ?? 10_000,
        mostBytes: mostAnswerBytes,
        headers: {
          'user-agent': userAgent,
          'x-callback-id': id,
          ...(!get && { 'content-type': 'application/json; charset=utf-8' }),
        },
        ...(!get && { body: JSON.stringify(body) }),
      });
      if (status < 200 || status > 299) throw new Error(`the receiver answered ${status}`);
    } catch (error) {
      if (error instanceof UrlRefused) throw new CallbackImpossible(error.message);
      throw error;
    }
  };
}

function withQuery(text: string, body: Readonly<Record<string, unknown>>): string {
  const url = new URL(text);
  for (const [name, value] of Object.entries(body)) url.searchParams.set(name, String(value));
  return url.href;
}

function conferenceEvent(meeting: MeetingRecord, addresses: Addresses): Record<string, unknown> {
  const { id, userId = '', state, createdAt, completedAt } = meeting;
  return {
    eventType: 'conference',
    conferenceId: id,
    conferenceUri: addresses.conference(userId, id),
    status: state,
    createdTime: timeOf(createdAt),
    ...(completedAt !== undefined && { completedTime: timeOf(completedAt) }),
  };
}

function memberEvent(
  meeting: MeetingRecord,
  member: MeetingMember,
  now: number,
  addresses: Addresses,
): Record<string, unknown> | undefined {
  const { id, userId } = meeting;
  if (userId === undefined) return undefined;
  return {
    eventType: 'conference-member',
    conferenceId: id,
    memberId: member.id,
    memberUri: addresses.member(userId, id, member.id),
    callId: member.callId,
    activeMembers: activeMembersOf(meeting),
    state: stateOf(member),
    hold: member.held,
    mute: member.muted,
    time: timeOf(now),
  };
}

/** What one member hears is told as an event of its call. */
function soundEvent(
  { meeting: { id, userId }, member, kind }: MeetingSoundFact,
  status: 'started' | 'done',
  now: number,
  addresses: Addresses,
): Record<string, unknown> | undefined {
  if (userId === undefined) return undefined;
  const word = kind === 'speech' ? 'speak' : 'playback';
  const time = timeOf(now);
  if (!member) {
    const conferenceUri = addresses.conference(userId, id);
    return { eventType: `conference-${word}`, conferenceId: id, conferenceUri, status, time };
  }
  const { callId } = member;
  const state = status === 'started' ? 'PLAYBACK_START' : 'PLAYBACK_STOP';
  return {
    eventType: word,
    callId,
    callUri: addresses.call(userId, callId),
    status,
    ...(kind === 'speech' && { state }),
    time,
  };
}

function digitEvent(userId: string, callId: string, digit: string, now: number, addresses: Addresses) {
  return {
    eventType: 'dtmf',
    callId,
    callUri: addresses.call(userId, callId),
    dtmfDigit: digit,
    time: timeOf(now),
  };
}

function answerEvent(call: MeetingCall, addresses: Addresses): Record<string, unknown> {
  const { id, userId, from, to, answeredAt = 0 } = call;
  return {
    eventType: 'answer',
    callId: id,
    callUri: addresses.call(userId, id),
    from,
    to,
    callState: 'active',
    time: timeOf(answeredAt),
  };
}

function hangupEvent(call: MeetingCall, addresses: Addresses): Record<string, unknown> {
  const { id, userId, from, to, endedAt = 0, endReason = 'error' } = call;
  return {
    eventType: 'hangup',
    callId: id,
    callUri: addresses.call(userId, id),
    from,
    to,
    cause: causeOf(endReason),
    time: timeOf(endedAt),
  };
}
