// The paths of a call with sipp, which shares no line with the box or with our own test phone. sipp echoes what it
// hears: the box never sends a talker his own sound, so one who hears his own tone proves that sipp hears and is heard.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { now } from '../phone/rtp-clock.js';
import { Box } from './box.js';
import { dial, hearsNoMore, quietConference } from './callers.js';
import { roleOf, wrongPins } from './foreign/joined.js';
import { Scenario } from './foreign/sipp-scenario.js';
import { Sipp } from './foreign/sipp.js';
import { digitsG711, toneG711 } from './foreign/sounds.js';

/** A phone that has gone is found within this time, s. */
const silenceSeconds = 4;
const box = await Box.start({ env: { PARTYLINE_SILENCE_SECONDS: String(silenceSeconds) } });
t.teardown(() => box.stop());

const sounds = mkdtempSync(join(tmpdir(), 'partyline-sounds-'));
t.teardown(() => rmSync(sounds, { recursive: true, force: true }));

function soundFile(name: string, content: Buffer): string {
  const file = join(sounds, name);
  writeFileSync(file, content);
  return file;
}

const open = (document?: Record<string, unknown>) => quietConference(box, document);

const secret = await open({ member: { join_muted: false, pins: ['1123'] }, moderator: { pins: ['98765'] } });
const atFullLevel = { min: 2700, max: 3300, ms: 300, timeoutMs: 15_000 };

// It takes 32 s until an ACK is given up: this call waits beside the others.
const unacknowledged = await Sipp.start(
  t,
  box,
  await open(),
  new Scenario().invite().answered().gate('answered').hungUp(),
  { timeoutS: 60 },
);
await unacknowledged.reached('answered');
unacknowledged.go();

for (const [transport, codec, payload] of [
  ['udp', 'PCMU', 0],
  ['tcp', 'PCMA', 8],
] as const) {
  void t.test(`a conference without PIN over ${transport}, heard and hearing in ${codec}`, async (t) => {
    const number = await open();
    const anna = await dial(t, box, number, { tone: 500 });
    const tone = soundFile(codec, toneG711(codec, 1000));
    const [echo, talker] = await Promise.all([
      Sipp.start(t, box, number, new Scenario().call({ payload }).gate('in').bye(), { transport }),
      Sipp.start(
        t,
        box,
        number,
        new Scenario().call({ payload, from: 'file' }).play(tone, { payload }).gate('in').bye(),
        { transport },
      ),
    ]);
    await anna.rx.waitForTone(500, atFullLevel);
    t.pass('sipp hears, and what it sends back is heard');
    // The echo returns the talker's tone as well, in a phase of its own.
    await echo.pass('in');
    await echo.done();
    await anna.rx.waitForTone(1000, atFullLevel);
    t.pass("sipp's own tone is heard");
    await talker.pass('in');
    await talker.done();
    for (const { callId } of [echo, talker])
      t.match(await box.ended(callId), { endReason: 'hangup', codec, calledNumber: number });
    await hearsNothing(anna.rx, [500, 1000]);
    const [answer = ''] = echo.answers(200);
    t.match(answer, /^Contact: <sip:.*>\r?$/im);
    t.match(answer, /^Allow: .*\bINFO\b.*\bUPDATE\b/im, 'the answer says which methods are understood');
    t.match(answer, /^m=audio \d+ RTP\/AVP (0|8) 96\r?$/m, 'one codec and the key presses');
  });
}

async function hearsNothing(
  rx: Awaited<ReturnType<typeof dial>>['rx'],
  hz: readonly number[],
): Promise<void> {
  for (const one of hz) await rx.waitForNoTone(one, { max: 60, ms: 200, since: now() });
}

void t.test('a PIN by RFC 4733, by INFO and by tones in the audio', async (t) => {
  const tones = soundFile('digits', digitsG711('1123'));
  const ways = {
    'RFC 4733': new Scenario().call().press('1123').gate('pressed').bye(),
    INFO: new Scenario().call().info('98765').gate('pressed').bye(),
    tones: new Scenario()
      .call({ from: 'file', events: false })
      .play(tones, { loop: false })
      .gate('pressed')
      .bye(),
  };
  for (const [way, scenario] of Object.entries(ways)) {
    const sipp = await Sipp.start(t, box, secret, scenario);
    await sipp.reached('pressed');
    t.equal(await roleOf(box, sipp.callId), way === 'INFO' ? 'moderator' : 'member', way);
    sipp.go();
    await sipp.done();
    t.match(await box.ended(sipp.callId), { endReason: 'hangup' });
  }
});

