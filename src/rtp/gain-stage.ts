// What the gain relay does to the samples of one direction of one member: a gate, a gain and a limiter, in this order.
// Pure arithmetic on 16-bit samples; nothing changes abruptly, so that nothing clicks.
//
// The gate follows FreeSWITCH: the mean absolute sample of a frame of 20 ms is compared with a threshold, one frame
// above it opens, 40 frames (800 ms) without one close (mod_conference: hangover). FreeSWITCH counts a wideband
// member's energy twice; here the same voice counts the same at every sampling rate.

/** ms; as FreeSWITCH cuts audio. A longer packet is several frames, a shorter one is a frame by itself. */
const frameMs = 20;
/** The gate stays open for so much quiet, ms. */
export const gateHoldMs = 800;
const openingMs = 5;
const closingMs = 20;
/** The limiter lets nothing be louder: -1 dB of full scale. */
export const ceiling = 29_204;
/** The limiter looks at so much at once, ms, and may turn up again by so much in this time. */
const limiterBlockMs = 2.5;
const releaseFactor = 10 ** (0.1 / 20);

export class GainStage {
  private readonly rate: number;
  private readonly frame: number;
  private readonly block: number;
  private target = 1;
  private gain = 1;
  private threshold = 0;
  private quietMs = 0;
  private open = true;
  /** How far the gate is open, 0 to 1. */
  private door = 1;
  private limit = 1;
  private readonly needs: Float64Array;

  /** @param rate of the samples, Hz */
  constructor(rate: number) {
    this.rate = rate;
    this.frame = Math.round((rate * frameMs) / 1000);
    this.block = Math.round((rate * limiterBlockMs) / 1000);
    this.needs = new Float64Array(Math.ceil(this.frame / this.block));
  }

  /**
   * Takes effect within the next frame. A gate that is new begins open, so that nobody is cut off in mid-word.
   * @param gainDb 0 = as it is
   * @param threshold mean absolute 16-bit sample; 0 = no gate
   */
  set(gainDb: number, threshold: number): void {
    this.target = 10 ** (gainDb / 20);
    if (threshold > 0 && this.threshold === 0) this.quietMs = 0;
    if (threshold === 0) this.open = true;
    this.threshold = threshold;
  }

  /** Nothing is done to the samples and nothing has to be looked at. */
  get idle(): boolean {
    return this.threshold === 0 && this.passes && this.door === 1;
  }

  /** Changes the first `length` samples in place. Returns false when all of them are as they were. */
  process(samples: Int16Array, length: number): boolean {
    let changed = false;
    for (let start = 0; start < length; start += this.frame) {
      if (this.processFrame(samples, start, Math.min(start + this.frame, length))) changed = true;
    }
    return changed;
  }

  private get passes(): boolean {
    return this.target === 1 && this.gain === 1 && this.limit === 1;
  }

  private processFrame(samples: Int16Array, start: number, end: number): boolean {
    if (this.threshold > 0) this.listen(samples, start, end);
    if (this.passes && this.door === 1 && this.open) return false;
    if (this.door === 0 && !this.open) {
      samples.fill(0, start, end);
      this.gain = this.target;
      this.limit = 1;
      return true;
    }
    this.lookAhead(samples, start, end);
    const doorStep = (this.open ? 1 / openingMs : -1 / closingMs) * (1000 / this.rate);
    const gainStep = (this.target - this.gain) / (end - start);
    let { door, gain } = this;
    for (let blockStart = start, block = 0; blockStart < end; blockStart += this.block, block++) {
      const blockEnd = Math.min(blockStart + this.block, end);
      const limitStep = (this.limitAfter(block) - this.limit) / (blockEnd - blockStart);
      for (let n = blockStart; n < blockEnd; n++) {
        door = Math.min(1, Math.max(0, door + doorStep));
        gain += gainStep;
        this.limit += limitStep;
        const value = Math.round((samples[n] ?? 0) * gain * door * this.limit);
        samples[n] = value > 32_767 ? 32_767 : value < -32_768 ? -32_768 : value;
      }
    }
    this.door = door;
    this.gain = this.target;
    // Steps add up to almost 1.
    if (this.limit > 0.9999) this.limit = 1;
    return true;
  }

  private listen(samples: Int16Array, start: number, end: number): void {
    let sum = 0;
    for (let n = start; n < end; n++) sum += Math.abs(samples[n] ?? 0);
    if (sum / (end - start) > this.threshold) {
      this.quietMs = 0;
      this.open = true;
      return;
    }
    this.quietMs += ((end - start) * 1000) / this.rate;
    if (this.quietMs >= gateHoldMs) this.open = false;
  }

  /** For each block of a frame, the factor under which its loudest sample stays below the ceiling. */
  private lookAhead(samples: Int16Array, start: number, end: number): void {
    const loudest = Math.max(this.gain, this.target);
    for (let blockStart = start, block = 0; blockStart < end; blockStart += this.block, block++) {
      const blockEnd = Math.min(blockStart + this.block, end);
      let peak = 0;
      for (let n = blockStart; n < blockEnd; n++) {
        const size = Math.abs(samples[n] ?? 0);
        if (size > peak) peak = size;
      }
      this.needs[block] = peak * loudest > ceiling ? ceiling / (peak * loudest) : 1;
    }
    this.needs.fill(1, Math.ceil((end - start) / this.block));
  }

  /** Down in time for the next block, up slowly. */
  private limitAfter(block: number): number {
    const need = Math.min(this.needs[block] ?? 1, this.needs[block + 1] ?? 1);
    return Math.min(need, 1, this.limit * releaseFactor);
  }
}
