// The real time for everything that takes a Clock. Timers do not keep the process alive: what waits for one is a call
// or a conference, and at shutdown those are ended, not waited for.
import type { Clock } from './types.js';

export const systemClock: Clock = {
  now: () => Date.now(),
  after(ms, fn) {
    const timer = setTimeout(fn, ms);
    timer.unref();
    return () => clearTimeout(timer);
  },
};
