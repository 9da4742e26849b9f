// What holds where a conference document is silent: the built-in profiles, the tones, and the empty document.
// Values are Kazoo's (its `default` and `page` profiles), but where a comment says otherwise.
import type { ConferenceDocument, ConferenceProfile } from './document.js';

/** FreeSWITCH tone string: two rising tones when somebody comes in. */
export const entryTone = 'tone_stream://v=-7;>=2;+=.1;%(300,0,523,659);v=-7;>=3;+=.1;%(800,0,659,783)';

/** FreeSWITCH tone string: two falling tones when somebody leaves. */
export const exitTone = 'tone_stream://v=-7;>=2;+=.1;%(300,0,523,440);v=-7;>=3;+=.1;%(800,0,349,440)';

const defaultProfile: ConferenceProfile = {
  'alone-sound': 'conf-alone',
  'caller-controls': 'default',
  // Kazoo says 1000, in both profiles; here a line is quiet unless its document asks for noise.
  'comfort-noise': 0,
  'deaf-sound': 'conf-deaf',
  // Kazoo says 20, which is below the noise of any line and so changes nothing that can be heard; 0 is no gate at
  // all and spares every member the way through the gain relay.
  'energy-level': 0,
  'enter-sound': entryTone,
  'exit-sound': exitTone,
  interval: 20,
  'locked-sound': 'conf-max_participants',
  'max-members-sound': 'conf-max_participants',
  'member-enter-sound': 'conf-joining_conference',
  'moderator-controls': 'default',
  'moh-sound': '$${hold_music}',
  'muted-sound': 'conf-muted',
  // Kazoo says 48000; sounds and most phones have no more than this.
  rate: 16_000,
  'undeaf-sound': 'conf-undeaf',
  'unmuted-sound': 'conf-unmuted',
};

/** For loudspeaker calls: no sound but the voices. */
const pageProfile: ConferenceProfile = {
  'caller-controls': 'paging',
  'comfort-noise': 0,
  'energy-level': 0,
  'enter-sound': 'silence_stream://1',
  'exit-sound': 'silence_stream://1',
  interval: 20,
  'moh-sound': 'silence_stream://1',
  rate: 8000,
};

/** The profiles every box has, by the name that `profile_name` gives. */
export const builtInProfiles: ReadonlyMap<string, ConferenceProfile> = new Map([
  ['default', defaultProfile],
  ['page', pageProfile],
]);

/** The profile that holds for a document: its own keys over those of the profile it names (unknown name = default). */
export function profileOf(document: ConferenceDocument): ConferenceProfile {
  const named = namedProfileOf(document);
  return document.profile ? { ...named, ...document.profile } : named;
}

/** The profile that a document names, without its own keys. */
export function namedProfileOf(document: ConferenceDocument): ConferenceProfile {
  return builtInProfiles.get(document.profile_name ?? 'default') ?? defaultProfile;
}

/** The document of a conference that nobody wrote down (made for one call): members join unmuted, unlike a saved one. */
export function emptyDocument(): ConferenceDocument {
  return {
    conference_numbers: [],
    member: { join_deaf: false, join_muted: false, numbers: [], pins: [] },
    moderator: { join_deaf: false, join_muted: false, numbers: [], pins: [] },
    play_name: false,
  };
}
