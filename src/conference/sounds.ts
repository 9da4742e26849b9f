// Which sound a conference plays when. Precedence: the document's own key, then its profile, then the default here.
// Sounds are meanings (types.ts), never files.
import { namedProfileOf, profileOf } from './defaults.js';
import type { ConferenceDocument, ConferenceProfile } from './document.js';
import type { Role, Sound } from './types.js';

export function prompt(name: string): Sound {
  return { kind: 'prompt', name };
}

/** Sounds one after the other; one sound stays as it is, none is undefined. */
export function sequence(sounds: readonly (Sound | undefined)[]): Sound | undefined {
  const heard = sounds.filter((sound) => sound !== undefined);
  return heard.length > 1 ? { kind: 'sequence', sounds: heard } : heard[0];
}

/**
 * A sound as a document writes it: a FreeSWITCH tone, a stream name, a prompt's name or a media id; undefined where
 * the text asks for silence (empty, or `silence_stream://`).
 */
export function soundOf(text: string): Sound | undefined {
  const value = text.trim();
  if (value === '' || value.startsWith('silence_stream://')) return undefined;
  if (value.startsWith('tone_stream://')) return { kind: 'tone', tone: value.slice('tone_stream://'.length) };
  if (value.includes('%(')) return { kind: 'tone', tone: value };
  if (value === '$${hold_music}' || value.startsWith('local_stream://')) return { kind: 'music' };
  // prompt://<account>/<name>/<language>; the conference's language is known already.
  const named = /^prompt:\/\/(?:[^/]*\/)?([A-Za-z0-9_-]+)(?:\/[^/]*)?$/.exec(value);
  if (named?.[1]) return prompt(named[1]);
  if (/^conf-[a-z_]+$/.test(value)) return prompt(value);
  return { kind: 'media', id: value };
}

/** All sounds of one conference; undefined = the document wants none. */
export interface ConferenceSounds {
  readonly welcome: Sound | undefined;
  readonly entryTone: Sound | undefined;
  readonly exitTone: Sound | undefined;
  readonly entryPrompt: Sound | undefined;
  readonly alone: Sound | undefined;
  readonly music: Sound | undefined;
  readonly muted: Sound | undefined;
  readonly unmuted: Sound | undefined;
  readonly joinedMuted: Sound | undefined;
  readonly deaf: Sound | undefined;
  readonly undeaf: Sound | undefined;
  /** When more than so many are inside, an entry is followed by their number. Infinity = never. */
  readonly announceCountAbove: number;
  /** When more than so many are inside, nobody's coming and going is heard. */
  readonly quietAbove: number;
  readonly full: Sound;
  readonly locked: Sound;
}

/** People inside up to which comings and goings are heard: in a larger room somebody always comes or goes. */
const quietAboveDefault = 20;

/** The sounds that no document changes. */
export const fixedSounds = {
  welcome: prompt('conf-welcome'),
  waitingForModerator: prompt('conf-waiting_for_moderator'),
  moderatorLeft: prompt('conf-moderator_left'),
  hasJoined: prompt('conf-has_joined'),
  hasLeft: prompt('conf-has_left'),
  kicked: prompt('conf-kicked'),
  goodbye: prompt('conf-goodbye'),
  ended: prompt('conf-ended'),
  lock: prompt('conf-lock'),
  unlock: prompt('conf-unlock'),
  recordingStarted: prompt('conf-record_started'),
  recordingStopped: prompt('conf-record_stopped'),
  allMuted: prompt('conf-all_muted'),
  allUnmuted: prompt('conf-all_unmuted'),
  handRaised: prompt('conf-hand_raised'),
  handLowered: prompt('conf-hand_lowered'),
  yourTurn: prompt('conf-your_turn'),
  nextSpeaker: prompt('conf-next_speaker'),
  nobodyAsks: prompt('conf-nobody_asks'),
} as const;

/** true or absent = the conference's own tone, false = none, a string = that. */
export function toneOf(wish: boolean | string | undefined, own: Sound | undefined): Sound | undefined {
  if (wish === false) return undefined;
  return typeof wish === 'string' ? or(soundOf(wish), own) : own;
}

/** A sound that may be missing (deleted, or on a web server that is down) with what is heard then. */
function or(sound: Sound | undefined, instead: Sound | undefined): Sound | undefined {
  return sound?.kind === 'media' && instead ? { ...sound, instead } : sound;
}

