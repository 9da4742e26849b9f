// What happened in a conference, in the words and the form of Kazoo's events.
import type { FeedEvent, MemberFacts } from '../../calls/index.js';
import { nodeName, type BoxIdentity } from './envelope.js';

export interface EventView {
  /** Kazoo's name for this kind of event. */
  readonly name: string;
  readonly routingKey: string;
  readonly data: Record<string, unknown>;
}

/** undefined = Kazoo has no such event. */
export function eventView(event: FeedEvent, box: BoxIdentity, accountId: string): EventView | undefined {
  const word = wordOf(event);
  if (word === undefined) return undefined;
  const { conference, seq } = event;
  const member = 'member' in event ? event.member : undefined;
  const name = member ? 'participant_event' : 'conference_event';
  return {
    name,
    routingKey: `conference.event.${conference.id}.${member?.callId ?? '*'}`,
    data: {
      event: word,
      event_category: 'conference',
      event_name: name,
      app_name: 'partyline',
      app_version: box.version,
      node: nodeName(box),
      focus: nodeName(box),
      msg_id: seq.toString(16).padStart(16, '0'),
      sequence: seq,
      conference_id: conference.id,
      instance_id: conference.instanceId,
      custom_channel_vars: { account_id: accountId },
      ...(member && participantOf(member)),
    },
  };
}

function wordOf(event: FeedEvent): string | undefined {
  switch (event.kind) {
    case 'started':
      return 'conference-create';
    case 'conference-ended':
      return 'conference-destroy';
    case 'locked':
      return 'lock';
    case 'unlocked':
      return 'unlock';
    case 'member-joined':
      return 'add-member';
    case 'member-left':
      return 'del-member';
    case 'talk-started':
      return 'start-talking';
    case 'talk-stopped':
      return 'stop-talking';
    case 'member-changed':
      if (event.what === 'muted') return event.member.muted ? 'mute-member' : 'unmute-member';
      if (event.what === 'deaf') return event.member.deaf ? 'deaf-member' : 'undeaf-member';
      return undefined;
    case 'conference-changed':
      return undefined;
  }
}

function participantOf(member: MemberFacts): Record<string, unknown> {
  return {
    participant_id: member.id,
    call_id: member.callId,
    caller_id_name: member.callerName,
    caller_id_number: member.callerNumber,
    speak: !member.muted,
    hear: !member.deaf,
    talking: member.talking,
    floor: member.floor,
    mute_detect: member.speaksInVain,
    energy_level: member.energyLevel,
    current_energy: member.energy,
    video: false,
    conference_channel_vars: { is_moderator: member.role === 'moderator' },
  };
}
