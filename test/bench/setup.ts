// How long it takes to set a call up, and how many calls a second the box takes before one of them fails or a message
// has to be repeated. Each call is what a caller does first: the phone offers PCMU, the application has rtpengine
// negotiate it, answers, and asks for the PIN by playing the prompt; a second later the caller hangs up.
import { type Bench, type Figure, type Part, type PartResult, pause, processesOf } from './bench.js';
import { LoadGenerator } from './load-generator.js';
import type { LoadResult } from './load-run.js';
import { type Cost, startMeter } from './processes.js';
import { highestClean, rounded, summarise, type Summary } from './statistics.js';

const rates = [25, 50, 100, 150, 200];
const secondsPerRate = 6;
const holdMs = 1000;
const targetRate = 150;
/** A step that was disturbed may be repeated: whatever else the machine does must not decide. */
const mostTries = 2;
/** A box that fails so many of its calls is beyond its limit; higher rates would tell nothing more. */
const hopelessShare = 0.2;

interface Step {
  readonly rate: number;
  readonly clean: boolean;
  readonly tries: number;
  readonly setupMs: Summary;
  readonly generatorLatenessMs: Summary;
  readonly calls: Omit<LoadResult, 'setupMs' | 'latenessMs'>;
  readonly failedCalls: number;
  readonly repeated: number;
  /** CPU ms of each process per call. */
  readonly cpuMsPerCall: Record<string, number>;
  readonly cost: Cost;
}

export const setup: Part = {
  name: 'setup',
  title: 'call set-up',
  async run(bench: Bench): Promise<PartResult> {
    const box = await bench.box({ realSounds: true });
    const number = '7000';
    await box.conference({ conference_numbers: [number], member: { join_muted: false, pins: ['1234'] } });
    const generator = new LoadGenerator();
    bench.defer(() => generator.stop());
    const target = { host: '127.0.0.1', port: box.sipPort, number };
    const measure = async (rate: number, seconds: number, tries: number): Promise<Step> => {
      const stopMeter = startMeter({ ...processesOf(box), generator: generator.pid });
      const result = await generator.run({ target, rate, seconds, holdMs });
      return stepOf(rate, tries, result, stopMeter());
    };
    bench.progress('warming up');
    await measure(rates[0]!, 3, 1);
    const steps: Step[] = [];
    const discarded: Step[] = [];
    for (const rate of rates) {
      let step: Step;
      for (let tries = 1; ; tries++) {
        await pause(1000);
        step = await measure(rate, secondsPerRate, tries);
        bench.progress(sentenceOf(step));
        if (step.clean || tries === mostTries) break;
        discarded.push(step);
      }
      steps.push(step);
      if (step.failedCalls > hopelessShare * step.calls.started) break;
    }
    return { figures: figuresOf(steps), details: { holdMs, secondsPerRate, steps, discarded } };
  },
};

function stepOf(rate: number, tries: number, result: LoadResult, cost: Cost): Step {
  const { setupMs, latenessMs, ...calls } = result;
  const failedCalls = Object.values(calls.failed).reduce((sum, count) => sum + count, 0);
  const repeated = calls.repeatedInvites + calls.repeatedByes + calls.repeatedAnswers;
  return {
    rate,
    clean: failedCalls === 0 && repeated === 0 && calls.completed === calls.started,
    tries,
    setupMs: summarise(setupMs),
    generatorLatenessMs: summarise(latenessMs),
    calls,
    failedCalls,
    repeated,
    cpuMsPerCall: Object.fromEntries(
      Object.entries(cost.cpu).map(([name, used]) => [name, (used * 1000) / calls.started]),
    ),
    cost,
  };
}

function sentenceOf(step: Step): string {
  const { rate, calls, failedCalls, repeated, setupMs, cpuMsPerCall, cost, generatorLatenessMs } = step;
  const cpu = Object.entries(cpuMsPerCall).map(([name, ms]) => `${name} ${rounded(ms)}`);
  return (
    `${rate}/s: ${calls.completed} of ${calls.started} calls, ${failedCalls} failed, ${repeated} repeated messages; ` +
    `set-up ${rounded(setupMs.p50)}/${rounded(setupMs.p95)}/${rounded(setupMs.p99)} ms; ` +
    `ms CPU per call: ${cpu.join(', ')}; generator late by ${rounded(generatorLatenessMs.p99)} ms; ` +
    `others used ${rounded(cost.others)} cores`
  );
}

function figuresOf(steps: readonly Step[]): Figure[] {
  const highest = highestClean(steps);
  const best = steps.find(({ rate }) => rate === highest);
  const figures: Figure[] = [
    {
      what: 'calls a second, none failed and no message repeated',
      value: highest,
      unit: 'calls/s',
      target: { atLeast: targetRate },
      ...(best && best.tries > 1 && { note: 'at the second try' }),
      ...(highest === rates.at(-1) && { note: 'the highest rate that was tried' }),
    },
  ];
  for (const { rate, setupMs, failedCalls, repeated } of steps) {
    const note =
      failedCalls + repeated > 0 ? `${failedCalls} calls failed, ${repeated} messages repeated` : undefined;
    for (const [name, value] of [
      ['p50', setupMs.p50],
      ['p95', setupMs.p95],
      ['p99', setupMs.p99],
    ] as const) {
      figures.push({
        what: `set-up time at ${rate} calls/s, ${name}`,
        value,
        unit: 'ms',
        ...(note && name === 'p50' && { note }),
      });
    }
  }
  if (best) {
    for (const [name, ms] of Object.entries(best.cpuMsPerCall)) {
      if (name === 'bench') continue;
      figures.push({ what: `CPU per call at ${best.rate} calls/s, ${name}`, value: ms, unit: 'ms' });
    }
  }
  return figures;
}
