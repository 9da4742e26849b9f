// Decides when a silent phone is a dead one. Silence alone proves nothing: a phone may send no packets while it is
// muted or holds the call. So half of the allowed time is silence, and in the other half the phone is asked by SIP;
// one that answers is alive, and is asked again as long as it stays silent.
import type { Clock } from '../conference/index.js';

export interface LivenessOptions {
  readonly clock: Clock;
  /** A dead phone is found within this time, ms. */
  readonly limitMs: number;
  /** Asks the phone over SIP; false when it does not answer or does not know the call. */
  readonly probe: () => Promise<boolean>;
  /** ms since the phone's last RTP or RTCP packet; undefined = not known now. */
  readonly silence: () => Promise<number | undefined>;
  readonly onDead: () => void;
}

export class Liveness {
  private readonly options: LivenessOptions;
  private cancelTimer: (() => void) | undefined;
  private probing = false;
  private stopped = false;
  private isHeld = false;

  constructor(options: LivenessOptions) {
    this.options = options;
  }

  /** The media side has heard nothing of the phone for half the limit. */
  silent(): void {
    void this.ask();
  }

  /** A phone on hold need not send anything and the media side cannot tell, so it is asked as long as it holds. */
  held(held: boolean): void {
    this.isHeld = held;
    if (held) this.again();
  }

  stop(): void {
    this.stopped = true;
    this.cancelTimer?.();
  }

  private async ask(): Promise<void> {
    if (this.probing || this.stopped) return;
    this.probing = true;
    const alive = await this.answersInTime();
    this.probing = false;
    if (this.stopped) return;
    if (alive || (await this.heardMeanwhile())) this.again();
    else this.options.onDead();
  }

  private answersInTime(): Promise<boolean> {
    const { clock, limitMs, probe } = this.options;
    return new Promise((resolve) => {
      const cancel = clock.after(limitMs / 2, () => resolve(false));
      void probe().then((alive) => {
        cancel();
        resolve(alive);
      });
    });
  }

  private async heardMeanwhile(): Promise<boolean> {
    const ms = await this.options.silence();
    return ms === undefined || ms < this.options.limitMs / 2;
  }

  private again(): void {
    if (this.stopped) return;
    this.cancelTimer?.();
    this.cancelTimer = this.options.clock.after(this.options.limitMs / 2, () => {
      void this.heardMeanwhile().then((heard) => {
        if (!heard) void this.ask();
        // A phone that is heard again is the media side's affair, unless it holds.
        else if (this.isHeld) this.again();
      });
    });
  }
}
