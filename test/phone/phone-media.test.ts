// What the phone does with media: codecs, SRTP, bad networks, recordings, reports, and forty of them at once.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';

import { assertEveryoneHears, assertHears, hearsExactly, table, violations } from './measure.js';
import type { PhoneCall } from './phone-call.js';
import { Phone, type PhoneOptions } from './phone.js';
import { tones, toneSamples } from './tones.js';

interface Teardown {
  teardown: (fn: () => Promise<void>) => void;
}

/** Two phones in a call. */
async function talk(
  test: Teardown,
  a: PhoneOptions = {},
  b: PhoneOptions = a,
): Promise<{ call: PhoneCall; other: PhoneCall }> {
  const alice = await new Phone({ user: 'alice', tone: 440, ...a }).start();
  const bob = await new Phone({ user: 'bob', tone: 1010, ...b, autoAnswer: true }).start();
  test.teardown(async () => {
    await Promise.all([alice.stop(), bob.stop()]);
  });
  const call = alice.call(bob.uri);
  await call.answered();
  return { call, other: await bob.nextCall() };
}

for (const codec of ['PCMU', 'PCMA', 'G722', 'opus'] as const) {
  void t.test(`${codec}: tones at unity, digits, no jumps`, async (t) => {
    const { call, other } = await talk(t, { codecs: [codec], rtcpMs: 200 });
    t.equal(call.media.codec?.name, codec);
    await call.rx.waitForTone(1010, { ms: 500, min: 2_910, max: 3_090 });
    await call.press('5', { durationMs: 80, gapMs: 20 });
    await other.rx.waitForDigits('5');
    t.equal(other.rx.digits[0]?.durationMs, 80);
    t.equal(other.rx.stats.timestampJumps, 0);
    t.equal(other.rx.stats.unknown, 0);
    t.ok(other.media.rtcpReceived > 0);
  });
}

for (const codec of ['G722', 'opus'] as const) {
  void t.test(`${codec} is wideband`, async (t) => {
    const { call, other } = await talk(t, { codecs: [codec], tone: 5_000 });
    await other.rx.waitForTone(5_000, { ms: 300, min: 2_850, max: 3_150 });
    await call.setTone(null);
    await other.rx.waitForSilence();
  });
}

void t.test('the first codec of the offer that both have', async (t) => {
  const { call, other } = await talk(t, { codecs: ['opus', 'G722', 'PCMA'] }, { codecs: ['PCMA', 'G722'] });
  t.equal(call.media.codec?.name, 'G722');
  t.equal(other.media.codec?.name, 'G722');
  await call.rx.waitForTone(1010, { min: 2_000 });
});

void t.test('SRTP, with hold and a moved port', async (t) => {
  const { call, other } = await talk(t, { srtp: true, rtcpMs: 100 });
  await call.rx.waitForTone(1010, { ms: 400, min: 2_910 });
  await call.press('9');
  await other.rx.waitForDigits('9');
  await call.moveMedia();
  await call.hold('inactive');
  await other.rx.waitForSilence();
  await call.resume();
  await other.rx.waitForTone(440, { ms: 400, min: 2_910 });
  t.ok(other.media.rtcpReceived > 0);
  t.equal(call.rx.stats.authenticationFailures, 0);
  t.equal(other.rx.stats.authenticationFailures, 0);
});

void t.test('a phone with SRTP refuses one without', async (t) => {
  const alice = await new Phone().start();
  const bob = await new Phone({ srtp: true, autoAnswer: true }).start();
  t.teardown(() => Promise.all([alice.stop(), bob.stop()]));
  t.match(await alice.call(bob.uri).ended(), { reason: 'rejected', code: 488 });
});

void t.test('loss, duplicates and jitter are made and counted', async (t) => {
  const { call, other } = await talk(t);
  await other.rx.waitForPackets(1);
  call.impair({ lossPercent: 20, seed: 7 });
  other.rx.resetStats();
  await other.rx.waitForPackets(40);
  const { missing, packets, duplicates } = other.rx.stats;
  t.ok(missing > 2 && missing < 25, `${missing} of ${missing + packets} lost`);
  t.equal(duplicates, 0);
  call.impair({ duplicatePercent: 50, jitterMs: 60, reorder: true });
  await other.rx.waitUntil(() => other.rx.stats.duplicates > 3 && other.rx.stats.reordered > 3, {
    what: 'disorder',
  });
  call.impair({ jitterMs: 30 });
  await other.rx.waitForPackets(10);
  other.rx.resetStats();
  await other.rx.waitForPackets(20);
  t.equal(other.rx.stats.reordered, 0);
});

