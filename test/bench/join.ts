// How long a caller waits from the last digit of the PIN until the conference is heard. In the conference somebody
// sends a tone all the time; the caller is in when that tone begins.
import { Phone } from '../phone/phone.js';
import { now } from '../phone/rtp-clock.js';
import { soundHz } from '../calls/tone-sounds.js';
import { type Bench, type Part, type PartResult, pause, quietConference } from './bench.js';
import { percentile, rounded, summarise } from './statistics.js';

const joins = 20;
const pin = '1234';
const talkerHz = 800;
/** As people press, ms. */
const keyMs = 100;
const betweenMs = 60;

export const join: Part = {
  name: 'join',
  title: 'joining',
  async run(bench: Bench): Promise<PartResult> {
    const box = await bench.box();
    const number = '7300';
    await box.conference(quietConference(number, [pin]));
    const talker = await phone(bench, talkerHz);
    const first = talker.call(box.uri(number));
    await first.answered();
    await first.press(pin, { durationMs: keyMs });
    await pause(1000);
    const fromPressMs: number[] = [];
    const fromReleaseMs: number[] = [];
    for (let n = 0; n < joins; n++) {
      const caller = await phone(bench, null);
      const call = caller.call(box.uri(number));
      await call.answered();
      await call.rx.waitForTone(soundHz('conf-enter_conf_pin'), { ms: 60 });
      await call.press(pin.slice(0, -1), { durationMs: keyMs, gapMs: betweenMs });
      const pressed = now();
      await call.press(pin.slice(-1), { durationMs: keyMs, gapMs: 0 });
      const released = now();
      const heard = await call.rx.waitForOnset(talkerHz, { since: pressed });
      fromPressMs.push(heard - pressed);
      fromReleaseMs.push(heard - released);
      await caller.stop();
      await pause(100);
    }
    bench.progress(
      `${joins} joins: p95 ${rounded(percentile(fromReleaseMs, 0.95))} ms after the key was released`,
    );
    return {
      figures: [
        {
          what: 'from the release of the last digit, p50',
          value: percentile(fromReleaseMs, 0.5),
          unit: 'ms',
        },
        {
          what: 'from the release of the last digit, p95',
          value: percentile(fromReleaseMs, 0.95),
          unit: 'ms',
          target: { atMost: 500 },
        },
        {
          what: `from the press (${keyMs} ms earlier), p95`,
          value: percentile(fromPressMs, 0.95),
          unit: 'ms',
          target: { atMost: 500 },
        },
      ],
      details: {
        fromPress: { ...summarise(fromPressMs), samples: fromPressMs },
        fromRelease: { ...summarise(fromReleaseMs), samples: fromReleaseMs },
      },
    };
  },
};

async function phone(bench: Bench, tone: number | null): Promise<Phone> {
  const one = await new Phone({ tone }).start();
  bench.defer(() => one.stop());
  return one;
}
