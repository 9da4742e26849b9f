// A sound that cannot be used, and why. The message is a sentence without a full stop, for whoever gave the sound.

export class SoundError extends Error {
  constructor(detail: string) {
    super(detail);
    this.name = 'SoundError';
  }
}

/** It is here, but it is no sound that can be played. */
export class UnreadableSound extends SoundError {}
