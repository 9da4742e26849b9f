// What the gain relay costs for so many members on it, and how much later their sound comes. The members talk in small
// conferences, all bent both ways, so that the worker has to change every packet that passes.
import type { Box } from '../calls/box.js';
import { gainWorkerPid } from '../calls/gain-worker.js';
import {
  type Bench,
  type Figure,
  type Part,
  type PartResult,
  pause,
  processesOf,
  quietConference,
} from './bench.js';
import { sample } from './latency.js';
import { type Cost, startMeter } from './processes.js';
import { percentile, rounded } from './statistics.js';

const onRelay = [0, 1, 10, 30];
const members = 30;
const perConference = 3;
const measureSeconds = 10;
const settleMs = 1500;
const mouths = 6;
/** Tones that each mouth sends each way in one turn. */
const changes = 5;
const turns = 4;

export const gain: Part = {
  name: 'gain',
  title: 'the gain relay',
  async run(bench: Bench): Promise<PartResult> {
    const box = await bench.box();
    const figures: Figure[] = [];
    const latency = await measureLatency(bench, box);
    const costs = await measureCosts(bench, box);
    for (const { count, cost } of costs) {
      for (const name of ['gain-worker', 'rtpengine', 'application']) {
        const used = cost.cpu[name];
        if (used === undefined) continue;
        const value = (used / cost.seconds) * 100;
        figures.push({ what: `${count} of ${members} members on it, CPU, ${name}`, value, unit: '%' });
        if (name === 'gain-worker' && count === members) {
          figures.push({
            what: 'CPU of the worker per member',
            value: value / count,
            unit: '%',
            target: { atMost: 0.5 },
            note: `everything else used ${rounded(cost.others)} cores`,
          });
        }
      }
    }
    const memory = costs.at(-1)?.cost.memory['gain-worker'] ?? NaN;
    figures.push({ what: `${members} members on it, memory, gain-worker`, value: memory, unit: 'MB' });
    const added = mean(latency.bent) - mean(latency.neutral);
    figures.push(
      { what: 'mouth to ear past it, mean', value: mean(latency.neutral), unit: 'ms' },
      { what: 'mouth to ear through it, mean', value: mean(latency.bent), unit: 'ms' },
      { what: 'latency added, mean', value: added, unit: 'ms', target: { atMost: 5 } },
    );
    return { figures, details: { costs, latency } };
  },
};

async function measureCosts(bench: Bench, box: Box): Promise<{ count: number; cost: Cost }[]> {
  const numbers = Array.from({ length: members / perConference }, (_, n) => `73${10 + n}`);
  for (const number of numbers) await box.conference(quietConference(number));
  const farm = await bench.farm(Array.from({ length: members }, (_, n) => ({ tone: 400 + 25 * n })));
  const targets = Array.from({ length: members }, (_, n) => box.uri(numbers[n % numbers.length]!));
  await farm.ask('call', { targets, spacingMs: 20 });
  const costs: { count: number; cost: Cost }[] = [];
  let bent = 0;
  for (const count of onRelay) {
    const only = Array.from({ length: count - bent }, (_, n) => bent + n);
    if (only.length > 0) await farm.ask('press', { only, digits: '36' });
    bent = count;
    await pause(settleMs);
    // A worker is there from the first member on it.
    const worker: Record<string, number> =
      count > 0 ? { 'gain-worker': gainWorkerPid(box.pid('application')) } : {};
    const stopMeter = startMeter({ ...processesOf(box), ...worker, phones: farm.pid });
    await pause(measureSeconds * 1000);
    const cost = stopMeter();
    costs.push({ count, cost });
    const share = ((cost.cpu['gain-worker'] ?? 0) / cost.seconds) * 100;
    bench.progress(
      `${count} on the relay: worker ${rounded(share)} %; others used ${rounded(cost.others)} cores`,
    );
  }
  await farm.stop();
  return costs;
}

/**
 * Times from mouths to three ears, ms, with all mouths past the relay and with all through it, in turns: the mixer hands
 * on a packet with its next tick, so that one way of one mouth says as much about the ticks as about the way.
 */
async function measureLatency(bench: Bench, box: Box): Promise<{ neutral: number[]; bent: number[] }> {
  const number = '7300';
  await box.conference(quietConference(number));
  const targets = box.uri(number);
  const farms = await Promise.all(
    Array.from({ length: mouths }, (_, n) => bench.farm([{ user: `mouth${n}` }])),
  );
  const ears = await bench.farm(Array.from({ length: 3 }, (_, n) => ({ user: `ear${n}` })));
  for (const farm of [...farms, ears]) await farm.ask('call', { targets, spacingMs: 137 });
  const neutral: number[] = [];
  const bent: number[] = [];
  for (let turn = 0; turn < turns; turn++) {
    for (const [digits, times] of [
      ['2', neutral],
      ['3', bent],
    ] as const) {
      await Promise.all(farms.map((farm) => farm.ask('press', { digits })));
      await pause(settleMs);
      for (const farm of farms) {
        times.push(percentile(await sample(farm, ears, changes), 0.5));
        await farm.ask('setTones', { hz: [null] });
      }
    }
    const soFar = mean(bent) - mean(neutral);
    bench.progress(
      `turn ${turn + 1}: ${rounded(mean(neutral))} ms past it, ${rounded(soFar)} ms more through it`,
    );
  }
  await Promise.all([...farms, ears].map((farm) => farm.stop()));
  return { neutral, bent };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
