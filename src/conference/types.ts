// The words of the domain, shared by every folder: what a member is, what a mix is, what a sound is.
// Types only, so that importing this file costs nothing at run time.

/** Moderators may do more and enter locked conferences; see ConferenceDocument.moderator. */
export type Role = 'member' | 'moderator';

/** Counter within one running conference, 1 upwards, never used twice in it (Kazoo's participant_id). */
export type MemberId = number;

/** How one member is bent towards another: A 'deaf' B = A does not hear B; A 'mute' B = B does not hear A. */
export type Relationship = 'deaf' | 'mute';

/** Everything that decides who hears whom; one per member, kept by Conference. */
export interface MemberState {
  readonly id: MemberId;
  /** Id of the phone call (SIP Call-ID made safe and unique by calls/), the key to its ingress. */
  readonly callId: string;
  readonly role: Role;
  readonly muted: boolean;
  readonly deaf: boolean;
  /** On hold by an API or by the conference: neither hears nor speaks. */
  readonly held: boolean;
  /** The phone itself put the call on hold (SDP sendonly or inactive): neither hears nor speaks. */
  readonly phoneHold: boolean;
  /** Waits for a moderator: hears music, neither hears nor speaks. */
  readonly waiting: boolean;
  /** −4..4, steps of 3 dB, 0 neutral: how loud the others hear this member. */
  readonly talkLevel: number;
  /** −4..4, steps of 3 dB, 0 neutral: how loud this member hears the others. */
  readonly listenLevel: number;
  /** Mean absolute 16-bit sample, 0..1800, below which the member is not heard; 0 = no gate. */
  readonly energyLevel: number;
  readonly relations: ReadonlyMap<MemberId, Relationship>;
}

/** A thing that can be heard: a member, a bus that mixes others, or the room's announcer. */
export type Source =
  | { readonly kind: 'member'; readonly id: MemberId }
  | { readonly kind: 'bus'; readonly id: string }
  | { readonly kind: 'announcer' };

/** One source as one hearer gets it. */
export interface Edge {
  readonly from: Source;
  /** dB, 0 = as it is. Anything else needs the gain relay. */
  readonly gain: number;
}

/** A mix made once and heard by several. */
export interface Bus {
  readonly id: string;
  readonly inputs: readonly Source[];
}

/** What one member hears. `forward` = exactly one bus is passed on as it is, without a mixer of its own. */
export interface Hearer {
  readonly id: MemberId;
  readonly hears: readonly Edge[];
  readonly forward: boolean;
}

/** How one member's audio is bent on its way in and out; absent = neutral, which costs nothing. */
export interface Bend {
  readonly id: MemberId;
  /** dB */
  readonly talkGain: number;
  /** dB */
  readonly listenGain: number;
  /** Mean absolute 16-bit sample. */
  readonly gate: number;
}

/** The whole wanted mix of one room; made by planMix, carried out by rtp/. */
export interface MixPlan {
  readonly buses: readonly Bus[];
  /** Every member of the room has one entry, also who hears nobody. */
  readonly hearers: readonly Hearer[];
  readonly bends: readonly Bend[];
  /** What a recorder of the room hears; absent = nothing is recorded. */
  readonly recorder?: readonly Source[];
}

/**
 * A sound by meaning, not by file. `prompt` = a spoken sentence of media/prompts by name; `tone` = FreeSWITCH tone
 * string (`%(300,0,523,659)`); `media` = stored media id or URL as written in a document, `instead` = what is heard when
 * there is no such sound; `music` = the default hold music; `file` = a file that the box itself made (a recorded name), never named by a document;
 * `sequence` = one after the other without a gap.
 */
export type Sound =
  | { readonly kind: 'prompt'; readonly name: string }
  | { readonly kind: 'tone'; readonly tone: string }
  | { readonly kind: 'media'; readonly id: string; readonly instead?: Sound }
  | { readonly kind: 'music' }
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'silence'; readonly ms: number }
  | { readonly kind: 'sequence'; readonly sounds: readonly Sound[] };

/** Time as the domain sees it; tests move it by hand. */
export interface Clock {
  /** Unix time, ms. */
  now(): number;
  /** Calls fn once after ms; the returned function cancels. */
  after(ms: number, fn: () => void): () => void;
}

/** Why a call or a membership ended; written to the call record and to the logs. */
export type EndReason =
  | 'hangup' // the phone hung up
  | 'left' // pressed the leave button
  | 'kicked'
  | 'conference-ended'
  | 'moderator-left'
  | 'too-many-attempts'
  | 'blocked'
  | 'full'
  | 'locked'
  | 'not-found'
  | 'no-codec'
  | 'vanished' // neither RTP nor RTCP for the configured time
  | 'no-ack'
  | 'cancelled'
  | 'media-failed'
  | 'shutdown'
  | 'rejected'
  | 'busy'
  | 'no-answer'
  | 'unreachable' // called by us, and there was nobody to be called
  | 'error';
