// Phones that do what phones do on a bad day. Whatever it is, the call survives it or ends with a reason, nothing of it
// is left behind, and nobody else notices.
import t from 'tap';
import { CallFailed } from '../phone/call-signalling.js';
import { assertEveryoneHears, assertHears } from '../phone/measure.js';
import { Phone } from '../phone/phone.js';
import type { PhoneCall } from '../phone/phone-call.js';
import { now } from '../phone/rtp-clock.js';
import { Box } from './box.js';
import { dial, hears, meet, quietConference, ring } from './callers.js';
import { soundHz } from './tone-sounds.js';

/** A phone that has gone is found within this time, s. */
const silenceSeconds = 4;
const box = await Box.start({ env: { PARTYLINE_SILENCE_SECONDS: String(silenceSeconds) } });
t.teardown(() => box.stop());

const open = (document?: Record<string, unknown>) => quietConference(box, document);

/** Two who talk all the time and must never notice anything. */
const witnesses = await meet(t, box, await open(), 2, (n) => ({ tone: [450, 650][n]! }));
await Promise.all([
  witnesses[0]!.rx.waitForTone(650, { min: 2700, ms: 300, timeoutMs: 15_000 }),
  witnesses[1]!.rx.waitForTone(450, { min: 2700, ms: 300, timeoutMs: 15_000 }),
]);
for (const { rx } of witnesses) rx.resetStats();

// It takes 32 s until an ACK is given up: it waits beside the others.
const unacknowledged = await ring(t, box, await open(), { call: { noAck: true } });

async function failureOf(call: PhoneCall): Promise<CallFailed> {
  const error = await call.answered().then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error instanceof CallFailed) return error;
  throw new Error(`expected a refusal, not ${String(error)}`);
}

