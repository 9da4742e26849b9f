// The phone against another phone: calls, digits, holds and what is heard, with nothing between them.
import t from 'tap';

import { now } from './rtp-clock.js';
import { Phone, type PhoneOptions } from './phone.js';

async function pair(
  test: { teardown: (fn: () => Promise<void>) => void },
  a: PhoneOptions = {},
  b: PhoneOptions = {},
): Promise<{ alice: Phone; bob: Phone }> {
  const alice = await new Phone({ user: 'alice', tone: 440, ...a }).start();
  const bob = await new Phone({ user: 'bob', tone: 1010, autoAnswer: true, ...b }).start();
  test.teardown(async () => {
    await Promise.all([alice.stop(), bob.stop()]);
  });
  return { alice, bob };
}

void t.test('a call is answered, both hear each other at unity, and a BYE ends it', async (t) => {
  const { alice, bob } = await pair(t);
  const call = alice.call(bob.uri);
  await call.answered();
  const other = await bob.nextCall();
  await other.answered();
  await call.rx.waitForTone(1010, { ms: 500, min: 2_910, max: 3_090 });
  await other.rx.waitForTone(440, { ms: 500, min: 2_910, max: 3_090 });
  t.ok(call.rx.level(440) < 30, 'no echo of oneself');
  t.ok(call.setupMs! < 500);
  t.equal(call.rx.stats.missing, 0);
  t.equal(call.rx.stats.timestampJumps, 0);
  t.equal(call.rx.stats.ssrcs.size, 1);
  await call.hangup();
  t.match(await call.ended(), { reason: 'local', code: 200 });
  t.match(await other.ended(), { reason: 'remote', code: 200 });
  t.equal(alice.retransmissions, 0);
});

void t.test('digits go as telephone events in place of the tone', async (t) => {
  const { alice, bob } = await pair(t);
  const call = alice.call(bob.uri);
  await call.answered();
  const other = await bob.nextCall();
  await call.press('12*#', { durationMs: 80, gapMs: 40 });
  await other.rx.waitForDigits('12*#');
  t.same(
    other.rx.digits.map(({ durationMs }) => durationMs),
    [80, 80, 80, 80],
  );
  t.equal(other.rx.stats.missing, 0);
});

void t.test('digits in-band are the two tones of each', async (t) => {
  const { alice, bob } = await pair(t, { telephoneEvent: false });
  const call = alice.call(bob.uri);
  await call.answered();
  const other = await bob.nextCall();
  await t.rejects(call.press('1'), /not agreed/);
  const pressed = call.press('5', { by: 'inband', durationMs: 300, gapMs: 0 });
  await other.rx.waitForTone(770, { min: 6_500, max: 7_500 });
  await other.rx.waitForTone(1336, { min: 6_500, max: 7_500 });
  await pressed;
  await other.rx.waitForTone(440, { min: 2_800 });
});

void t.test('digits by INFO', async (t) => {
  const { alice, bob } = await pair(t);
  const call = alice.call(bob.uri);
  await call.answered();
  await call.press('7', { by: 'info', durationMs: 160 });
  await call.press('8', { by: 'info-dtmf' });
  const bodies = bob.trace
    .filter(({ text, sent }) => !sent && text.startsWith('INFO'))
    .map(({ text }) => text);
  t.match(bodies[0], /application\/dtmf-relay[\s\S]*Signal=7\r\nDuration=160/);
  t.match(bodies[1], /application\/dtmf\r\n[\s\S]*\r\n\r\n8$/);
});

void t.test('hold, resume, moved media and an offer from the other side', async (t) => {
  const { alice, bob } = await pair(t);
  const call = alice.call(bob.uri);
  await call.answered();
  const other = await bob.nextCall();
  await call.rx.waitForTone(1010);
  await call.hold();
  t.equal(other.direction, 'recvonly');
  await call.rx.waitForSilence();
  await other.rx.waitForTone(440, { ms: 400, min: 2_900 });
  await call.hold('inactive');
  await other.rx.waitForSilence();
  await call.resume();
  await other.rx.waitForTone(440);
  const port = call.media.port;
  await call.moveMedia();
  t.not(call.media.port, port);
  t.equal(other.media.remoteAddress?.port, call.media.port);
  call.rx.resetStats();
  await call.rx.waitForPackets(10);
  await call.reinviteWithoutSdp();
  await other.moveMedia();
  other.rx.resetStats();
  await other.rx.waitForPackets(10);
  t.equal((await call.update({ sdp: true })).status, 200);
  t.equal((await other.request('OPTIONS')).status, 200);
});

