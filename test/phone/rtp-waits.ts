// Waiting for something to be heard. Each wait looks at every packet that arrives and ends with the event, or rejects
// with what was heard instead. `Ears` is what a call offers as `call.rx`.
import { amplitude, rms, windowed } from './goertzel.js';
import { now } from './rtp-clock.js';
import { RtpReceiver, type RxPacket } from './rtp-receiver.js';

export interface WaitOptions {
  /** Default 5000 ms. */
  timeoutMs?: number | undefined;
  /** Length of the window that is measured, ms; default 100. */
  ms?: number;
  /** Measure only what is heard after this, ms of `now()`: the window then has to begin later. */
  since?: number;
}

/** Whether a window of this length lies after `since`. */
function fresh(ms: number, since: number | undefined): boolean {
  return since === undefined || now() - since >= ms;
}

export class Ears extends RtpReceiver {
  /** Resolves with what `check` returns as soon as that is neither undefined nor false. */
  waitUntil<T>(
    check: () => T | undefined | false,
    {
      timeoutMs = 5_000,
      what = 'what was waited for',
    }: { timeoutMs?: number | undefined; what?: string | (() => string) } = {},
  ): Promise<T> {
    return new Promise((resolve, reject) => {
      const finish = (end: () => void): void => {
        clearTimeout(timer);
        stop();
        end();
      };
      const look = (): void => {
        let found: T | undefined | false;
        try {
          found = check();
        } catch (error) {
          finish(() => reject(error instanceof Error ? error : new Error(String(error))));
          return;
        }
        if (found !== undefined && found !== false) finish(() => resolve(found as T));
      };
      const timer = setTimeout(() => {
        const wanted = typeof what === 'string' ? what : what();
        finish(() => reject(new Error(`not heard within ${timeoutMs} ms: ${wanted}; ${this.describe()}`)));
      }, timeoutMs);
      const stop = this.watch(look);
      look();
    });
  }

  private async waitForMeasure(
    measure: () => number,
    { min = 0, max = Infinity, ms = 100, since, timeoutMs }: WaitOptions & { min?: number; max?: number },
    what: string,
  ): Promise<number> {
    const { level } = await this.waitUntil(
      () => {
        if (!fresh(ms, since)) return undefined;
        const level = measure();
        return level >= min && level <= max ? { level } : undefined;
      },
      { what, timeoutMs },
    );
    return level;
  }

  /** Resolves with the level once the tone's amplitude is between `min` (default 500) and `max`. */
  waitForTone(
    hz: number,
    { min = 500, max = Infinity, ms = 100, ...rest }: WaitOptions & { min?: number; max?: number } = {},
  ): Promise<number> {
    const what = `a tone of ${hz} Hz with ${max === Infinity ? `at least ${min}` : `${min} to ${max}`}`;
    return this.waitForMeasure(() => this.level(hz, { ms }), { min, max, ms, ...rest }, what);
  }

  /** Resolves once a tone's amplitude is at most `max` (default 50), whatever else is heard. */
  async waitForNoTone(
    hz: number,
    { max = 50, ms = 100, ...rest }: WaitOptions & { max?: number } = {},
  ): Promise<void> {
    const what = `no tone of ${hz} Hz above ${max}`;
    await this.waitForMeasure(() => this.level(hz, { ms }), { max, ms, ...rest }, what);
  }

  /** Resolves once the last `ms` (default 300) had an rms of at most `max` (default 30); no packets is silence too. */
  async waitForSilence({ max = 30, ms = 300, ...rest }: WaitOptions & { max?: number } = {}): Promise<void> {
    const what = `${ms} ms of silence (rms at most ${max})`;
    await this.waitForMeasure(() => this.rms({ ms }), { max, ms, ...rest }, what);
  }

  /** Resolves with the rms once the last `ms` had at least `min` (default 200) of any sound. */
  waitForAudio({ min = 200, ms = 100, ...rest }: WaitOptions & { min?: number } = {}): Promise<number> {
    return this.waitForMeasure(() => this.rms({ ms }), { min, ms, ...rest }, `sound of rms ${min} or more`);
  }

