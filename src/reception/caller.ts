// The phone as the dial-in dialogue sees it: two verbs, play and stop. Digits come in through Reception.digit.
import type { Sound } from '../conference/index.js';

export interface Caller {
  /**
   * Plays the sounds one after the other, in place of what is playing, and returns at once. `done` is called once
   * when the last has been heard or could not be played; not after stopPlaying, and not when another play replaced
   * this one (a call that comes all the same is ignored).
   */
  play(sounds: readonly Sound[], done: () => void): void;
  /** Silence at once; nothing happens when nothing is playing. */
  stopPlaying(): void;
}
