// How long everybody's sound is gone when rtpengine is killed and when it hangs, with eight phones in two conferences.
// The gap of a phone ends when it hears again whom it heard before, not with the first packet.
import type { PhoneFarm } from '../phone/phone-farm.js';
import { now } from '../phone/rtp-clock.js';
import { tones } from '../phone/tones.js';
import { type Bench, type Figure, type Part, type PartResult, pause, quietConference } from './bench.js';
import { rounded } from './statistics.js';

const phones = 8;
const rounds = 3;
const targetMs = 2000;
/** What was on its way when rtpengine stopped has arrived by then, ms. */
const inFlightMs = 40;
/** Longer than the sound can be gone for the box to count as recovered, ms. */
const patienceMs = 9000;

export const mediaLoss: Part = {
  name: 'media-loss',
  title: `loss of rtpengine (${phones} phones in 2 conferences)`,
  async run(bench: Bench): Promise<PartResult> {
    const box = await bench.box();
    const numbers = ['7400', '7401'];
    for (const number of numbers) await box.conference(quietConference(number));
    const hz = tones(phones);
    const farm = await bench.farm(hz.map((tone) => ({ tone })));
    await farm.ask('call', { targets: hz.map((_, n) => box.uri(numbers[n % 2]!)) });
    await everybodyHears(farm, hz);
    const figures: Figure[] = [];
    const details: Record<string, number[]> = {};
    for (const [what, signal] of [
      ['killed', 'SIGKILL'],
      ['hung', 'SIGSTOP'],
    ] as const) {
      const gaps: number[] = [];
      for (let round = 0; round < rounds; round++) {
        await pause(1000);
        await farm.ask('resetStats');
        await pause(100 + Math.random() * 400);
        const begun = now();
        process.kill(box.pid('rtpengine'), signal);
        await pause(inFlightMs);
        await everybodyHears(farm, hz, now());
        gaps.push(await gapOf(farm, hz, begun));
      }
      details[what] = gaps;
      bench.progress(`${what}: ${gaps.map((gap) => rounded(gap)).join(', ')} ms`);
      figures.push({
        what: `longest gap in anybody's sound, rtpengine ${what} ${rounds} times`,
        value: Math.max(...gaps),
        unit: 'ms',
        target: { atMost: targetMs },
      });
    }
    const ended = (await farm.ask('report')).filter(({ state }) => state !== 'answered').length;
    figures.push({ what: 'calls that ended by it', value: ended, unit: '', target: { atMost: 0 } });
    return { figures, details };
  },
};

/** Whom each phone hears: those of its own conference. */
function othersOf(listener: number): number[] {
  return Array.from({ length: phones }, (_, n) => n).filter((n) => n !== listener && n % 2 === listener % 2);
}

async function everybodyHears(farm: PhoneFarm, hz: readonly number[], since = now()): Promise<void> {
  await Promise.all(
    hz.map((tone, talker) =>
      farm.ask('waitForTone', {
        only: othersOf(talker),
        hz: tone,
        options: { min: 2000, ms: 200, since, timeoutMs: patienceMs },
      }),
    ),
  );
}

/** The longest of: time until a tone is heard again, time without any packet, ms. */
async function gapOf(farm: PhoneFarm, hz: readonly number[], begun: number): Promise<number> {
  const since = begun + inFlightMs;
  const onsets = await Promise.all(
    hz.map((tone, talker) => farm.ask('onsets', { only: othersOf(talker), hz: tone, since })),
  );
  const heard = onsets.flat().map((at) => (at ?? Infinity) - begun);
  const reports = await farm.ask('report');
  return Math.max(...heard, ...reports.map(({ stats }) => stats.longestGapMs));
}
