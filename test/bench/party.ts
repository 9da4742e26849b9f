// A conference of some size in which a few talk and the others listen, as most are.
import type { Box } from '../calls/box.js';
import type { PhoneFarm } from '../phone/phone-farm.js';
import { tones } from '../phone/tones.js';
import { type Bench, pause, quietConference } from './bench.js';

export interface Party {
  /** Of the conference. */
  readonly id: string;
  readonly farm: PhoneFarm;
}

/** Resolves when everybody has heard everybody who talks. */
export async function gather(
  bench: Bench,
  box: Box,
  { number, size, talkers }: { readonly number: string; readonly size: number; readonly talkers: number },
): Promise<Party> {
  const id = await box.conference(quietConference(number));
  const hz = tones(size);
  const farm = await bench.farm(hz.map((tone, n) => (n < talkers ? { tone } : {})));
  await farm.ask('call', { targets: box.uri(number), spacingMs: 30 });
  for (let talker = 0; talker < talkers; talker++) {
    const only = hz.map((_, n) => n).filter((n) => n !== talker);
    await farm.ask('waitForTone', { only, hz: hz[talker]!, options: { ms: 500, timeoutMs: 20_000 } });
  }
  await pause(1000);
  return { id, farm };
}
