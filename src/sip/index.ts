export { SipLink, type SipLinkOptions, type SipLinkEvents } from './sip-link.js';
export { CallerGaveUp, IncomingCall } from './incoming-call.js';
export { DialFailed, OutgoingCall, type OutgoingCallOptions } from './outgoing-call.js';
export { digestAnswers, digestChallenge, isRightDigest, type DigestAnswer } from './digest.js';
export { Nonces } from './nonces.js';
export { PhoneDialog, SipFailure, type Reinvite } from './phone-dialog.js';
export type { CallerIdentity } from './caller-identity.js';
