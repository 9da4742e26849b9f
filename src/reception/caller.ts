// The phone as the dial-in dialogue sees it: play and record, and the end of either. Digits come in through Reception.digit.
import type { Sound } from '../conference/index.js';

export interface Caller {
  /**
   * Plays the sounds one after the other, in place of what is playing, and returns at once. `done` is called once
   * when the last has been heard or could not be played; not after stopPlaying, and not when another play replaced
   * this one (a call that comes all the same is ignored).
   * @param language the conference's, once it is known
   */
  play(sounds: readonly Sound[], done: () => void, language?: string): void;
  /** Silence at once; nothing happens when nothing is playing. */
  stopPlaying(): void;
  /**
   * Records what the phone says from now on and returns at once. `done` is called once, after stopRecording or when the
   * time is over; its sound is undefined when nothing was said, or it could not be recorded. Not called after the phone
   * hung up.
   */
  record(maxMs: number, done: (spoken: Sound | undefined) => void): void;
  stopRecording(): void;
}
