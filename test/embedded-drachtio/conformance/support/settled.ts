// Nothing may be left behind: after the last timer of a call its transactions and dialogs are gone.
import type { Test } from 'tap';
import { type EmbeddedDrachtio } from '../../../../src/embedded-drachtio/index.js';

/** What counters() tells about the moment, not about the past. */
export function alive(server: EmbeddedDrachtio): Record<string, number> {
  const all = Object.entries(server.counters() as Record<string, unknown>);
  return Object.fromEntries(
    all.filter((entry): entry is [string, number] => {
      return typeof entry[1] === 'number' && /transactions|dialogs|pending/i.test(entry[0]);
    }),
  );
}

/** Waits until no transaction and no dialog is left; fails the test where some stay. */
export async function settled(t: Test, server: EmbeddedDrachtio, ms = 4000): Promise<void> {
  const until = Date.now() + ms;
  const busy = (): Array<[string, number]> => Object.entries(alive(server)).filter(([, count]) => count > 0);
  while (busy().length > 0 && Date.now() < until) await new Promise((resolve) => setTimeout(resolve, 10));
  t.same(busy(), [], 'nothing is left behind');
  t.ok(Object.keys(alive(server)).length >= 2, 'transactions and dialogs are counted');
}
