// One press, told twice: some phones send a key both in the audio stream (RFC 4733) and by SIP INFO. It must count
// once, and two presses of the same key must still count twice. One instance per call.
//
// The two tellings of a press come at different times: rtpengine reports when the key is released, INFO is sent when
// it is pressed or released, as the phone likes. So they are matched by the time the key was down, as the tellings
// give it, with 300 ms to spare on both sides for two paths of different speed; each telling can be the double of one
// other only, so that fast repeated presses pair off one by one. Two tellings that come the same way are never doubles.
import type { Digit } from './digit.js';

export type DigitWay = 'rtp' | 'info';

interface Telling {
  readonly digit: Digit;
  readonly way: DigitWay;
  /** When the key was down, ms. */
  readonly from: number;
  readonly to: number;
}

const slackMs = 300;
/** A phone's INFO names a duration of its own choice; more than this is not believed. */
const longestPressMs = 5000;
const tellingsKept = 16;

export class DigitMerge {
  /** Tellings without a double so far, oldest first. */
  private single: Telling[] = [];

  /**
   * Whether this telling is a new press (true) or the double of one told before (false).
   * @param atMs when the telling arrived, ms
   * @param durationMs how long the key was down, 0 = not told
   */
  isNew(digit: Digit, way: DigitWay, atMs: number, durationMs = 0): boolean {
    const length = Math.min(Math.max(durationMs, 0), longestPressMs);
    // From rtpengine the press lies before its report. INFO may come at either end of it; it is the instant that counts.
    const telling: Telling = { digit, way, from: way === 'rtp' ? atMs - length : atMs, to: atMs };
    this.single = this.single.filter(({ to }) => atMs - to <= longestPressMs + slackMs);
    const double = this.single.findIndex((other) => other.digit === digit && areOnePress(other, telling));
    if (double >= 0) {
      this.single.splice(double, 1);
      return false;
    }
    if (this.single.length >= tellingsKept) this.single.shift();
    this.single.push(telling);
    return true;
  }
}

function areOnePress(a: Telling, b: Telling): boolean {
  return a.way !== b.way && a.from - slackMs <= b.to && b.from - slackMs <= a.to;
}
