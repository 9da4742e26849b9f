// How a caller's name gets recorded: question, beep, name, and where the conference wants it a review. Times are Kazoo's,
// but for the length of a name: Kazoo takes a minute of it, which nobody in the room wants to hear.
import { prompt, type Clock, type Sound } from '../conference/index.js';
import type { Caller } from './caller.js';

export interface NameDialogueOptions {
  readonly caller: Caller;
  readonly clock: Clock;
  /** The caller hears the name and may say it again. */
  readonly review: boolean;
  /**
   * Called once, unless cancel() comes first.
   * @param name undefined = nothing was said
   * @param byKey the key that ended it, if one did
   */
  readonly done: (name: Sound | undefined, byKey: string | undefined) => void;
}

/** ms */
export const longestName = 10_000;
/** How long the caller may think about the review, ms; silence keeps the name. */
export const reviewMs = 5000;
/** A caller who is never content is let in with the last one. */
export const mostNames = 4;

const beep: Sound = { kind: 'tone', tone: '%(500,0,440)' };

type Step = 'question' | 'beep' | 'recording' | 'stopping' | 'review' | 'over';

export class NameDialogue {
  private readonly options: NameDialogueOptions;
  private step: Step = 'question';
  private name: Sound | undefined;
  private key: string | undefined;
  private recorded = 0;
  private cancelWait: (() => void) | undefined;

  constructor(options: NameDialogueOptions) {
    this.options = options;
  }

  start(): void {
    this.step = 'question';
    this.play([prompt('conf-announce_your_name')], () => this.beep());
  }

  /** Over the question a key asks for the beep; then any key ends the name; in the review 1 keeps it. */
  digit(digit: string): void {
    const { caller } = this.options;
    switch (this.step) {
      case 'question':
        caller.stopPlaying();
        return this.beep();
      case 'recording':
        this.step = 'stopping';
        this.key = digit;
        return caller.stopRecording();
      case 'review':
        caller.stopPlaying();
        this.key = digit;
        if (digit === '1' || this.recorded >= mostNames) return this.finish();
        this.cancelWait?.();
        return this.start();
      case 'beep':
      case 'stopping':
      case 'over':
        return undefined;
    }
  }

  /** The phone hung up. */
  cancel(): void {
    if (this.step === 'recording') this.options.caller.stopRecording();
    this.step = 'over';
    this.cancelWait?.();
  }

  private beep(): void {
    this.step = 'beep';
    this.play([beep], () => this.record());
  }

  private record(): void {
    this.step = 'recording';
    this.key = undefined;
    this.recorded += 1;
    this.options.caller.record(longestName, (name) => {
      if (this.step === 'over') return;
      this.name = name;
      if (this.options.review && name) this.review(name);
      else this.finish();
    });
  }

  private review(name: Sound): void {
    this.step = 'review';
    this.key = undefined;
    this.play([prompt('conf-your_announcement'), name, prompt('conf-review')], () => {
      this.cancelWait = this.options.clock.after(reviewMs, () => this.finish());
    });
  }

  private play(sounds: readonly Sound[], done: () => void): void {
    this.options.caller.play(sounds, () => {
      if (this.step !== 'over') done();
    });
  }

  private finish(): void {
    this.step = 'over';
    this.cancelWait?.();
    this.options.done(this.name, this.key);
  }
}
