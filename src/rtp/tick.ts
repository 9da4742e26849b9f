// When rtpengine's players tick. Each sends a packet every 20 ms, counted from the command that starts it, and what comes
// to it waits for its next tick: up to 20 ms for each player on the way from one phone to another, 30 on average with
// three. Players that are started at the right moment of these 20 ms wait half of that, and no worse than at any other
// moment when the machine is too busy to hit it.
import { setTimeout as sleep } from 'node:timers/promises';

/** rtpengine's players count by the machine's clock (measured), as Date does. */
const everyMs = 20;

/**
 * In the order in which sound passes through them, ms after each full 20. Between two of them a busy machine has 4 to be
 * late. Whoever hears a bus is sent it as it is, or waits a round more while a sound is mixed into it.
 */
export const tickAt = { evened: 0, bus: 4, leg: 4, toPhone: 8 } as const;

/** ms from `now` (Date.now()) until the next such moment. */
export function untilTick(at: number, now: number): number {
  return (((at - now) % everyMs) + everyMs) % everyMs;
}

/** Resolves at the next such moment, ms after each full 20. */
export async function nextTick(at: number): Promise<void> {
  const wait = untilTick(at, Date.now());
  if (wait > 0) await sleep(wait);
}