/** Resolves when rtpengine has no call but those of the witnesses and the one without ACK. */
async function onlyWitnessesAreLeft(): Promise<void> {
  const deadline = now() + 5000;
  // Two ingresses and their room; the third ingress with its room while it lives.
  for (let left = await box.mediaCalls(); left.length > 5; left = await box.mediaCalls()) {
    if (now() > deadline) throw new Error(`left in rtpengine: ${left.join(', ')}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

void t.test('hold and resume, both ways a phone can say it', async (t) => {
  const calls = await meet(t, box, await open(), 3, (n) => ({ tone: [400, 600, 800][n]! }));
  const [holder] = calls as [PhoneCall];
  await assertEveryoneHears(t, calls, { timeoutMs: 15_000 });
  for (const direction of ['sendonly', 'inactive'] as const) {
    await holder.hold(direction);
    t.equal(holder.direction, direction);
    await assertHears(t, calls, (listener, talker) => listener !== 0 && talker !== 0, {
      message: `${direction}: who holds neither hears nor is heard`,
    });
    await holder.resume();
    t.equal(holder.direction, 'sendrecv');
    await assertEveryoneHears(t, calls);
  }
});

void t.test('a changed media address', async (t) => {
  const calls = await meet(t, box, await open(), 3, (n) => ({ tone: [400, 600, 800][n]! }));
  const [mover] = calls as [PhoneCall];
  await assertEveryoneHears(t, calls, { timeoutMs: 15_000 });
  const before = mover.media.remoteAddress;
  await mover.moveMedia();
  t.same(mover.media.remoteAddress, before, "the box's own port stays");
  await assertEveryoneHears(t, calls);
});

void t.test('a re-INVITE without SDP, and an INVITE without SDP', async (t) => {
  const number = await open();
  const [first, second] = (await Promise.all([
    dial(t, box, number, { tone: 400 }),
    dial(t, box, number, { tone: 600, call: { sdp: 'none' } }),
  ])) as [PhoneCall, PhoneCall];
  await assertEveryoneHears(t, [first, second], { timeoutMs: 15_000 });
  await first.reinviteWithoutSdp();
  await second.reinviteWithoutSdp();
  await assertEveryoneHears(t, [first, second]);
});

void t.test('a BYE that crosses the answer', async (t) => {
  const number = await open();
  for (let n = 0; n < 5; n++) {
    const call = await ring(t, box, number, { call: { byeOnAnswer: true } });
    await call.ended();
    t.match(await box.ended(call.callId), { endReason: 'hangup' });
  }
  await onlyWitnessesAreLeft();
});

void t.test('a CANCEL at any moment', async (t) => {
  const number = await open();
  const phone = await new Phone().start();
  t.teardown(() => phone.stop());
  const ends: string[] = [];
  for (let delay = 0; delay < 40; delay++) {
    const call = phone.call(box.uri(number));
    // Spread over the time an answer takes, from before the 100 to after the 200.
    await new Promise((resolve) => setTimeout(resolve, delay / 2));
    call.cancel();
    if (call.state === 'answered') await call.hangup();
    await call.ended();
    ends.push((await box.ended(call.callId)).endReason ?? 'none');
  }
  t.strictSame(
    [...new Set(ends)].filter((end) => end !== 'cancelled' && end !== 'hangup'),
    [],
  );
  t.ok(ends.includes('cancelled'), 'some were cancelled');
  await onlyWitnessesAreLeft();
});

void t.test('an offer without a codec of ours, or with nonsense', async (t) => {
  const number = await open();
  const offer = (lines: readonly string[]): string =>
    ['v=0', 'o=- 1 1 IN IP4 127.0.0.1', 's=-', 'c=IN IP4 127.0.0.1', 't=0 0', ...lines, ''].join('\r\n');
  for (const sdp of [
    offer(['m=audio 49170 RTP/AVP 97', 'a=rtpmap:97 iLBC/8000']),
    offer(['m=video 49170 RTP/AVP 31']),
    offer(['m=audio 0 RTP/AVP 0']),
    'v=0\r\nthis is no SDP\r\n',
  ]) {
    const call = await ring(t, box, number, { call: { sdp } });
    t.equal((await failureOf(call)).status, 488);
    t.match(await box.ended(call.callId), { endReason: /no-codec|media-failed/ });
  }
  await onlyWitnessesAreLeft();
});

void t.test('two INVITEs at once from one phone are two calls', async (t) => {
  const [one, other] = [await open(), await open()];
  const phone = await new Phone({ tone: 500 }).start();
  t.teardown(() => phone.stop());
  const calls = [phone.call(box.uri(one)), phone.call(box.uri(other))];
  await Promise.all(calls.map((call) => call.answered()));
  for (const call of calls) await hears(call, 'conf-alone');
  await calls[0]!.hangup();
  t.match(await box.ended(calls[0]!.callId), { endReason: 'hangup' });
  await calls[1]!.rx.waitForTone(soundHz('music'), { min: 2000, ms: 200 });
  t.pass('the other goes on');
});

void t.test('a phone that vanishes is found; one that only sends nothing is not', async (t) => {
  const number = await open();
  const calls = await meet(t, box, number, 3, (n) => ({ tone: [400, 600, 800][n]!, rtcpMs: 500 }));
  const [gone, quiet, talker] = calls as [PhoneCall, PhoneCall, PhoneCall];
  await assertEveryoneHears(t, calls, { timeoutMs: 15_000 });
  gone.vanish();
  quiet.mute();
  const begun = now();
  const record = await box.ended(gone.callId, 1000 * (silenceSeconds + 4));
  t.match(record, { endReason: 'vanished' });
  t.ok(now() - begun < 1000 * (silenceSeconds + 3), `found within ${silenceSeconds} s`);
  await talker.rx.waitUntil(() => now() - begun > 2000 * silenceSeconds, { timeoutMs: 20_000 });
  t.equal(quiet.state, 'answered', 'twice the time has passed');
  quiet.mute(false);
  await talker.rx.waitForTone(600, { min: 2700, ms: 300 });
});

void t.test('a phone that never acknowledges', async (t) => {
  const record = await box.ended(unacknowledged.callId, 45_000);
  t.match(record, { endReason: 'no-ack' });
});

void t.test('the witnesses have noticed nothing, and nothing else is left', async (t) => {
  for (const { rx } of witnesses) {
    t.equal(rx.stats.ssrcs.size, 1);
    t.equal(rx.stats.missing, 0);
    t.equal(rx.stats.timestampJumps, 0);
  }
  await assertEveryoneHears(t, witnesses);
  await Promise.all(witnesses.map((call) => call.hangup()));
  t.strictSame(await box.mediaCallsLeft(), []);
  // What is open without calls: the two sockets of the canary.
  const deadline = now() + 5000;
  while (box.openRtpPorts().length > 2 && now() < deadline)
    await new Promise((resolve) => setTimeout(resolve, 50));
  t.ok(box.openRtpPorts().length <= 2, `no port is open, not ${box.openRtpPorts().join(', ')}`);
});
