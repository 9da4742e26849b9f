// How a call that is on the box is led into a conference by somebody else than its own caller.
import type { JoinOptions } from '../conference/index.js';

export type EntryOptions = Pick<JoinOptions, 'flags' | 'joinTone' | 'leavingTone'>;

/** The call cannot be led into that conference now. */
export class CallNotFree extends Error {
  readonly why: 'not-active' | 'in-conference' | 'other-conference';

  constructor(why: CallNotFree['why']) {
    super(`call is ${why}`);
    this.name = 'CallNotFree';
    this.why = why;
  }
}