void t.test('a fast clock sends more', async (t) => {
  const { call, other } = await talk(t);
  call.impair({ skewPpm: 250_000 });
  await other.rx.waitForPackets(2);
  const from = other.rx.lastArrival;
  other.rx.resetStats();
  await other.rx.waitUntil(() => other.rx.stats.packets >= 50);
  const ms = other.rx.lastArrival - from;
  t.ok(ms > 760 && ms < 850, `50 packets of a clock 25 % fast in ${ms.toFixed(0)} ms`);
});

void t.test('no packets while muted, silence without a tone, recordings once', async (t) => {
  const { call, other } = await talk(t);
  await other.rx.waitForTone(440);
  call.mute();
  await other.rx.waitForSilence();
  const { packets } = other.rx.stats;
  await call.rx.waitForPackets(10);
  t.ok(other.rx.stats.packets - packets <= 1);
  call.mute(false);
  await call.setTone(null);
  await other.rx.waitForPackets(5);
  const file = join(t.testdir(), 'tone.wav');
  const samples = toneSamples([600], 8_000, 16_000, 8_000);
  const head = Buffer.alloc(44);
  head.write('RIFF', 0, 'latin1');
  head.write('WAVEfmt ', 8, 'latin1');
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20);
  head.writeUInt16LE(1, 22);
  head.writeUInt32LE(16_000, 24);
  head.writeUInt16LE(16, 34);
  head.write('data', 36, 'latin1');
  head.writeUInt32LE(samples.byteLength, 40);
  writeFileSync(file, Buffer.concat([head, Buffer.from(samples.buffer)]));
  const played = call.playWav(file);
  await other.rx.waitForTone(600, { ms: 300, min: 7_700, max: 8_300 });
  await played;
  await other.rx.waitForSilence();
});

void t.test('packets of 40 ms', async (t) => {
  const { call, other } = await talk(t, { ptime: 40 });
  await other.rx.waitForTone(440, { ms: 400, min: 2_910 });
  t.equal(other.rx.packets[0]?.payload.length, 320);
  t.equal(other.rx.stats.timestampJumps, 0);
  await call.press('1', { durationMs: 120, gapMs: 40 });
  await other.rx.waitForDigits('1');
});

void t.test('forty phones keep their cadence and are told apart', async (t) => {
  const hz = tones(40);
  const phones = await Promise.all(hz.map((tone, i) => new Phone({ tone, autoAnswer: i >= 20 }).start()));
  t.teardown(async () => {
    await Promise.all(phones.map((phone) => phone.stop()));
  });
  const out = phones.slice(0, 20).map((phone, i) => phone.call(phones[20 + i]!.uri));
  await Promise.all(out.map((call) => call.answered()));
  const calls = [...out, ...(await Promise.all(phones.slice(20).map((phone) => phone.nextCall())))];
  await assertHears(t, calls, (a, b) => Math.abs(a - b) === 20, { silent: 30, own: 30 });
  t.ok(calls.every(({ rx }) => rx.stats.missing === 0 && rx.stats.timestampJumps === 0));
  const heard = hearsExactly(calls.slice(0, 2));
  t.equal(violations(heard, () => true).length, 2, 'these two do not hear each other');
  t.match(table(heard), new RegExp(`${hz[0]} +${hz[1]}`));
});

void t.test('everyone hears everyone else', async (t) => {
  const { call, other } = await talk(t);
  await assertEveryoneHears(t, [call, other]);
  const failed: string[] = [];
  const asserts = { pass: () => undefined, fail: (message: string) => failed.push(message) };
  await assertEveryoneHears(asserts, [call, other], { level: [5_000, 6_000], timeoutMs: 100 });
  t.match(failed[0], /0 hears 1 \(1010 Hz\) with [23]\d\d\d, wanted 5000 to 6000/);
});
