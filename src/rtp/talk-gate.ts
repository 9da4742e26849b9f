// When somebody counts as talking: not at every click, and not only until the next breath. Pure; the packets of one
// phone go in, with the time they came.

/** So much above the level, without a quiet packet between, begins it, ms: an event within 100 ms, and no click. */
const startMs = 60;
/** So long quiet ends it, ms: FreeSWITCH's 40 frames of 20 ms. */
const stopMs = 800;
/** A longer pause between two packets is silence, ms: phones that suppress silence send nothing then. */
const gapMs = 200;

export class TalkGate {
  private on: boolean;
  private loudMs = 0;
  private lastLoudAt: number;
  private lastAt: number;

  /** @param talking how it stood when the packets came another way before */
  constructor(now: number, talking = false) {
    this.on = talking;
    this.lastLoudAt = now;
    this.lastAt = now;
  }

  get talking(): boolean {
    return this.on;
  }

  /** No packet has come for a while. */
  silent(now: number): boolean {
    return now - this.lastAt > gapMs;
  }

  /** One packet; true when `talking` has changed. */
  packet(loud: boolean, ms: number, now: number): boolean {
    const paused = this.silent(now);
    this.lastAt = now;
    if (!loud) {
      this.loudMs = 0;
      return this.tick(now);
    }
    this.lastLoudAt = now;
    this.loudMs = paused ? ms : this.loudMs + ms;
    if (this.on || this.loudMs < startMs) return false;
    this.on = true;
    return true;
  }

  /** Time has passed; true when `talking` has changed. */
  tick(now: number): boolean {
    if (!this.on || now - this.lastLoudAt < stopMs) return false;
    this.on = false;
    return true;
  }
}
