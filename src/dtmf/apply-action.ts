// Carries out on the conference what a member's key asks for, and answers that member. What the conference cannot do
// by itself (recording, calling somebody) is returned for the caller to do.
import {
  fixedSounds,
  soundsOf,
  spokenCount,
  spokenNumber,
  type Conference,
  type Member,
  type MemberId,
} from '../conference/index.js';
import type { Action } from './actions.js';
import { rollCall } from './roll-call.js';

export type ActionResult =
  | { readonly kind: 'done' }
  /** Nobody of that id is in the conference, or there was nothing to do it to. */
  | { readonly kind: 'nothing' }
  | { readonly kind: 'record-toggle' }
  | { readonly kind: 'dial-out'; /** What to call. */ readonly to: string };

const done: ActionResult = { kind: 'done' };
const nothing: ActionResult = { kind: 'nothing' };

/** One press changes the gate by so much (mean absolute 16-bit sample); spoken as a number of such steps. */
export const energyStep = 200;

export function applyAction(conference: Conference, memberId: MemberId, action: Action): ActionResult {
  const member = conference.member(memberId);
  if (!member) return nothing;
  const by = memberId;
  switch (action.name) {
    case 'mute-toggle':
      if (member.muted) return unmute(conference, memberId);
      conference.setMuted(memberId, true, by);
      return done;
    case 'mute':
      if (!conference.setMuted(memberId, true, by)) tellAgain(conference, memberId, 'muted');
      return done;
    case 'unmute':
      if (member.muted) return unmute(conference, memberId);
      tellAgain(conference, memberId, 'unmuted');
      return done;
    case 'deaf-toggle':
      conference.toggleDeaf(memberId, by);
      return done;
    case 'deaf':
      if (!conference.setDeaf(memberId, true, by)) tellAgain(conference, memberId, 'deaf');
      return done;
    case 'undeaf':
      if (!conference.setDeaf(memberId, false, by)) tellAgain(conference, memberId, 'undeaf');
      return done;
    case 'deaf-mute-toggle':
      // One key for both: the mute decides which way it goes.
      conference.setVoice(memberId, { muted: !member.muted, deaf: !member.muted }, by);
      return done;
    case 'talk-down':
      return talk(conference, member, member.talkLevel - 1);
    case 'talk-reset':
      return talk(conference, member, 0);
    case 'talk-up':
      return talk(conference, member, member.talkLevel + 1);
    case 'listen-down':
      return listen(conference, member, member.listenLevel - 1);
    case 'listen-reset':
      return listen(conference, member, 0);
    case 'listen-up':
      return listen(conference, member, member.listenLevel + 1);
    case 'sensitivity-up':
      return gate(conference, member, member.energyLevel - energyStep);
    case 'sensitivity-reset':
      return gate(conference, member, undefined);
    case 'sensitivity-down':
      return gate(conference, member, member.energyLevel + energyStep);
    case 'leave':
      conference.dismiss(memberId, 'left', fixedSounds.goodbye);
      return done;
    case 'raise-hand-toggle':
      conference.setHandRaised(memberId, !member.handRaised, by);
      return done;
    case 'count':
      conference.tell(memberId, spokenCount(conference.participantCount));
      return done;
    case 'roll-call': {
      const sound = rollCall(conference);
      return outcome(sound !== undefined && conference.tell(memberId, sound));
    }
    case 'moh-toggle':
      return outcome(conference.setMusic(!conference.music, by));
    case 'lock-toggle':
      return lock(conference, memberId, !conference.locked);
    case 'lock':
      return lock(conference, memberId, true);
    case 'unlock':
      return lock(conference, memberId, false);
    case 'mute-all-toggle':
      return muteAll(conference, memberId, !conference.muteAllActive);
    case 'mute-all':
      return muteAll(conference, memberId, true);
    case 'unmute-all':
      return muteAll(conference, memberId, false);
    case 'next-speaker': {
      const next = conference.giveFloorToNext(by);
      conference.tell(memberId, next === undefined ? fixedSounds.nobodyAsks : fixedSounds.nextSpeaker);
      return done;
    }
    case 'kick-last':
      return kickLast(conference, memberId);
    case 'end-conference':
      conference.end('conference-ended');
      return done;
    case 'record-toggle':
      return { kind: 'record-toggle' };
    case 'dial-out':
      return action.data ? { kind: 'dial-out', to: action.data } : nothing;
  }
}

function outcome(changed: boolean): ActionResult {
  return changed ? done : nothing;
}

/** Nothing has changed, but who presses a key wants to know how things are. */
function tellAgain(
  conference: Conference,
  memberId: MemberId,
  what: 'muted' | 'unmuted' | 'deaf' | 'undeaf',
): void {
  const sound = soundsOf(conference.document)[what];
  if (sound) conference.tell(memberId, sound);
}

/** A change is told to all, the same again to who pressed. */
function lock(conference: Conference, memberId: MemberId, locked: boolean): ActionResult {
  if (!conference.lock(locked, memberId)) {
    conference.tell(memberId, locked ? fixedSounds.lock : fixedSounds.unlock);
  }
  return done;
}

function muteAll(conference: Conference, memberId: MemberId, on: boolean): ActionResult {
  if (on) conference.muteAll(memberId);
  else conference.unmuteAll(memberId);
  conference.tell(memberId, on ? fixedSounds.allMuted : fixedSounds.allUnmuted);
  return done;
}

/** Who asks to be heard wants to hear again as well. */
function unmute(conference: Conference, memberId: MemberId): ActionResult {
  conference.setVoice(memberId, { muted: false, deaf: false }, memberId);
  return done;
}

/** The level is spoken even when it was at its end already: the member wants to know. */
function talk(conference: Conference, member: Member, level: number): ActionResult {
  const now = conference.setTalkLevel(member.id, level, member.id) ?? 0;
  conference.tell(member.id, spokenNumber(now));
  return done;
}

function listen(conference: Conference, member: Member, level: number): ActionResult {
  const now = conference.setListenLevel(member.id, level, member.id) ?? 0;
  conference.tell(member.id, spokenNumber(now));
  return done;
}

function gate(conference: Conference, member: Member, level: number | undefined): ActionResult {
  const now = conference.setEnergyLevel(member.id, level, member.id) ?? 0;
  conference.tell(member.id, spokenNumber(Math.round(now / energyStep)));
  return done;
}

/** The newest member who is no moderator. */
function kickLast(conference: Conference, by: MemberId): ActionResult {
  const candidates = [...conference.members.values()].filter(
    (member) => member.id !== by && member.role === 'member' && !member.ghost,
  );
  const last = candidates.at(-1);
  return outcome(last !== undefined && conference.kick(last.id));
}
