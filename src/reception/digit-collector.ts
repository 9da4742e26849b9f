// Collects one entry (a conference number, a PIN) digit by digit. The time to think begins when the prompt has ended;
// a digit over the prompt begins the entry at once.
import type { Clock } from '../conference/index.js';

export interface CollectOptions {
  /** How long after the prompt the first digit may come, ms. */
  readonly firstDigitMs: number;
  /** The longest pause between two digits, ms. */
  readonly interDigitMs: number;
  /** The entry is complete with so many digits. */
  readonly maxDigits: number;
}

/** What ended the entry: the caller's '#', the last digit that could matter, or a pause. */
export type EntryEnd = 'terminator' | 'complete' | 'timeout';

export class DigitCollector {
  private readonly clock: Clock;
  private readonly done: (entry: string, end: EntryEnd) => void;
  private options: CollectOptions | undefined;
  private entry = '';
  private cancelTimer: (() => void) | undefined;

  /** `done` is called once per begin(); an empty entry = '#' alone, or nothing within the time. */
  constructor(clock: Clock, done: (entry: string, end: EntryEnd) => void) {
    this.clock = clock;
    this.done = done;
  }

  /** Takes digits from now on; the time starts with promptEnded. */
  begin(options: CollectOptions): void {
    this.cancel();
    this.options = options;
  }

  promptEnded(): void {
    if (this.options && this.entry === '') this.wait(this.options.firstDigitMs);
  }

  /** Returns whether the digit was taken. '*' starts the entry again, A to D are no digits of an entry. */
  digit(digit: string): boolean {
    const { options } = this;
    if (!options) return false;
    if (digit === '#') {
      this.finish('terminator');
    } else if (digit === '*') {
      this.entry = '';
      this.wait(options.firstDigitMs);
    } else if (/^[0-9]$/.test(digit)) {
      this.entry += digit;
      if (this.entry.length >= options.maxDigits) this.finish('complete');
      else this.wait(options.interDigitMs);
    } else {
      return false;
    }
    return true;
  }

  /** Forgets the entry; done is not called for it. */
  cancel(): void {
    this.cancelTimer?.();
    this.cancelTimer = undefined;
    this.options = undefined;
    this.entry = '';
  }

  private wait(ms: number): void {
    this.cancelTimer?.();
    this.cancelTimer = this.clock.after(ms, () => this.finish('timeout'));
  }

  private finish(end: EntryEnd): void {
    const { entry } = this;
    this.cancel();
    this.done(entry, end);
  }
}
