// Participants as Kazoo shows them. What the box does not know of a member keeps the value that Kazoo has for "no".
import type { Conference, Member } from '../../conference/index.js';
import { gregorianSeconds } from './envelope.js';
import type { Seen } from './conference-view.js';

/** In the order of joining. */
export function participantsOf(running: Conference, seen: Seen): Record<string, unknown>[] {
  return [...running.members.values()].map((member) => participantView(member, running, seen));
}

export function participantView(
  member: Member,
  running: Conference,
  { id, box, now }: Seen,
): Record<string, unknown> {
  return {
    call_id: member.callId,
    // On Kazoo's switch a conference is named by its id.
    conference_name: id,
    conference_uuid: running.instanceId,
    switch_hostname: box.name,
    participant_id: member.id,
    join_time: gregorianSeconds(member.joinedAt),
    duration: Math.max(0, Math.floor((now - member.joinedAt) / 1000)),
    caller_id_name: member.callerName,
    caller_id_number: member.callerNumber,
    custom_channel_vars: {},
    conference_channel_vars: {
      is_moderator: member.role === 'moderator',
      floor: running.floorHolder === member.id,
      // Ours: the member asks to speak.
      hand_raised: member.handRaised,
      video: false,
      speak: !member.muted,
      hear: !member.deaf,
      talking: false,
      mute_detect: false,
      energy_level: member.energyLevel,
      current_energy: 0,
      member_id: member.id,
      member_ghost: member.ghost,
    },
  };
}
