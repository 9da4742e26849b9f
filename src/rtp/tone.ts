// FreeSWITCH tone strings (TGML of libteletone) to samples, pure. Conferences name their beeps in this language, e.g.
// `v=-7;>=2;+=.1;%(300,0,523,659)`: 300 ms of 523 and 659 Hz together that fade by 0.1 dB every 2 ms.

/** A tone string that cannot be read, or that is too long. */
export class ToneError extends Error {
  constructor(detail: string) {
    super(`unusable tone string: ${detail}`);
    this.name = 'ToneError';
  }
}

export interface Tone {
  /** Hz */
  readonly rate: number;
  readonly samples: Int16Array;
}

const rate = 16_000;
const longestText = 2000;
const longestSeconds = 30;
const mostFrequencies = 8;

/** Level of a sine of full 16-bit range in dBm0: 3.14 for a square wave and 3.02 for the crest of a sine. */
const fullScaleDbm0 = 6.16;
/** libteletone's scale factor at that level; two tones at 0 dBm0 clip, as there. */
const fullScale = 32_767 * Math.SQRT2;
/** libteletone's limits and its default, dBm0. */
const loudest = 0;
const quietest = -63;
const usual = -7;

interface Settings {
  /** dBm0 */
  volume: number;
  /** ms between two steps of a fade; 0 = none. */
  step: number;
  /** −1 fades out, 1 fades in. */
  direction: -1 | 1;
  /** dB per step */
  factor: number;
  /** Used where a tone says −1, ms. */
  duration: number;
  wait: number;
  /** Turns of each tone that follows; −1 = for ever, which here means until the limit. */
  loops: number;
}

/**
 * Understands v (volume), > and < (fade out, in, ms per step), + (dB per step), d (duration), w (wait), l (turns of
 * each tone), L and loops (turns of the whole), c and r (ignored: always mono, 16 kHz) and %(on,off,Hz,…).
 * Endless loops are cut at 30 s.
 * @throws ToneError
 */
export function renderTone(text: string): Tone {
  if (text.length > longestText) throw new ToneError('longer than 2000 characters');
  const settings: Settings = {
    volume: usual,
    step: 0,
    direction: -1,
    factor: 0,
    duration: 0,
    wait: 0,
    loops: 1,
  };
  const samples = new Samples(longestSeconds * rate);
  let turns = 1;
  const parts = text
    .replace(/^tone_stream:\/\//, '')
    .split(';')
    .map((part) => part.trim())
    .filter((part) => part !== '');
  for (const part of parts) {
    const assignment = /^(loops|[a-zA-Z<>+])=(-?\d*\.?\d+)$/.exec(part);
    const tone = /^%\(([-\d.,\s]+)\)$/.exec(part);
    if (assignment?.[1] && assignment[2]) {
      const value = Number(assignment[2]);
      if (assignment[1] === 'L' || assignment[1] === 'loops') turns = value;
      else assign(settings, assignment[1], value);
    } else if (tone?.[1]) {
      play(settings, tone[1].split(',').map(Number), samples);
    } else {
      throw new ToneError(`"${part.slice(0, 40)}" is not understood`);
    }
  }
  if (samples.length === 0) throw new ToneError('no tone in it');
  samples.repeat(turns < 0 ? Infinity : Math.max(1, Math.floor(turns)));
  return { rate, samples: samples.toArray() };
}

function assign(settings: Settings, key: string, value: number): void {
  switch (key) {
    case 'v':
      if (value >= quietest && value <= loudest) settings.volume = value;
      break;
    case '>':
    case '<':
      settings.step = Math.max(0, value);
      settings.direction = key === '>' ? -1 : 1;
      break;
    case '+':
      settings.factor = Math.max(0, value);
      break;
    case 'd':
      settings.duration = Math.max(0, value);
      break;
    case 'w':
      settings.wait = Math.max(0, value);
      break;
    case 'l':
      settings.loops = value;
      break;
    case 'c':
    case 'r':
      break;
    default:
      throw new ToneError(`"${key}=" is not known`);
  }
}

function play(settings: Settings, numbers: readonly number[], samples: Samples): void {
  const [on, off = 0, ...frequencies] = numbers;
  if (on === undefined || numbers.some((number) => !Number.isFinite(number)))
    throw new ToneError('a number is missing');
  if (frequencies.length > mostFrequencies) throw new ToneError('more than 8 frequencies in one tone');
  if (frequencies.some((hz) => hz < 0 || hz > rate / 2)) throw new ToneError('a frequency is out of range');
  const onSamples = Math.round(((on < 0 ? settings.duration : on) * rate) / 1000);
  const offSamples = Math.round(((off < 0 ? settings.wait : off) * rate) / 1000);
  if (onSamples + offSamples > longestSeconds * rate) throw new ToneError('longer than 30 s');
  const turns = settings.loops < 0 ? Infinity : Math.max(1, Math.floor(settings.loops));
  for (let turn = 0; turn < turns && !samples.full && onSamples + offSamples > 0; turn++) {
    sound(
      settings,
      frequencies.filter((hz) => hz > 0),
      onSamples,
      samples,
    );
    for (let n = 0; n < offSamples; n++) samples.push(0);
  }
}

function sound(settings: Settings, frequencies: readonly number[], count: number, samples: Samples): void {
  const stepSamples = Math.round((settings.step * rate) / 1000);
  let scale = scaleOf(settings.volume);
  let sinceStep = 0;
  for (let n = 0; n < count; n++) {
    if (stepSamples > 0 && ++sinceStep >= stepSamples) {
      const volume = settings.volume + settings.direction * settings.factor;
      if (volume <= loudest && volume >= quietest) {
        settings.volume = volume;
        scale = scaleOf(volume);
        sinceStep = 0;
      }
    }
    let sample = 0;
    for (const hz of frequencies) sample += scale * Math.sin((2 * Math.PI * hz * n) / rate);
    samples.push(sample);
  }
}

function scaleOf(dbm0: number): number {
  return 10 ** ((dbm0 - fullScaleDbm0) / 20) * fullScale;
}

/** Samples up to a limit; what goes beyond is dropped. */
class Samples {
  private readonly buffer: Int16Array;
  length = 0;

  constructor(limit: number) {
    this.buffer = new Int16Array(limit);
  }

  get full(): boolean {
    return this.length >= this.buffer.length;
  }

  push(sample: number): void {
    if (this.full) return;
    this.buffer[this.length++] = Math.max(-32_768, Math.min(32_767, Math.round(sample)));
  }

  repeat(turns: number): void {
    const once = this.length;
    for (let turn = 1; turn < turns && !this.full; turn++) {
      const part = this.buffer.subarray(0, Math.min(once, this.buffer.length - this.length));
      this.buffer.set(part, this.length);
      this.length += part.length;
    }
  }

  toArray(): Int16Array {
    return this.buffer.slice(0, this.length);
  }
}
