// The methods the box understands. A phone is told in the answers to INVITE and OPTIONS (RFC 3261 §11.2, §13.3.1.4), so
// that it may use INFO and UPDATE, and in a 405.
export const allowedMethods = 'INVITE, ACK, CANCEL, BYE, OPTIONS, INFO, UPDATE';