/**
 * Reads a document once; the result holds until the document changes. A sound that neither document nor profile names
 * is silence (the `page` profile names almost none), but a refusal is never silent: the caller must know why the box
 * hangs up.
 */
export function soundsOf(document: ConferenceDocument): ConferenceSounds {
  const profile = profileOf(document);
  const named = namedProfileOf(document);
  const profiled = (key: string): Sound | undefined => or(textOf(profile, key), textOf(named, key));
  // What the document's author wrote, as opposed to what the built-in profile says for everybody.
  const own = (key: string): Sound | undefined => textOf(document.profile ?? {}, key);
  const full = profiled('max-members-sound') ?? prompt('conf-max_participants');
  return {
    welcome: document.play_welcome === false ? undefined : fixedSounds.welcome,
    entryTone: toneOf(document.play_entry_tone, profiled('enter-sound')),
    exitTone: toneOf(document.play_exit_tone, profiled('exit-sound')),
    entryPrompt: document.member.play_entry_prompt === false ? undefined : profiled('member-enter-sound'),
    alone: profiled('alone-sound'),
    music: profiled('moh-sound'),
    muted: profiled('muted-sound'),
    unmuted: profiled('unmuted-sound'),
    // "You are now muted" would be odd to hear on arrival.
    joinedMuted:
      or(own('muted-sound'), prompt('conf-you_are_muted')) ??
      (profiled('muted-sound') && prompt('conf-you_are_muted')),
    deaf: profiled('deaf-sound'),
    undeaf: profiled('undeaf-sound'),
    announceCountAbove: profile['announce-count'] ?? Infinity,
    quietAbove: profile['quiet-above'] ?? quietAboveDefault,
    full: or(soundOf(document.max_members_media ?? ''), full) ?? full,
    // Kazoo's default profile tells who meets a lock that the conference is full; ours tells the truth.
    locked: or(own('locked-sound'), prompt('conf-locked')) ?? prompt('conf-locked'),
  };
}

function textOf(profile: ConferenceProfile, key: string): Sound | undefined {
  const value = profile[key];
  return typeof value === 'string' ? soundOf(value) : undefined;
}

/** How many members may be in at once, 0 = any number: the document's `max_participants`, then the profile's. */
export function limitOf(document: ConferenceDocument): number {
  const own = document.max_participants ?? 0;
  return own > 0 ? own : (profileOf(document)['max-members'] ?? 0);
}

/** The gate a member starts with and returns to, mean absolute 16-bit sample. */
export function energyLevelOf(document: ConferenceDocument): number {
  return profileOf(document)['energy-level'] ?? 0;
}

/** Louder noise would be no comfort: an RMS of −45 dBov. */
const loudestNoisePeak = 328;

/**
 * The peak of the noise under the conference, 16-bit scale; 0 = none. As FreeSWITCH reads the field, more is softer: random
 * samples of the full 16 bits are divided by it.
 */
export function comfortNoisePeakOf(document: ConferenceDocument): number {
  const divisor = profileOf(document)['comfort-noise'] ?? 0;
  return divisor > 0 ? Math.min(loudestNoisePeak, 32_768 / divisor) : 0;
}

/** Whether somebody of this role joins muted or deaf. */
export function joinFlagsOf(document: ConferenceDocument, role: Role): { mute: boolean; deaf: boolean } {
  const section = role === 'moderator' ? document.moderator : document.member;
  return { mute: section.join_muted, deaf: section.join_deaf };
}

const digitPrompts: readonly Sound[] = Array.from('0123456789', (digit) => prompt(`digit-${digit}`));

/** A whole number digit by digit, with "negative" before it when it is one. */
export function spokenNumber(value: number): Sound {
  const digits = Array.from(String(Math.abs(Math.trunc(value))), (digit) => digitPrompts[Number(digit)]);
  const sound = sequence([value < 0 ? prompt('negative') : undefined, ...digits]);
  if (!sound) throw new RangeError(`${value} cannot be spoken`);
  return sound;
}

/** So many people are in the conference. */
export function spokenCount(people: number): Sound {
  const inside = prompt(people === 1 ? 'conf-participant' : 'conf-participants');
  return { kind: 'sequence', sounds: [spokenNumber(people), inside] };
}

/** What moderators hear when a hand is raised. */
export function asksToSpeak(name: Sound | undefined): Sound {
  if (!name) return prompt('conf-somebody_asks');
  return { kind: 'sequence', sounds: [name, prompt('conf-asks_to_speak')] };
}