void t.test('late offer', async (t) => {
  const { alice, bob } = await pair(t);
  const call = alice.call(bob.uri, { sdp: 'none' });
  await call.answered();
  const other = await bob.nextCall();
  await other.rx.waitForTone(440);
  await call.rx.waitForTone(1010);
});

void t.test('refused, cancelled and unanswered calls', async (t) => {
  const { alice, bob } = await pair(t, {}, { autoAnswer: false });
  const refused = alice.call(bob.uri);
  (await bob.nextCall()).reject(486);
  await t.rejects(refused.answered(), { name: 'CallFailed', status: 486 });
  t.match(await refused.ended(), { reason: 'rejected', code: 486 });

  const cancelled = alice.call(bob.uri);
  await cancelled.ringing();
  cancelled.cancel();
  t.match(await cancelled.ended(), { reason: 'cancelled', code: 487 });
  t.match(await (await bob.nextCall()).ended(), { reason: 'cancelled', code: 487 });

  const hasty = alice.call(bob.uri);
  hasty.cancel();
  t.match(await hasty.ended(), { reason: 'cancelled', code: 487 });
});

void t.test('a phone that vanished is silent for good', async (t) => {
  const { alice, bob } = await pair(t);
  const call = alice.call(bob.uri);
  await call.answered();
  const other = await bob.nextCall();
  await other.rx.waitForTone(440);
  call.vanish();
  await other.rx.waitForSilence();
  t.equal(other.state, 'answered');
  bob.vanish();
});

void t.test('a 200 without ACK is repeated, and ended with BYE on answer', async (t) => {
  const { alice, bob } = await pair(t);
  const call = alice.call(bob.uri, { noAck: true });
  await call.answered();
  const other = await bob.nextCall();
  const repeated = (): boolean =>
    alice.trace.filter(({ sent, text }) => !sent && text.startsWith('SIP/2.0 200')).length >= 2;
  await call.rx.waitUntil(repeated, { what: 'a second 200' });
  t.notOk(alice.trace.some(({ sent, text }) => sent && text.startsWith('ACK')));
  await call.hangup();
  t.match(await other.ended(), { reason: 'remote' });
  const short = alice.call(bob.uri, { byeOnAnswer: true });
  t.match(await short.ended(), { reason: 'local', code: 200 });
});

void t.test('TCP, with a call in each direction', async (t) => {
  const { alice, bob } = await pair(t, { transport: 'tcp', autoAnswer: true }, { transport: 'tcp' });
  const call = alice.call(bob.uri);
  await call.answered();
  const back = bob.call(alice.uri);
  await back.answered();
  await back.rx.waitForTone(440);
  await back.hangup();
  await call.hangup();
});

void t.test('the onset of a tone is known to a millisecond or two', async (t) => {
  const { alice, bob } = await pair(t, { tone: null });
  const call = alice.call(bob.uri);
  await call.answered();
  const other = await bob.nextCall();
  await other.rx.waitForPackets(5);
  const since = now();
  const sent = await call.setTone(800);
  const heard = await other.rx.waitForOnset(800, { since });
  t.ok(Math.abs(heard - sent) < 4, `${(heard - sent).toFixed(2)} ms`);
});

void t.test('what was not heard is told', async (t) => {
  const { alice, bob } = await pair(t);
  const call = alice.call(bob.uri);
  await call.answered();
  await call.rx.waitForTone(1010);
  await t.rejects(call.rx.waitForTone(2000, { timeoutMs: 600 }), /tone of 2000 Hz.*heard 10\d\d Hz: (29|30)/);
});
