// What can go wrong with a phone's media, told apart so that the call layer can answer the right SIP status.

/** The phone and we have no codec in common → 488. */
export class NoCodecError extends Error {
  constructor(detail: string) {
    super(`no common codec: ${detail}`);
    this.name = 'NoCodecError';
  }
}

/** The SDP cannot be used → 488. */
export class SdpError extends Error {
  constructor(detail: string) {
    super(`unusable SDP: ${detail}`);
    this.name = 'SdpError';
  }
}

/** Every phone slot is taken → 503. */
export class NoSlotError extends Error {
  constructor(slots: number) {
    super(`all ${slots} phone slots are in use`);
    this.name = 'NoSlotError';
  }
}

/** rtpengine did not answer in time; what was wanted is kept and carried out when it is back → 503 for a new call. */
export class EngineDownError extends Error {
  constructor(detail: string) {
    super(`rtpengine does not answer: ${detail}`);
    this.name = 'EngineDownError';
  }
}

/** The call ended while something was still being done for it. */
export class ReleasedError extends Error {
  constructor(callId: string) {
    super(`the media of call ${callId} was released`);
    this.name = 'ReleasedError';
  }
}
