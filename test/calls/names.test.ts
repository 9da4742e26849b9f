// Names that callers record of themselves, as the others hear them. A name is a tone that the phone sends while it is
// asked for it, and never again.
import t, { type Test } from 'tap';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { now } from '../phone/rtp-clock.js';
import type { PhoneCall } from '../phone/phone-call.js';
import { Box } from './box.js';
import { dial, hears, hearsNext, newNumber, type DialOptions } from './callers.js';
import { otherPromptHz, soundHz, soundLevel } from './tone-sounds.js';

const box = await Box.start();
t.teardown(() => box.stop());
// The first two side by side; the third kills the rtpengine under them.
t.jobs = 2;
const besides = { buffered: true };

const names = join(box.data, 'names');
const beepHz = 440;
const quiet = { play_welcome: false, play_entry_tone: false, play_exit_tone: false, play_name: true };

function prompt(call: PhoneCall, hz: number): Promise<number> {
  return call.rx.waitForTone(hz, { min: 0.8 * soundLevel, ms: 200, since: now(), timeoutMs: 8000 });
}

/** Says a name of one tone after the beep, for half a second. */
async function say(call: PhoneCall, hz: number, end = '#'): Promise<void> {
  await call.rx.waitForTone(beepHz, { min: 3500, ms: 200, since: now(), timeoutMs: 8000 });
  await call.rx.waitForNoTone(beepHz, { max: 60, ms: 100, since: now() });
  await call.setTone(hz);
  await new Promise((resolve) => setTimeout(resolve, 500));
  await call.setTone(null);
  await call.press(end);
}

/** Is asked for its name and says it. */
async function enter(t: Test, number: string, hz: number, options: DialOptions = {}): Promise<PhoneCall> {
  const call = await dial(t, box, number, options);
  await prompt(call, otherPromptHz);
  await say(call, hz);
  return call;
}

void t.test('the name is heard by the others at join and at leave', besides, async (t) => {
  const number = newNumber();
  await box.conference({ ...quiet, conference_numbers: [number] });
  const first = await enter(t, number, 600);
  await hears(first, 'conf-alone');
  const begun = now();
  const second = await enter(t, number, 800, { codecs: ['G722'] });
  const joined = first.rx.waitForTone(800, { min: 2700, ms: 200, since: begun, timeoutMs: 8000 });
  await Promise.all([joined, hearsNext(first, 'conf-has_joined')]);
  t.pass('a G.722 phone is announced to a G.711 phone');
  await second.rx.waitForTone(soundHz('conf-has_joined'), { min: 2400, ms: 200, timeoutMs: 8000 });
  t.ok(readdirSync(names).filter((name) => name.endsWith('.au')).length >= 2);
  const left = now();
  await second.hangup();
  const gone = first.rx.waitForTone(800, { min: 2700, ms: 200, since: left, timeoutMs: 8000 });
  await Promise.all([gone, hearsNext(first, 'conf-has_left')]);
  t.pass('and again when it leaves');
});

void t.test(
  'reviewed: the caller hears it, says it again, and is announced by the last',
  besides,
  async (t) => {
    const number = newNumber();
    await box.conference({ ...quiet, conference_numbers: [number], review_name: true });
    const [first, second] = await Promise.all([dial(t, box, number), dial(t, box, number)]);
    const sayAndHear = async (call: PhoneCall, hz: number) => {
      const since = now();
      await say(call, hz);
      await call.rx.waitForTone(hz, { min: 2700, ms: 200, since, timeoutMs: 8000 });
      t.pass(`hears ${hz} Hz of its own`);
    };
    await Promise.all([
      sayAndHear(first, 500).then(() => first.press('1')),
      sayAndHear(second, 700).then(() => second.press('2')),
    ]);
    await sayAndHear(second, 900);
    const begun = now();
    await second.press('1');
    await first.rx.waitForTone(900, { min: 2700, ms: 200, since: begun, timeoutMs: 8000 });
    await hears(first, 'conf-has_joined');
    t.ok(first.rx.level(700, { ms: 1500 }) < 60, 'not by the first');
  },
);

void t.test('who says nothing is let in without a name; rtpengine may die meanwhile', async (t) => {
  const number = newNumber();
  await box.conference({ ...quiet, conference_numbers: [number] });
  const [silent, spoken] = await Promise.all([dial(t, box, number), dial(t, box, number)]);
  await Promise.all(
    [silent, spoken].map((call) => call.rx.waitForTone(beepHz, { min: 3500, ms: 200, timeoutMs: 8000 })),
  );
  await spoken.rx.waitForNoTone(beepHz, { max: 60, ms: 100, since: now() });
  await silent.press('#');
  await hears(silent, 'conf-alone');
  process.kill(box.pid('rtpengine'), 'SIGKILL');
  await box.logged(({ msg }) => msg === 'media rebuilt');
  await spoken.setTone(700);
  await new Promise((resolve) => setTimeout(resolve, 500));
  await spoken.setTone(null);
  const begun = now();
  await spoken.press('#');
  await silent.rx.waitForTone(700, { min: 2700, ms: 200, since: begun, timeoutMs: 8000 });
  await hearsNext(silent, 'conf-has_joined');
  t.pass('the name is what was said after the restart');

  const gone = await dial(t, box, number);
  await gone.rx.waitForTone(beepHz, { min: 3500, ms: 200, timeoutMs: 8000 });
  await gone.rx.waitForNoTone(beepHz, { max: 60, ms: 100, since: now() });
  await gone.hangup();
  await box.ended(gone.callId);
  const left = async () => (await box.mediaCalls()).filter((id) => id.includes('-r-name-'));
  while ((await left()).length > 0) await new Promise((resolve) => setTimeout(resolve, 25));
  while (readdirSync(names).some((file) => file.endsWith('.wav')))
    await new Promise((resolve) => setTimeout(resolve, 25));
  t.pass('who hangs up over it leaves nothing');
});
