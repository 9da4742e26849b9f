// The domain: what a conference is and what its rules are, without any input or output. Imports nothing else of this
// project; every other folder but the SIP server may import it.
export * from './types.js';
export { systemClock } from './clock.js';
export { Conference, energyLimit, levelLimit, type ConferenceOptions } from './conference.js';
export type {
  Actor,
  Admission,
  Audience,
  ConferenceChange,
  ConferenceEndReason,
  ConferenceEvents,
  JoinOptions,
  MemberChange,
} from './conference-events.js';
export {
  numbersOf,
  patchDocument,
  summarize,
  type ConferenceDocument,
  type ConferencePatch,
  type ConferenceProfile,
  type ConferenceSummary,
  type ControlEntry,
  type ListedIn,
  type ListedNumber,
} from './document.js';
export { audioFormatOf, unavailableOf, type AudioFormat } from './audio-format.js';
export { builtInProfiles, emptyDocument, profileOf } from './defaults.js';
export { validateConference, type FieldError, type Validated } from './validation.js';
export type { Member } from './member.js';
export type { Speech } from './speech.js';
export {
  expandPlan,
  isPresent,
  levelStepDb,
  mayHear,
  maySpeak,
  planMix,
  type MixInput,
  type PlanOptions,
} from './plan-mix.js';
export {
  asksToSpeak,
  energyLevelOf,
  fixedSounds,
  limitOf,
  prompt,
  sequence,
  soundOf,
  comfortNoisePeakOf,
  soundsOf,
  spokenCount,
  spokenNumber,
  type ConferenceSounds,
} from './sounds.js';
