// rtpengine dies or hangs in the middle of two conferences, again and again: everybody hears everybody again, on the
// same ports, in the same calls, as muted or not as before, and nobody has dialled or been called.
import t from 'tap';
import { assertHears, waitForHearing } from '../phone/measure.js';
import type { PhoneCall } from '../phone/phone-call.js';
import { now } from '../phone/rtp-clock.js';
import { tones } from '../phone/tones.js';
import { Box } from './box.js';
import { dial, hears, newNumber, quietConference } from './callers.js';

const box = await Box.start();
t.teardown(() => box.stop());

const open = (document?: Record<string, unknown>) => quietConference(box, document);

/** Who hears whom: even places are in one conference, odd ones in the other, and the first is muted. */
const rule = (listener: number, talker: number) => listener % 2 === talker % 2 && talker !== 0;

/** The longest time a phone heard nothing since then, ms. */
function longestGap(call: PhoneCall, since: number): number {
  const arrivals = call.rx.packets.filter(({ arrival }) => arrival >= since).map(({ arrival }) => arrival);
  let longest = 0;
  let before = since;
  for (const at of arrivals) {
    longest = Math.max(longest, at - before);
    before = at;
  }
  return longest;
}

void t.test('killed and hung, ten times', async (t) => {
  const numbers = [await open(), await open()];
  const calls = await Promise.all(tones(8).map((tone, n) => dial(t, box, numbers[n % 2]!, { tone })));
  await assertHears(t, calls, (a, b) => a % 2 === b % 2, { timeoutMs: 15_000 });
  await calls[0]!.press('0');
  await assertHears(t, calls, rule, { timeoutMs: 8000, message: 'the first has muted itself' });
  const places = calls.map(({ media }) => media.remoteAddress);
  let reinvites = 0;
  for (const call of calls) call.on('reinvited', () => reinvites++);
  const gaps: number[] = [];
  for (let round = 0; round < 10; round++) {
    const pid = box.pid('rtpengine');
    const begun = now();
    process.kill(pid, round % 2 === 0 ? 'SIGKILL' : 'SIGSTOP');
    // The process is another one now: until then the sound that was on its way could be taken for the new one's.
    await calls[0]!.rx.waitUntil(() => differs(pid), { timeoutMs: 10_000, what: 'another rtpengine' });
    await waitForHearing(calls, rule, {}, { timeoutMs: 10_000, ms: 300 });
    gaps.push(Math.max(...calls.map((call) => longestGap(call, begun))));
  }
  t.pass(`all hear all again; longest gaps ${gaps.map(Math.round).join(', ')} ms`);
  t.comment(`gaps (kill, stop, kill, …): ${gaps.map(Math.round).join(', ')} ms`);
  t.ok(
    calls.every(({ state }) => state === 'answered'),
    'nobody was dropped',
  );
  t.equal(reinvites, 0, 'nor called again');
  t.same(
    calls.map(({ media }) => media.remoteAddress),
    places,
    'the ports are the same',
  );
  await calls[0]!.press('0');
  await hears(calls[0]!, 'conf-unmuted');
  await assertHears(t, calls, (a, b) => a % 2 === b % 2, { message: 'keys work as before' });
});

function differs(pid: number): boolean {
  try {
    return box.pid('rtpengine') !== pid;
  } catch {
    return false;
  }
}

void t.test('a phone with SRTP is told its new key, and hears again', async (t) => {
  const number = await open();
  const calls = [
    await dial(t, box, number, { srtp: true, tone: 500 }),
    await dial(t, box, number, { tone: 700 }),
  ] as [PhoneCall, PhoneCall];
  await assertHears(t, calls, () => true, { timeoutMs: 15_000 });
  let reinvites = 0;
  calls[0].on('reinvited', () => reinvites++);
  const pid = box.pid('rtpengine');
  process.kill(pid, 'SIGKILL');
  await calls[1].rx.waitUntil(() => differs(pid) && reinvites > 0, {
    timeoutMs: 10_000,
    what: 'a re-INVITE',
  });
  await assertHears(t, calls, () => true, { timeoutMs: 10_000 });
  t.equal(reinvites, 1);
});

void t.test('in the middle of a prompt, of the music, and of dialling in', async (t) => {
  const number = newNumber();
  await box.conference({ conference_numbers: [number], member: { join_muted: false, pins: ['1234'] } });
  const waiting = await dial(t, box, await open());
  await hears(waiting, 'music');
  const asking = await dial(t, box, number);
  await hears(asking, 'conf-welcome');
  process.kill(box.pid('rtpengine'), 'SIGKILL');
  // A phone that dials at the worst moment is answered all the same, a little later.
  const late = await dial(t, box, number);
  for (const call of [asking, late]) {
    await hears(call, 'conf-enter_conf_pin');
    await call.press('1234#');
    await box.logged((line) => line.msg === 'member joined');
  }
  await hears(waiting, 'music');
  await hears(late, 'conf-joining_conference');
  t.pass('the music goes on, and both are in');
});
