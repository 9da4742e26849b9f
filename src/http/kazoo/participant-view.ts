// Participants as Kazoo shows them. There is no video, and whoever asks for the other figures has the box listen first.
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
  { id, box, now, energyOf }: Seen,
): Record<string, unknown> {
  const { speech } = running;
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
      floor: speech.floor === member.id,
      video: false,
      speak: !member.muted,
      hear: !member.deaf,
      talking: speech.talking.has(member.id),
      mute_detect: speech.inVain(member.id),
      energy_level: member.energyLevel,
      current_energy: energyOf?.(member.id) ?? 0,
      member_id: member.id,
      member_ghost: member.ghost,
    },
  };
}
