// What a box costs on which nobody is calling.
import { type Bench, type Part, type PartResult, pause, processesOf } from './bench.js';
import { startMeter } from './processes.js';

/** A box has settled by then, s. */
const settleSeconds = 10;
const measureSeconds = 10;

export const rest: Part = {
  name: 'rest',
  title: 'a box at rest',
  async run(bench: Bench): Promise<PartResult> {
    const box = await bench.box({ realSounds: true });
    await pause(settleSeconds * 1000);
    const stopMeter = startMeter(processesOf(box));
    await pause(measureSeconds * 1000);
    const cost = stopMeter();
    const percent = (name: string): number => ((cost.cpu[name] ?? NaN) / cost.seconds) * 100;
    const ours = ['supervisor', 'sip-server', 'application'];
    const sum = (of: (name: string) => number): number => ours.reduce((total, name) => total + of(name), 0);
    bench.progress(`measured ${measureSeconds} s after ${settleSeconds} s of rest`);
    return {
      figures: [
        { what: 'CPU without rtpengine', value: sum(percent), unit: '%', target: { atMost: 1 } },
        ...[...ours, 'rtpengine'].map((name) => ({ what: `CPU, ${name}`, value: percent(name), unit: '%' })),
        {
          what: 'memory without rtpengine',
          value: sum((name) => cost.memory[name] ?? NaN),
          unit: 'MB',
          target: { atMost: 200 },
        },
        ...[...ours, 'rtpengine'].map((name) => ({
          what: `memory, ${name}`,
          value: cost.memory[name] ?? NaN,
          unit: 'MB',
        })),
      ],
      details: { settleSeconds, ...cost },
    };
  },
};
