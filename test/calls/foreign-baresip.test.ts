// The paths of a call with baresip, a phone that nobody here wrote. What it sends is measured by one of our own phones
// in the same conference, what it hears in the recording that it makes itself.
import t, { type Test } from 'tap';
import type { PhoneCall } from '../phone/phone-call.js';
import { now } from '../phone/rtp-clock.js';
import { Box } from './box.js';
import { dial, quietConference } from './callers.js';
import { Baresip, type BaresipOptions } from './foreign/baresip.js';
import { roleOf, wrongPins } from './foreign/joined.js';

const box = await Box.start();
t.teardown(() => box.stop());

const open = (document?: Record<string, unknown>) => quietConference(box, document);

const secret = await open({ member: { join_muted: false, pins: ['1123'] }, moderator: { pins: ['98765'] } });

/** One of our own phones and a baresip in a conference without PIN, each hearing the other at full level. */
async function together(
  t: Test,
  options: BaresipOptions = {},
  parameters = '',
): Promise<{ anna: PhoneCall; phone: Baresip; callId: string }> {
  const number = await open();
  const anna = await dial(t, box, number, { tone: 500 });
  const phone = await Baresip.start(t, options);
  const callId = await phone.dial(`${box.uri(number)}${parameters}`);
  await hearEachOther(anna, phone);
  return { anna, phone, callId };
}

async function hearEachOther(anna: PhoneCall, phone: Baresip): Promise<void> {
  const full = { min: 2700, max: 3300, ms: 300, timeoutMs: 10_000 };
  await Promise.all([anna.rx.waitForTone(1000, { ...full, since: now() }), phone.hears(500)]);
}

for (const codec of ['PCMU', 'PCMA', 'G722', 'opus'] as const) {
  void t.test(`heard and hearing in ${codec}`, async (t) => {
    const { phone, callId } = await together(t, { codec });
    await phone.command('hangup');
    t.match(await box.ended(callId), { endReason: 'hangup', codec });
  });
}

void t.test('over TCP', async (t) => {
  const { phone, callId } = await together(t, {}, ';transport=tcp');
  await phone.said(/^TCP .*\n(.*\n)*?SIP\/2\.0 200 OK/m);
  await phone.command('hangup');
  t.match(await box.ended(callId), { endReason: 'hangup' });
});

void t.test('with SRTP', async (t) => {
  const { phone, callId } = await together(t, { srtp: true });
  await phone.said(/^m=audio \d+ RTP\/SAVP /m);
  await phone.command('hangup');
  t.match(await box.ended(callId), { endReason: 'hangup' });
});

void t.test('a PIN by RFC 4733', async (t) => {
  const phone = await Baresip.start(t);
  const callId = await phone.dial(box.uri(secret));
  await phone.press('1123');
  t.equal(await roleOf(box, callId), 'member');
  await phone.command('hangup');
  t.match(await box.ended(callId), { endReason: 'hangup' });
});

void t.test('too many wrong PINs, and the box hangs up', async (t) => {
  const phone = await Baresip.start(t);
  const callId = await phone.dial(box.uri(secret));
  for (const [n, wrong] of ['1111#', '22#'].entries()) {
    await phone.press(wrong);
    await wrongPins(box, phone.address, n + 1);
  }
  await phone.press('3#');
  await phone.closed();
  t.match(await box.ended(callId), { endReason: 'too-many-attempts' });
});

void t.test('a number that nobody has', async (t) => {
  const phone = await Baresip.start(t);
  await t.rejects(phone.dial(box.uri('7777')), { message: /404/ });
});

void t.test('the access number, and leaving by #', async (t) => {
  const phone = await Baresip.start(t);
  const callId = await phone.dial(box.uri('3999'));
  await phone.press('3000#');
  await phone.press('1234#');
  t.equal(await roleOf(box, callId), 'member');
  await phone.press('#');
  await phone.closed();
  t.match(await box.ended(callId), { endReason: 'left', calledNumber: '3999' });
});

for (const srtp of [false, true]) {
  void t.test(`hold and resume with ${srtp ? 'SRTP' : 'RTP'}`, async (t) => {
    const number = await open();
    const anna = await dial(t, box, number, { tone: 500 });
    const phone = await Baresip.start(t, { echo: true, srtp });
    const callId = await phone.dial(box.uri(number));
    const full = { min: 2600, max: 3400, ms: 300, timeoutMs: 10_000 };
    await anna.rx.waitForTone(500, full);
    t.pass('she hears her own tone, which the box never sends back to her: baresip hears it and is heard');
    await phone.command('hold');
    await phone.said(/^a=recvonly/m);
    await anna.rx.waitForNoTone(500, { max: 60, ms: 300, since: now() });
    await phone.command('resume');
    await phone.rejoinBridge();
    await anna.rx.waitForTone(500, { ...full, since: now() });
    t.pass('and again after the hold');
    await phone.command('hangup');
    t.match(await box.ended(callId), { endReason: 'hangup' });
  });
}

void t.test('hanging up before the answer', async (t) => {
  const number = await open();
  const phone = await Baresip.start(t);
  const application = box.pid('application');
  // While the application stands still, the SIP server answers for itself: the call cannot be taken before the CANCEL.
  process.kill(application, 'SIGSTOP');
  try {
    await phone.command('dial', box.uri(number));
    await phone.said(/SIP\/2\.0 100 Trying/);
    await phone.command('hangup');
    await phone.said(/^CANCEL sip:/m);
    await phone.said(/SIP\/2\.0 487 /);
  } finally {
    process.kill(application, 'SIGCONT');
  }
  const { id } = await phone.event('CALL_CLOSED');
  t.match(await box.ended(id ?? ''), { endReason: 'cancelled' });
});

void t.test('nothing is left', async (t) => {
  t.strictSame(await box.mediaCallsLeft(), []);
});
