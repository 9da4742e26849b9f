// From keys to actions, for one member. Codes may be several keys long; the longest that fits wins, and a key that
// begins a longer code waits for the rest, but not for long.
import type { Clock } from '../conference/index.js';
import type { Action } from './actions.js';
import type { ControlGroup } from './control-groups.js';
import type { Digit } from './digit.js';

export interface ButtonReaderOptions {
  readonly group: ControlGroup;
  readonly clock: Clock;
  readonly pressed: (action: Action) => void;
  /** Unix time, ms: a '#' that is the first key and comes before still belongs to the PIN. */
  readonly ignoreTerminatorUntil?: number;
}

/** How long a key that could begin a longer code waits for the next one, ms. */
export const codeTimeoutMs = 1000;

export class ButtonReader {
  private readonly options: ButtonReaderOptions;
  private group: ControlGroup;
  private ignoreTerminatorUntil: number;
  private keys = '';
  private cancelTimer: (() => void) | undefined;

  constructor(options: ButtonReaderOptions) {
    this.options = options;
    this.group = options.group;
    this.ignoreTerminatorUntil = options.ignoreTerminatorUntil ?? 0;
  }

  digit(digit: Digit): void {
    const late = digit === '#' && this.options.clock.now() < this.ignoreTerminatorUntil;
    this.ignoreTerminatorUntil = 0;
    if (late) return;
    this.cancelTimer?.();
    this.keys += digit;
    this.read(false);
  }

  /** Another group from now on; keys that waited are forgotten. */
  setGroup(group: ControlGroup): void {
    this.stop();
    this.group = group;
  }

  /** No action comes any more for what was pressed. */
  stop(): void {
    this.cancelTimer?.();
    this.keys = '';
  }

  /** Takes codes off the front of the keys until the rest must wait for more. */
  private read(timedOut: boolean): void {
    while (this.keys !== '') {
      const canGrow = this.group.some(
        ({ digits }) => digits.length > this.keys.length && digits.startsWith(this.keys),
      );
      if (canGrow && !timedOut) {
        this.cancelTimer = this.options.clock.after(codeTimeoutMs, () => this.read(true));
        return;
      }
      const control = this.longestCode();
      // A key that begins no code is dropped; what follows it may still be one.
      this.keys = this.keys.slice(control?.digits.length ?? 1);
      if (control) this.options.pressed(control.action);
    }
  }

  private longestCode(): ControlGroup[number] | undefined {
    let longest: ControlGroup[number] | undefined;
    for (const control of this.group) {
      if (this.keys.startsWith(control.digits) && control.digits.length > (longest?.digits.length ?? 0)) {
        longest = control;
      }
    }
    return longest;
  }
}
