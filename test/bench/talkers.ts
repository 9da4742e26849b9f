// What conferences cost in which everybody talks at once: the worst a room of that size can do. Each phone sends a tone
// of its own, and afterwards each must still hear all the others, or the figures would be those of a broken room.
import type { Box } from '../calls/box.js';
import type { PhoneFarm } from '../phone/phone-farm.js';
import { tones } from '../phone/tones.js';
import {
  type Bench,
  type Figure,
  type Part,
  type PartResult,
  pause,
  processesOf,
  quietConference,
} from './bench.js';
import { type Cost, startMeter } from './processes.js';
import { rounded } from './statistics.js';

const sizes = [3, 10, 20, 40];
const measureSeconds = 10;
const settleMs = 1500;
/** Together the tones stay below full scale, or they would be clipped. Peaks on the 16-bit scale. */
const fullScale = 24_000;
const loudest = 3000;
/** A tone this much weaker than it was sent counts as not heard; mixing itself costs nothing. */
const leastShare = 0.7;

export const talkers: Part = {
  name: 'talkers',
  title: 'conferences in which everybody talks',
  async run(bench: Bench): Promise<PartResult> {
    const box = await bench.box();
    const figures: Figure[] = [];
    const conferences: Conference[] = [];
    const details = { measureSeconds, conferences };
    for (const size of sizes) {
      try {
        const conference = await measure(bench, box, size);
        conferences.push(conference);
        figures.push(...figuresOf(conference));
        bench.progress(sentenceOf(conference));
      } catch (error) {
        // The smaller ones count all the same.
        const why = error instanceof Error ? error.message : String(error);
        return { figures, details, error: `${size} talkers: ${why}` };
      }
    }
    return { figures, details };
  },
};

interface Conference extends Cost {
  readonly size: number;
  /** Of each tone, peak on the 16-bit scale. */
  readonly level: number;
  /** How many times somebody does not hear somebody else. */
  readonly unheard: number;
  readonly longestGapMs: number;
  /** How late the phones sent at worst: what they measure is no better than that. */
  readonly phonesLateMs: number;
}

async function measure(bench: Bench, box: Box, size: number): Promise<Conference> {
  const number = `71${size}`;
  await box.conference(quietConference(number));
  const hz = tones(size);
  const level = Math.min(loudest, fullScale / size);
  const farm = await bench.farm(hz.map((tone) => ({ tone, toneLevel: level })));
  const calls = await farm.ask('call', { targets: box.uri(number), spacingMs: 20 });
  const refused = calls.filter(({ ok }) => !ok);
  if (refused.length > 0) throw new Error(`${refused.length} phones were refused: ${refused[0]!.status}`);
  await everybodyHears(farm, hz, level);
  await pause(settleMs);
  await farm.ask('resetStats');
  const stopMeter = startMeter({ ...processesOf(box), phones: farm.pid });
  await pause(measureSeconds * 1000);
  const cost = stopMeter();
  const unheard = unheardOf(await farm.ask('levels', { hz }), level);
  const reports = await farm.ask('report');
  const longestGapMs = Math.max(...reports.map(({ stats }) => stats.longestGapMs));
  const { worstLatenessMs } = await farm.ask('health');
  await farm.stop();
  return { size, level, unheard, longestGapMs, phonesLateMs: worstLatenessMs, ...cost };
}

function sentenceOf({ size, cpu, seconds, unheard, phonesLateMs, others }: Conference): string {
  return (
    `${size} talkers: rtpengine ${rounded(((cpu.rtpengine ?? NaN) / seconds) * 100)} %, ` +
    `${unheard} tones not heard; phones late by ${rounded(phonesLateMs)} ms; others used ${rounded(others)} cores`
  );
}

async function everybodyHears(farm: PhoneFarm, hz: readonly number[], level: number): Promise<void> {
  const all = hz.map((_, index) => index);
  for (const talker of all) {
    await farm.ask('waitForTone', {
      only: all.filter((listener) => listener !== talker),
      hz: hz[talker]!,
      options: { min: leastShare * level, ms: 500, timeoutMs: 20_000 },
    });
  }
}

/** How many times somebody does not hear somebody else. */
function unheardOf(levels: readonly (readonly number[])[], level: number): number {
  return levels
    .flatMap((row, listener) => row.filter((_, talker) => talker !== listener))
    .filter((heard) => heard < leastShare * level).length;
}

function figuresOf({ size, unheard, phonesLateMs, ...cost }: Conference): Figure[] {
  const figures: Figure[] = [];
  for (const name of ['rtpengine', 'application', 'sip-server', 'supervisor']) {
    figures.push({
      what: `${size} talkers, CPU, ${name}`,
      value: ((cost.cpu[name] ?? NaN) / cost.seconds) * 100,
      unit: '%',
    });
  }
  for (const name of ['rtpengine', 'application', 'sip-server', 'supervisor']) {
    figures.push({ what: `${size} talkers, memory, ${name}`, value: cost.memory[name] ?? NaN, unit: 'MB' });
  }
  figures.push({
    what: `${size} talkers, times somebody is not heard`,
    value: unheard,
    unit: '',
    target: { atMost: 0 },
    ...(unheard > 0 && { note: `the phones' own clock was late by up to ${rounded(phonesLateMs)} ms` }),
  });
  return figures;
}
