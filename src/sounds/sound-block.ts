// A piece of decoded sound, one channel. Long sounds pass through in such pieces, so that ten minutes of stereo at 48 kHz
// never lie in memory at once.

export interface SoundBlock {
  /** Hz */
  readonly rate: number;
  /** Full scale is ±1. */
  readonly samples: Float32Array;
}

/** The rates that sounds may have, Hz: telephony's to what studios use. */
export const rates = { least: 8000, most: 192_000 } as const;

/** What no sound of a working program goes beyond, full scale being 1; keeps sums finite. */
export const loudestSample = 8;
