// How much later a room's sound has become for good because the machine, or rtpengine alone, stood still, and when that is
// worth a renewal. A player that got no processor hands out late what came meanwhile, and stays as late (see evenBus);
// with three players on the way from mouth to ear, 120 ms of standstill made 420 ms of 45 (measured). A fresh room call
// ends most of it (90 ms are left: the player that faces the phone stays, as some phones take no second stream), for which
// everybody hears nothing for 0.3 s: so not for every trifle, not at once, and not often.

export interface LatenessLimits {
  /** Standstill that is not worth a renewal, ms. Default 60. */
  readonly renewFromMs?: number;
  /** A renewal waits until nothing stood still for so long, ms. Default 30 s. */
  readonly calmMs?: number;
  /** Two renewals are at least so far apart, ms. Default 5 minutes. */
  readonly apartMs?: number;
}

/** Shorter than a packet, ms: costs at most one step of 20 ms, which the next long one includes, and is not counted. */
const trifleMs = 20;

export class Lateness {
  private readonly limits: Required<LatenessLimits>;
  private lateMs = 0;
  private lastStandstill = -Infinity;
  private lastRenewal = -Infinity;

  constructor({ renewFromMs = 60, calmMs = 30_000, apartMs = 300_000 }: LatenessLimits = {}) {
    this.limits = { renewFromMs, calmMs, apartMs };
  }

  /** The machine or rtpengine stood still for so long, ms. @param now performance.now() */
  stood(ms: number, now: number): void {
    if (ms < trifleMs) return;
    // Together they cost as much as the longest of them: who is behind already is not thrown back by less.
    this.lateMs = Math.max(this.lateMs, ms);
    this.lastStandstill = now;
  }

  /** Whether a fresh room call is worth its moment of silence. */
  due(now: number): boolean {
    const { renewFromMs, calmMs, apartMs } = this.limits;
    return (
      this.lateMs >= renewFromMs && now - this.lastStandstill >= calmMs && now - this.lastRenewal >= apartMs
    );
  }

  /** The room has a fresh call. @param now absent = because it had to, which is no renewal */
  renewed(now?: number): void {
    this.lateMs = 0;
    if (now !== undefined) this.lastRenewal = now;
  }
}