  /** Resolves once `count` more packets came. */
  async waitForPackets(count: number, { timeoutMs }: { timeoutMs?: number } = {}): Promise<void> {
    let left = count;
    let last = this.lastArrival;
    await this.waitUntil(
      () => {
        if (this.lastArrival !== last) left--;
        last = this.lastArrival;
        return left <= 0;
      },
      { what: `${count} more packets`, timeoutMs },
    );
  }

  /** Resolves once these digits came as telephone events. */
  async waitForDigits(digits: string, { timeoutMs }: { timeoutMs?: number } = {}): Promise<void> {
    const got = (): string => this.digits.map(({ digit }) => digit).join('');
    await this.waitUntil(() => got() === digits, {
      what: () => `the digits ${digits}, but ${JSON.stringify(got())}`,
      timeoutMs,
    });
  }

  /**
   * When the first samples of a tone came, ms of `now()`: the arrival of their packet plus their place in it. Looks
   * from `since` on (default: all that is kept). Exact to about 1 ms when the tone starts at once out of silence or
   * other tones. Undefined when no 20 ms of it reach `min`.
   */
  onsetTime(hz: number, { since = 0, min = 500 }: { since?: number; min?: number } = {}): number | undefined {
    const packets = this.packets.filter((packet) => packet.arrival >= since);
    const rate = packets[0]?.codec.rate;
    if (rate === undefined) return undefined;
    this.decode(packets);
    const same = packets.filter((packet) => packet.codec.rate === rate);
    const all = concatenate(same);
    const width = Math.round(rate / 50);
    const heard = slidingAmplitude(all, hz, rate, width);
    const over = heard.findIndex((level) => level >= min);
    if (over < 0) return undefined;
    // The onset is where the sliding window is half in the tone: half of what it measures once it is inside.
    let full = 0;
    for (let i = over; i < Math.min(heard.length, over + 2 * width); i++) full = Math.max(full, heard[i]!);
    let half = over;
    while (half < heard.length && heard[half]! < full / 2) half++;
    while (half > 0 && heard[half - 1]! >= full / 2) half--;
    return timeOfSample(same, Math.max(0, half - Math.floor(width / 2)), rate);
  }

  /** Waits for a tone and gives its onset (see onsetTime). */
  async waitForOnset(
    hz: number,
    { since = now(), min = 500, timeoutMs }: { since?: number; min?: number; timeoutMs?: number } = {},
  ): Promise<number> {
    await this.waitForTone(hz, { min, ms: 40, timeoutMs });
    return this.waitUntil(() => this.onsetTime(hz, { since, min }), { what: `the onset of ${hz} Hz` });
  }
}

function concatenate(packets: readonly RxPacket[]): Int16Array {
  const all = new Int16Array(packets.reduce((sum, packet) => sum + packet.samples!.length, 0));
  let position = 0;
  for (const packet of packets) {
    all.set(packet.samples!, position);
    position += packet.samples!.length;
  }
  return all;
}

function timeOfSample(packets: readonly RxPacket[], sample: number, rate: number): number | undefined {
  let left = sample;
  for (const packet of packets) {
    if (left < packet.samples!.length) return packet.arrival + (left * 1000) / rate;
    left -= packet.samples!.length;
  }
  return undefined;
}

/** Amplitude of a tone in the last `width` samples, at every sample. */
function slidingAmplitude(samples: Int16Array, hz: number, rate: number, width: number): Float64Array {
  const w = (2 * Math.PI * hz) / rate;
  const re = new Float64Array(samples.length);
  const im = new Float64Array(samples.length);
  const out = new Float64Array(samples.length);
  let sumRe = 0;
  let sumIm = 0;
  for (let i = 0; i < samples.length; i++) {
    re[i] = samples[i]! * Math.cos(w * i);
    im[i] = samples[i]! * Math.sin(w * i);
    sumRe += re[i]! - (i >= width ? re[i - width]! : 0);
    sumIm += im[i]! - (i >= width ? im[i - width]! : 0);
    out[i] = (2 * Math.hypot(sumRe, sumIm)) / width;
  }
  return out;
}

/** Level and rms of samples at hand, on the scale of `Ears.level`. */
export function measureSamples(
  samples: Int16Array,
  hz: number,
  rate: number,
): { level: number; rms: number } {
  return { level: amplitude(windowed(samples), hz, rate), rms: rms(samples) };
}
