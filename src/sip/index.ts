export { SipLink, type SipLinkOptions, type SipLinkEvents } from './sip-link.js';
export { CallerGaveUp, IncomingCall } from './incoming-call.js';
export { PhoneDialog, SipFailure, type Reinvite } from './phone-dialog.js';
export type { CallerIdentity } from './caller-identity.js';
