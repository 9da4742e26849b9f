// The one clock all phones of a process send by. Each sender says when its next packet is due; a single timer wakes for
// the earliest, so that forty phones do not mean forty timers. Due times are absolute and advance by the packet time, so
// nothing drifts; a late wake-up sends what is overdue and no more.

/**
 * `performance` counts from the start of the process; the monotonic clock under it is the machine's. The first use of
 * `performance` loads it, which takes up to 20 ms, so what counts is the tightest of several readings.
 */
const origin = Math.max(
  ...Array.from({ length: 5 }, () => Number(process.hrtime.bigint()) / 1e6 - performance.now()),
);

/** Milliseconds on the monotonic clock, the same in every process of a machine. */
export function now(): number {
  return performance.now() + origin;
}

export interface ClockTask {
  /** When `tick` is due, in ms of `now()`. `tick` has to move it on. */
  nextAt: number;
  tick(at: number): void;
}

/** Start times are spread over multiples of this, ms: phones do not all send at once, yet share wake-ups. */
const phaseMs = 4;

/** A sender further behind than this does not catch up but leaves the packets out, ms; such a run is worthless anyway. */
const hopelessMs = 500;

export class RtpClock {
  /** How late the latest tick was, ms, and how many were more than 5 ms late: how good this process's timing is. */
  worstLatenessMs = 0;
  lateTicks = 0;
  ticks = 0;
  private readonly tasks = new Set<ClockTask>();
  private timer: NodeJS.Timeout | undefined;
  private wakeAt = Infinity;

  /** The next start time, spread over the phases. */
  private phase = 0;
  private readAt = 0;

  /**
   * Up to when packets that reached this process have certainly been read, ms: while the event loop is held up, a
   * receiver must not take packets it could not read for silence.
   */
  get readUpTo(): number {
    return this.tasks.size === 0 ? now() : this.readAt;
  }

  add(task: ClockTask, intervalMs: number): void {
    this.phase = (this.phase + phaseMs) % intervalMs;
    const from = now();
    task.nextAt = from - (from % intervalMs) + this.phase;
    while (task.nextAt <= from) task.nextAt += intervalMs;
    if (this.tasks.size === 0) this.readAt = from;
    this.tasks.add(task);
    this.arm(task.nextAt);
  }

  remove(task: ClockTask): void {
    this.tasks.delete(task);
    if (this.tasks.size === 0) this.disarm();
  }

  resetStats(): void {
    this.worstLatenessMs = 0;
    this.lateTicks = 0;
    this.ticks = 0;
  }

  private disarm(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.wakeAt = Infinity;
  }

  private arm(at: number): void {
    if (at >= this.wakeAt) return;
    clearTimeout(this.timer);
    this.wakeAt = at;
    this.timer = setTimeout(() => this.wake(), Math.max(1, Math.ceil(at - now())));
  }

  private wake(): void {
    this.wakeAt = Infinity;
    const at = now();
    // Timers run before sockets are read, immediates after.
    setImmediate(() => {
      this.readAt = at;
    });
    let earliest = Infinity;
    for (const task of this.tasks) {
      const late = at - task.nextAt;
      if (late >= 0) {
        this.ticks++;
        if (late > 5) this.lateTicks++;
        if (late > this.worstLatenessMs) this.worstLatenessMs = late;
        if (late > hopelessMs) task.nextAt = at;
      }
      // Node's timers count whole milliseconds, so what is due within half of one goes now.
      while (task.nextAt <= at + 0.5 && this.tasks.has(task)) task.tick(at);
      if (this.tasks.has(task) && task.nextAt < earliest) earliest = task.nextAt;
    }
    if (earliest < Infinity) this.arm(earliest);
  }
}

export const rtpClock = new RtpClock();
