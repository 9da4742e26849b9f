// How long sound takes from a phone's microphone to another's ear, and the longest time in which a phone gets nothing.
// Phones of their own process send and listen; all times are of the one clock that processes of a machine share.
import type { Box } from '../calls/box.js';
import type { PhoneFarm } from '../phone/phone-farm.js';
import { type Bench, type Part, type PartResult, pause, processesOf, quietConference } from './bench.js';
import { gather } from './party.js';
import { startMeter } from './processes.js';
import { percentile, rounded, summarise } from './statistics.js';

const listeners = 3;
const changes = 30;
/** A new tone out of this many; between two uses of one lie longer than what is looked at. Hz from `first` on. */
const cycle = 8;
const firstHz = 500;
const stepHz = 150;
/** As long as a busy machine may leave a process without a processor, ms; what is left of it after a while, ms. */
const stallMs = 120;
const afterStallMs = 3000;
const changesAfterStall = 5;
/** As late as packets over a busy Wi-Fi come, ms, and for how long they do before it is looked at, ms. */
const jitterMs = 30;
const jitteryMs = 3000;
/** A key that changes nothing and is answered by a sound to who pressed it. */
const answeredKey = '5';
const changesAfterOthers = 8;
const partySize = 10;
const partyTalkers = 3;
const gapSeconds = 30;

export const latency: Part = {
  name: 'latency',
  title: 'latency and gaps (PCMU, loopback)',
  async run(bench: Bench): Promise<PartResult> {
    const box = await bench.box();
    const mouthToEar = await measureLatency(bench, box);
    const gaps = await measureGaps(bench, box);
    return {
      figures: [
        { what: 'mouth to ear, p50', value: percentile(mouthToEar.samples, 0.5), unit: 'ms' },
        {
          what: 'mouth to ear, p95',
          value: percentile(mouthToEar.samples, 0.95),
          unit: 'ms',
          target: { atMost: 60 },
          note: `${mouthToEar.samples.length} samples; everything else used ${rounded(mouthToEar.others)} cores`,
        },
        {
          what: `mouth to ear, p50, while a third phone's packets come up to ${jitterMs} ms late`,
          value: percentile(mouthToEar.besideJitter, 0.5),
          unit: 'ms',
          target: { atMost: 70 },
        },
        {
          what: 'mouth to ear, p50, after each ear pressed a key and was answered',
          value: percentile(mouthToEar.afterKeys, 0.5),
          unit: 'ms',
          target: { atMost: 70 },
        },
        {
          what: `mouth to ear, p50, ${afterStallMs / 1000} s after rtpengine stood still for ${stallMs} ms`,
          value: percentile(mouthToEar.afterStall, 0.5),
          unit: 'ms',
        },
        {
          what: `longest gap between packets, ${partySize} phones, ${gapSeconds} s`,
          value: Math.max(...gaps.longestMs),
          unit: 'ms',
          target: { atMost: 40 },
          note: `the phones' own clock was late by up to ${rounded(gaps.phonesLateMs)} ms`,
        },
        { what: 'longest gap, median of the phones', value: percentile(gaps.longestMs, 0.5), unit: 'ms' },
        { what: 'packets lost on the way', value: gaps.missing, unit: '', target: { atMost: 0 } },
      ],
      details: { mouthToEar: { ...summarise(mouthToEar.samples), ...mouthToEar }, gaps },
    };
  },
};

interface Latency {
  /** ms, in the order they were taken. */
  readonly samples: number[];
  /** ms, beside a phone whose packets come late. */
  readonly besideJitter: number[];
  /** ms, after everybody who listens was played a sound alone. */
  readonly afterKeys: number[];
  /** ms, after rtpengine got no processor for a moment. */
  readonly afterStall: number[];
  /** Cores that everything but the bench and the box kept busy. */
  readonly others: number;
}

async function measureLatency(bench: Bench, box: Box): Promise<Latency> {
  const number = '7200';
  await box.conference(quietConference(number));
  // The mouth has a process of its own: what the ears decode does not delay it.
  const mouth = await bench.farm([{ user: 'mouth' }]);
  const ears = await bench.farm(Array.from({ length: listeners }, (_, n) => ({ user: `ear${n}` })));
  const jittery = await bench.farm([{ user: 'jittery' }]);
  const uri = box.uri(number);
  for (const farm of [mouth, jittery]) await farm.ask('call', { targets: uri });
  await ears.ask('call', { targets: uri, spacingMs: 137 });
  await pause(1500);
  const stopMeter = startMeter({ ...processesOf(box), mouth: mouth.pid, ears: ears.pid });
  const samples = await sample(mouth, ears, changes);
  const { others } = stopMeter();
  await jittery.ask('impair', { impairment: { jitterMs } });
  await pause(jitteryMs);
  const besideJitter = await sample(mouth, ears, changesAfterOthers);
  await jittery.stop();
  await ears.ask('press', { digits: answeredKey });
  await pause(jitteryMs);
  const afterKeys = await sample(mouth, ears, changesAfterOthers);
  const rtpengine = box.pid('rtpengine');
  process.kill(rtpengine, 'SIGSTOP');
  await pause(stallMs);
  process.kill(rtpengine, 'SIGCONT');
  await pause(afterStallMs);
  const afterStall = await sample(mouth, ears, changesAfterStall);
  await Promise.all([mouth.stop(), ears.stop()]);
  bench.progress(
    `${samples.length} samples: p50 ${rounded(percentile(samples, 0.5))}, ` +
      `p95 ${rounded(percentile(samples, 0.95))} ms; others used ${rounded(others)} cores`,
  );
  return { samples, besideJitter, afterKeys, afterStall, others };
}

/** Times from the mouth to each ear, ms. @throws when a tone is not heard */
export async function sample(mouth: PhoneFarm, ears: PhoneFarm, count: number): Promise<number[]> {
  const times: number[] = [];
  for (let n = 0; n < count; n++) {
    const hz = firstHz + stepHz * (n % cycle);
    // At any moment of a packet's time.
    await pause(200 + Math.random() * 20);
    const [sent = NaN] = await mouth.ask('setTones', { hz: [hz] });
    await ears.ask('waitForTone', { hz, options: { ms: 40 } });
    await pause(60);
    for (const heard of await ears.ask('onsets', { hz, since: sent })) {
      if (heard === undefined) throw new Error(`${hz} Hz was not heard`);
      times.push(heard - sent);
    }
  }
  return times;
}

async function measureGaps(
  bench: Bench,
  box: Box,
): Promise<{ longestMs: number[]; missing: number; phonesLateMs: number }> {
  const { farm } = await gather(bench, box, { number: '7210', size: partySize, talkers: partyTalkers });
  await farm.ask('resetStats');
  await pause(gapSeconds * 1000);
  const reports = await farm.ask('report');
  const health = await farm.ask('health');
  await farm.stop();
  const longestMs = reports.map(({ stats }) => stats.longestGapMs);
  bench.progress(`longest gaps of ${partySize} phones: ${longestMs.map(Math.round).join(', ')} ms`);
  return {
    longestMs,
    missing: reports.reduce((sum, { stats }) => sum + stats.missing, 0),
    phonesLateMs: health.worstLatenessMs,
  };
}
