// The conference document: what an admin writes down about one conference, in Kazoo's words, and what can be read off
// it without running anything. Types and pure look-ups only; the rules for what may be in it are in schema.ts.
import type { Role } from './types.js';

/** Where a number of a document is listed; decides the role of who dials it ('conference' = the PIN decides). */
export type ListedIn = Role | 'conference';

/** How callers of one role get in. */
export interface RoleSettings {
  /** Digits; dialling one of them gives this role. */
  readonly numbers: readonly string[];
  /** Digits, at most 16; empty = no PIN is asked for. */
  readonly pins: readonly string[];
  readonly join_muted: boolean;
  readonly join_deaf: boolean;
  readonly [extra: string]: unknown;
}

export interface MemberSettings extends RoleSettings {
  readonly play_entry_prompt?: boolean;
}

/** One key sequence of a control group and what it does, e.g. `{digits: '*1', action: 'mute'}`. */
export interface ControlEntry {
  readonly action: string;
  readonly digits: string;
  readonly data?: unknown;
  readonly [extra: string]: unknown;
}

/** The profile of a conference: sounds, limits and audio details. Every key is optional. */
export interface ConferenceProfile {
  readonly 'alone-sound'?: string;
  /** The count of members is announced above this number. */
  readonly 'announce-count'?: number;
  readonly 'caller-controls'?: string;
  /** 0..10000 */
  readonly 'comfort-noise'?: number;
  /** Mean absolute 16-bit sample, 0..1800, below which a member is not heard. */
  readonly 'energy-level'?: number;
  readonly 'enter-sound'?: string;
  readonly 'exit-sound'?: string;
  /** ms per frame, 10..120 */
  readonly interval?: number;
  readonly 'locked-sound'?: string;
  /** 2 or more */
  readonly 'max-members'?: number;
  readonly 'max-members-sound'?: string;
  readonly 'moderator-controls'?: string;
  readonly 'moh-sound'?: string;
  readonly 'muted-sound'?: string;
  /** Hz */
  readonly rate?: number;
  readonly 'unmuted-sound'?: string;
  readonly [extra: string]: unknown;
}

/** A whole document as it is stored: validated, with the defaults filled in. Keys nobody knows are kept. */
export interface ConferenceDocument {
  readonly name?: string;
  /** 32 characters */
  readonly owner_id?: string;
  readonly member: MemberSettings;
  readonly moderator: RoleSettings;
  /** Numbers for both roles. */
  readonly conference_numbers: readonly string[];
  readonly bridge_password?: string;
  readonly bridge_username?: string;
  /** Name of the control group of members (and of moderators, where moderator_controls is absent). */
  readonly caller_controls?: string;
  readonly moderator_controls?: string;
  /** Control groups of this conference's own, by name. */
  readonly controls?: Readonly<Record<string, readonly ControlEntry[]>>;
  readonly domain?: string;
  readonly focus?: string;
  readonly language?: string;
  readonly max_members_media?: string;
  /** 0 or absent = no limit. */
  readonly max_participants?: number;
  /** false = silence, true or absent = the profile's tone, text = a tone string or media. */
  readonly play_entry_tone?: boolean | string;
  readonly play_exit_tone?: boolean | string;
  readonly play_name: boolean;
  readonly play_welcome?: boolean;
  readonly profile?: ConferenceProfile;
  readonly profile_name?: string;
  /** Ours: recorded from the first member on. */
  readonly record?: boolean;
  /** Ours: false = nobody is told that the conference is being recorded. */
  readonly record_announce?: boolean;
  readonly require_moderator?: boolean;
  /** Ours (a system setting in Kazoo): the caller hears the recorded name and may record it again. */
  readonly review_name?: boolean;
  readonly wait_for_moderator?: boolean;
  /** How long a caller may wait with the first digit of the PIN, ms; absent = 5000. */
  readonly pin_timeout?: number;
  /** The same for the conference number, ms. */
  readonly number_timeout?: number;
  readonly [extra: string]: unknown;
}

/** A change to a document: what is there replaces, null removes, objects are merged, arrays are replaced whole. */
export type ConferencePatch = Readonly<Record<string, unknown>>;

export interface ListedNumber {
  readonly number: string;
  readonly listedIn: ListedIn;
}

/** Every number of a document with the list it stands in, in the order member, moderator, conference. */
export function numbersOf(document: ConferenceDocument): ListedNumber[] {
  const listed = (numbers: readonly string[], listedIn: ListedIn) =>
    numbers.map((number) => ({ number, listedIn }));
  return [
    ...listed(document.member.numbers, 'member'),
    ...listed(document.moderator.numbers, 'moderator'),
    ...listed(document.conference_numbers, 'conference'),
  ];
}

/** What a page or a log may say about a conference: no PIN is in it. */
export interface ConferenceSummary {
  readonly name: string;
  readonly numbers: readonly string[];
  readonly memberPin: boolean;
  readonly moderatorPin: boolean;
  readonly membersJoinMuted: boolean;
  /** 0 = no limit. */
  readonly maxParticipants: number;
  readonly waitForModerator: boolean;
}

/** The short form of a document for lists. */
export function summarize(document: ConferenceDocument): ConferenceSummary {
  return {
    name: document.name ?? '',
    numbers: numbersOf(document).map(({ number }) => number),
    memberPin: document.member.pins.length > 0,
    moderatorPin: document.moderator.pins.length > 0,
    membersJoinMuted: document.member.join_muted,
    maxParticipants: document.max_participants ?? 0,
    waitForModerator: document.wait_for_moderator ?? false,
  };
}

/** Names that reach an object's prototype when they are assigned; never taken over from anywhere. */
const poison = new Set(['__proto__', 'constructor', 'prototype']);

/** Deeper than this nothing is merged (a validated document is never deeper than 16). */
const maxMergeDepth = 32;

/**
 * `document` with `patch` merged in, as a new value: objects are merged key by key, null removes a key, anything else
 * (arrays too) replaces what was there. Neither argument is changed. The result still has to be validated.
 * @throws RangeError when the patch is nested deeper than 32
 */
export function patchDocument(document: ConferencePatch, patch: ConferencePatch): Record<string, unknown> {
  return merge(document, patch, 0);
}

function merge(base: unknown, patch: ConferencePatch, depth: number): Record<string, unknown> {
  if (depth > maxMergeDepth) throw new RangeError('The patch is nested too deeply.');
  const merged: Record<string, unknown> = {};
  if (isObject(base)) {
    for (const key of Object.keys(base)) if (!poison.has(key)) merged[key] = base[key];
  }
  for (const key of Object.keys(patch)) {
    if (poison.has(key)) continue;
    const value = patch[key];
    if (value === null) delete merged[key];
    else if (isObject(value))
      merged[key] = merge(Object.hasOwn(merged, key) ? merged[key] : {}, value, depth + 1);
    else if (value !== undefined) merged[key] = value;
  }
  return merged;
}

/** True for a JSON object: neither null nor an array. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** True for a key that must not be copied from data that came from outside. */
export function isPoison(key: string): boolean {
  return poison.has(key);
}
