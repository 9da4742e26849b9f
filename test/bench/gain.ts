// What the gain relay costs for so many members on it, and how much later their sound comes. The members talk in small
// conferences, all bent both ways, so that the worker has to change every packet that passes.
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
const changes = 15;

type RunningBox = Awaited<ReturnType<Bench['box']>>;

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
    const added = percentile(latency.bent, 0.5) - percentile(latency.neutral, 0.5);
    figures.push(
      { what: 'mouth to ear past it, p50', value: percentile(latency.neutral, 0.5), unit: 'ms' },
      { what: 'mouth to ear through it, p50', value: percentile(latency.bent, 0.5), unit: 'ms' },
      { what: 'latency added, p50', value: added, unit: 'ms', target: { atMost: 5 } },
    );
    return { figures, details: { costs, latency } };
  },
};

async function measureCosts(bench: Bench, box: RunningBox): Promise<{ count: number; cost: Cost }[]> {
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

/** Times from a mouth to three ears, ms, before and after the mouth was made louder. */
async function measureLatency(bench: Bench, box: RunningBox): Promise<{ neutral: number[]; bent: number[] }> {
  const number = '7300';
  await box.conference(quietConference(number));
  const mouth = await bench.farm([{ user: 'mouth' }]);
  const ears = await bench.farm(Array.from({ length: 3 }, (_, n) => ({ user: `ear${n}` })));
  await mouth.ask('call', { targets: box.uri(number) });
  await ears.ask('call', { targets: box.uri(number), spacingMs: 137 });
  await pause(settleMs);
  const neutral = await sample(mouth, ears, changes);
  await mouth.ask('press', { digits: '3' });
  await pause(settleMs);
  const bent = await sample(mouth, ears, changes);
  await Promise.all([mouth.stop(), ears.stop()]);
  return { neutral, bent };
}
