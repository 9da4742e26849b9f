// The dial-in dialogue. May import conference/; imported by calls/.
export type { Caller } from './caller.js';
export type { Directory, Listing } from './directory.js';
export {
  callerKeyOf,
  PinGuard,
  type PinGuardEvents,
  type PinGuardOptions,
  type Verdict,
} from './pin-guard.js';
export { Reception, type ReceptionOptions, type ReceptionOutcome } from './reception.js';
