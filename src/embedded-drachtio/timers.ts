// The times of RFC 3261 (table 4), ms.
export interface Timers {
  /** Estimate of the round trip. */
  readonly t1: number;
  /** The longest time between two retransmissions of a request that is no INVITE, and of a response to an INVITE. */
  readonly t2: number;
  /** How long a message stays in the network. */
  readonly t4: number;
  /** Timer C of §16.6: how long an INVITE of ours may go without a word from the other side. */
  readonly c: number;
}

export const defaultTimers: Timers = { t1: 500, t2: 4000, t4: 5000, c: 185_000 };

/** Timers B, F, H, L, M: nothing is retried for longer. */
export function giveUpAfter(timers: Timers): number {
  return 64 * timers.t1;
}

/**
 * Does something again and again, each time after twice the pause, up to a longest one. Late timers do not add up: what
 * was late is made up for in the next pause, half of it at most.
 * @param first ms
 * @param longest ms
 * @returns stops it
 */
export function repeating(first: number, longest: number, work: () => void): () => void {
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  let due = performance.now();
  const next = (pause: number) => {
    const now = performance.now();
    due = Math.max(due + pause, now + pause / 2);
    timer = setTimeout(() => {
      work();
      if (!stopped) next(Math.min(pause * 2, longest));
    }, due - now);
  };
  next(first);
  return () => {
    stopped = true;
    clearTimeout(timer);
  };
}
