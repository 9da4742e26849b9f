// Carries out on the conference what a member's key asks for, and answers that member. What the conference cannot do
// by itself (recording, calling somebody) is returned for the caller to do.
import {
  fixedSounds,
  prompt,
  sequence,
  spokenNumber,
  type Conference,
  type Member,
  type MemberId,
  type Sound,
} from '../conference/index.js';
import type { Action } from './actions.js';

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

/** Names or numbers that one roll call speaks; more would take minutes. */
const longestRollCall = 20;

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
      conference.setMuted(memberId, true, by);
      return done;
    case 'unmute':
      return member.muted ? unmute(conference, memberId) : nothing;
    case 'deaf-toggle':
      conference.toggleDeaf(memberId, by);
      return done;
    case 'deaf':
      conference.setDeaf(memberId, true, by);
      return done;
    case 'undeaf':
      conference.setDeaf(memberId, false, by);
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
      conference.tell(memberId, spokenNumber(conference.participantCount));
      return done;
    case 'roll-call':
      return rollCall(conference, memberId);
    case 'lock-toggle':
      return outcome(conference.lock(!conference.locked, by));
    case 'lock':
      return outcome(conference.lock(true, by));
    case 'unlock':
      return outcome(conference.lock(false, by));
    case 'mute-all-toggle':
      if (conference.muteAllActive) conference.unmuteAll(by);
      else conference.muteAll(by);
      return done;
    case 'mute-all':
      conference.muteAll(by);
      return done;
    case 'unmute-all':
      conference.unmuteAll(by);
      return done;
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

/** Everybody's recorded name, or the digits of the number they call from. */
function rollCall(conference: Conference, memberId: MemberId): ActionResult {
  const pause: Sound = { kind: 'silence', ms: 400 };
  const spoken: (Sound | undefined)[] = [];
  let called = 0;
  for (const member of conference.members.values()) {
    if (member.ghost) continue;
    if (++called > longestRollCall) break;
    spoken.push(member.name ?? spokenDigits(member.callerNumber), pause);
  }
  const sound = sequence(spoken);
  return outcome(sound !== undefined && conference.tell(memberId, sound));
}

function spokenDigits(number: string): Sound | undefined {
  return sequence(Array.from(number.replace(/\D/g, '').slice(0, 16), (digit) => prompt(`digit-${digit}`)));
}

/** The newest member who is no moderator. */
function kickLast(conference: Conference, by: MemberId): ActionResult {
  const candidates = [...conference.members.values()].filter(
    (member) => member.id !== by && member.role === 'member' && !member.ghost,
  );
  const last = candidates.at(-1);
  return outcome(last !== undefined && conference.kick(last.id));
}
