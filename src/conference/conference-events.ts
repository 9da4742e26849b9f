// What a Conference tells the world: facts (this happened) and effects (carry this out). One event per fact, one
// payload object per event. Facts are emitted after the state changed, so a listener that asks sees the new state.
import type { Member } from './member.js';
import type { EndReason, MemberId, Role, Sound } from './types.js';

/** Who caused a change: a member by button, an API or the web page, the member's phone, or a rule of the conference. */
export type Actor = MemberId | 'api' | 'phone' | 'conference';

/** Which property of a member changed. */
export type MemberChange =
  | 'muted'
  | 'deaf'
  | 'held'
  | 'phone-hold'
  | 'waiting'
  | 'role'
  | 'talk-level'
  | 'listen-level'
  | 'energy-level'
  | 'relations'
  | 'hand'
  | 'tones';

/** Which property of the whole conference changed; the lock has events of its own. */
export type ConferenceChange = 'muted' | 'held' | 'mute-all' | 'open' | 'document' | 'recorded';

/** Why a conference is over; 'last-left' is the usual way. */
export type ConferenceEndReason = 'last-left' | EndReason;

export type Admission = 'ok' | 'full' | 'locked';

/** Who hears a sound: one member, everybody in the room (not who waits for a moderator), or all of those but one. */
export type Audience = MemberId | 'all' | { readonly except: MemberId };

export interface ConferenceEvents {
  // Facts.
  /** The first member is about to join: the conference runs from now on. */
  started: [];
  'member-joined': [{ member: Member }];
  /** The member is no longer in `members`. */
  'member-left': [{ member: Member; reason: EndReason }];
  'member-changed': [{ member: Member; what: MemberChange; by: Actor }];
  /** While the media side listens: somebody whom the room may hear talks, and not for a click only. */
  'talk-started': [{ member: Member }];
  'talk-stopped': [{ member: Member }];
  locked: [{ by: Actor }];
  unlocked: [{ by: Actor }];
  'conference-changed': [{ what: ConferenceChange; by: Actor }];
  /** The last event; `members` is empty, nothing may be asked of this conference any more. */
  'conference-ended': [{ reason: ConferenceEndReason }];

  // Effects.
  /** The plan is out of date; said once until `plan()` is called, however much changes meanwhile. */
  mix: [];
  /** Play once. Order matters per hearer: sounds to one hearer follow each other. `id` comes from announce or tell. */
  sound: [{ to: Audience; sound: Sound; id?: string }];
  /** Play in a loop to one member under the one-shot sounds, until the next such event; null = stop at once. */
  music: [{ memberId: MemberId; sound: Sound | null }];
  /**
   * Hang up on a member who has just left the conference (it follows their 'member-left'): take the phone out of
   * the room, play the sound to it if there is one, then end the call with this reason.
   */
  dismiss: [{ memberId: MemberId; callId: string; reason: EndReason; sound?: Sound }];
}

/** What a phone call brings to its membership. */
export interface JoinOptions {
  readonly callId: string;
  readonly role: Role;
  readonly callerName: string;
  readonly callerNumber: string;
  /** Called by the box instead of calling in. */
  readonly invited?: boolean;
  /** What is absent here comes from the document (`member.join_muted` and so on). */
  readonly flags?: {
    readonly mute?: boolean;
    readonly deaf?: boolean;
    /** On hold from the start. */
    readonly hold?: boolean;
    /** Listens in: not counted, not announced, opens nothing, keeps nothing running. */
    readonly ghost?: boolean;
    /** Hears silence instead of hold music. */
    readonly disableMusic?: boolean;
  };
  /** true = the conference's tone, false = none, a string = that tone or media id; absent = as the document says. */
  readonly joinTone?: boolean | string;
  readonly leavingTone?: boolean | string;
  /** false = no "you are now joining"; absent = as the document says. */
  readonly entryPrompt?: boolean;
  /** The caller's recorded name, announced where the document says `play_name`. */
  readonly name?: Sound;
}