void t.test('too many wrong PINs, and the box hangs up', async (t) => {
  const scenario = new Scenario()
    .call()
    .info('1111#')
    .gate('first')
    .info('22#')
    .gate('second')
    .info('3#')
    .hungUp();
  const sipp = await Sipp.start(t, box, secret, scenario);
  for (const [n, gate] of ['first', 'second'].entries()) {
    await sipp.reached(gate);
    await wrongPins(box, sipp.address, n + 1);
    sipp.go();
  }
  await sipp.done();
  t.match(await box.ended(sipp.callId), { endReason: 'too-many-attempts' });
  t.match(sipp.messages, /^Reason: SIP;cause=200;text="too-many-attempts"\r?$/m, 'the BYE says why');
});

void t.test('a number that nobody has', async (t) => {
  const sipp = await Sipp.start(t, box, '7777', new Scenario().invite().refused(404));
  await sipp.done();
  t.match(await box.ended(sipp.callId), { endReason: 'not-found' });
});

void t.test('the access number, and leaving by #', async (t) => {
  const scenario = new Scenario().call().info('3000#').info('1234#').gate('entered').press('#').hungUp();
  const sipp = await Sipp.start(t, box, '3999', scenario);
  await sipp.reached('entered');
  t.equal(await roleOf(box, sipp.callId), 'member');
  sipp.go();
  await sipp.done();
  t.match(await box.ended(sipp.callId), { endReason: 'left', calledNumber: '3999' });
});

void t.test('hold and resume, another port, another codec', async (t) => {
  const number = await open();
  const anna = await dial(t, box, number, { tone: 500 });
  const scenario = new Scenario()
    .call()
    .gate('in')
    .call({ direction: 'sendonly' })
    .gate('held')
    .call()
    .gate('resumed')
    .call({ direction: 'inactive' })
    .gate('inactive')
    .call()
    .gate('active')
    .call({ from: 'echo-elsewhere' })
    .gate('moved')
    .call({ payload: 8 })
    .gate('transcoded')
    .bye();
  const sipp = await Sipp.start(t, box, number, scenario);
  for (const gate of ['in', 'held', 'resumed', 'inactive', 'active', 'moved', 'transcoded']) {
    await sipp.reached(gate);
    const since = now();
    if (gate === 'held' || gate === 'inactive') await anna.rx.waitForNoTone(500, { max: 60, ms: 200, since });
    else await anna.rx.waitForTone(500, { ...atFullLevel, since });
    t.pass(`${gate}: ${gate === 'held' || gate === 'inactive' ? 'silent' : 'hears and is heard'}`);
    sipp.go();
  }
  await sipp.done();
  const directions = [
    ...sipp.messages.matchAll(/^o=partyline \d+ (\d+) [^]*?^a=(sendrecv|recvonly|inactive)/gm),
  ];
  t.strictSame(
    directions.map((match) => match[2]),
    ['sendrecv', 'recvonly', 'sendrecv', 'inactive', 'sendrecv', 'sendrecv', 'sendrecv'],
    'each answer mirrors its offer',
  );
  const versions = directions.map((match) => Number(match[1]));
  t.ok(
    versions.every((version, n) => n === 0 || version >= versions[n - 1]!),
    'the version of our SDP never goes back',
  );
  t.match(await box.ended(sipp.callId), { endReason: 'hangup' });
});

void t.test('a BYE before the ACK', async (t) => {
  const sipp = await Sipp.start(t, box, await open(), new Scenario().invite().answered().bye());
  await sipp.done();
  t.match(await box.ended(sipp.callId), { endReason: 'hangup' });
});

void t.test('a CANCEL before the answer', async (t) => {
  const number = await open();
  const application = box.pid('application');
  // While the application stands still, the SIP server answers for itself: the call cannot be taken before the CANCEL.
  process.kill(application, 'SIGSTOP');
  t.teardown(() => process.kill(application, 'SIGCONT'));
  const scenario = new Scenario().invite().response(100).cancel().refused(487);
  const sipp = await Sipp.start(t, box, number, scenario);
  try {
    await sipp.done();
  } finally {
    process.kill(application, 'SIGCONT');
  }
  t.match(await box.ended(sipp.callId), { endReason: 'cancelled' });
});

void t.test('a phone that goes without a BYE is found', async (t) => {
  const number = await open();
  const anna = await dial(t, box, number, { tone: 500 });
  const sipp = await Sipp.start(t, box, number, new Scenario().call().gate('in'));
  await sipp.reached('in');
  await anna.rx.waitForTone(500, atFullLevel);
  await sipp.vanish();
  t.match(await box.ended(sipp.callId, 1000 * (silenceSeconds + 6)), { endReason: 'vanished' });
  await hearsNoMore(anna, 'conf-alone');
});

void t.test('a call that is never acknowledged is ended with a BYE, and nothing is left', async (t) => {
  await unacknowledged.done();
  t.match(await box.ended(unacknowledged.callId), { endReason: 'no-ack' });
  t.strictSame(await box.mediaCallsLeft(), []);
});
