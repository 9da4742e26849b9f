// A room in which nobody hears anything, for conferences whose phones are made of nothing.
import type { MemberId } from '../../src/conference/index.js';
import type { Room } from '../../src/rtp/index.js';

/** What all silent rooms of a test were to play. */
export const played: { readonly target: MemberId | 'all'; readonly files: string[] }[] = [];

export const silentRoom = {
  taps: { listen: () => Promise.resolve(), energyOf: () => 0, reviewLevel: () => undefined },
  add: () => undefined,
  remove: () => Promise.resolve(),
  apply: () => Promise.resolve(),
  play: (target: MemberId | 'all', files: string[]) => {
    played.push({ target, files });
    return Promise.resolve({
      durationMs: 0,
      stop: () => Promise.resolve(),
      done: Promise.resolve('finished'),
    });
  },
  record: () => Promise.resolve(),
  close: () => Promise.resolve(),
} as unknown as Room;
