import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import t, { type Test } from 'tap';
import { NoCodecError, NoSlotError, phoneTag, ReleasedError, SdpError } from '../../src/rtp/index.js';
import {
  addAll,
  Box,
  failureOf,
  listen,
  mesh,
  toneOf,
  type Caller,
  type CallerOptions,
  until,
} from './box.js';
import { RtpPhone, sdpOf } from './rtp-phone.js';
import { soundFile } from './sounds.js';

interface Press {
  readonly callid: string;
  readonly source_tag: string;
  readonly event: number;
}

const box = await Box.open(t);
const presses: Press[] = [];
const reports = createSocket('udp4');
reports.on('message', (message) => presses.push(JSON.parse(message.toString()) as Press));
reports.bind(box.server.dtmfPort, '127.0.0.1');
await once(reports, 'listening');
t.teardown(() => reports.close());

/** A member that everybody else in the room hears, and who hears it. */
async function inRoom(name: string, ...options: readonly CallerOptions[]) {
  const callers = await Promise.all(options.map((one, n) => box.dial({ tone: toneOf(n), ...one })));
  const room = box.engine.createRoom(name);
  addAll(room, callers);
  await room.apply(mesh(callers.length));
  return {
    callers,
    room,
    end: async () => {
      for (const caller of callers) await box.hangUp(caller);
      await room.close();
    },
  };
}

async function hears(t: Test, caller: Caller, tone: number, peak = 3000): Promise<void> {
  await until(`${caller.ingress.codec} hears ${tone} Hz`, () => {
    const level = caller.phone.level(tone);
    return level > peak * 0.85 && level < peak * 1.2;
  }).then(
    () => t.pass(`${caller.ingress.codec} hears ${tone} Hz`),
    (error: Error) => t.fail(`${error.message}: ${Math.round(caller.phone.level(tone))}`),
  );
}

void t.test(
  'all codecs in one room hear each other at their levels, in wideband where both can',
  async (t) => {
    const { callers, end } = await inRoom(
      'codecs',
      { codec: 'PCMU' },
      { codec: 'PCMA' },
      { codec: 'G722' },
      { codec: 'opus' },
      { codec: 'PCMU', secure: true },
      { codec: 'G722', tone: 5000 },
    );
    const [pcmu, , g722, opus, secure, wide] = callers as [Caller, Caller, Caller, Caller, Caller, Caller];
    t.same(
      callers.map(({ ingress }) => ingress.codec),
      ['PCMU', 'PCMA', 'G722', 'opus', 'PCMU', 'G722'],
    );
    for (const [n, caller] of callers.entries()) {
      for (let other = 0; other < 5; other++) if (other !== n) await hears(t, caller, toneOf(other));
    }
    await hears(t, g722, 5000);
    await hears(t, opus, 5000);
    t.ok(pcmu.phone.level(5000) < 100 && wide.phone.level(5000) < 100);
    t.equal(secure.phone.srtpFailures, 0);
    t.match(secure.sdp, /m=audio \d+ RTP\/SAVP 0 101\r\n/);
    await end();
  },
);

void t.test('a key press is reported once with every codec, and nobody hears it', async (t) => {
  const { callers, end } = await inRoom(
    'keys',
    { codec: 'PCMU' },
    { codec: 'PCMA' },
    { codec: 'G722' },
    { codec: 'opus' },
    { codec: 'PCMU', secure: true },
    { codec: 'PCMU', tone: 0 },
  );
  const listener = callers[5] as Caller;
  await hears(t, listener, toneOf(0));
  for (const [n, { phone, ingress }] of callers.slice(0, 5).entries()) {
    presses.length = 0;
    for (const caller of callers) caller.phone.clear();
    await phone.press(n + 1);
    await until('the press is reported', () => presses.length > 0);
    await listen(60);
    t.match(presses, [{ source_tag: phoneTag, event: n + 1 }]);
    t.equal(presses.length, 1, `${ingress.codec}: once`);
    t.equal(box.engine.ingressIdOf(presses[0]?.callid ?? ''), ingress.callId);
    // 1, 2 and 3 are in the row of 697 Hz, 4 and 5 in that of 770 Hz.
    t.ok(listener.phone.level(697) < 60 && listener.phone.level(770) < 60, 'not heard');
    t.ok(callers.every((caller) => caller.phone.heard.every(({ payloadType }) => payloadType !== 101)));
  }
  await end();
});

void t.test('the keys of a phone without events are recognised in its audio and taken out', async (t) => {
  const { callers, end } = await inRoom('tones', { codecs: '0 PCMU/8000' }, { tone: 0 });
  const [caller, listener] = callers as [Caller, Caller];
  t.equal(caller.ingress.sendsEvents, false);
  await hears(t, listener, toneOf(0));
  presses.length = 0;
  listener.phone.clear();
  await caller.phone.pressInBand(770, 1336);
  await until('the press is reported', () => presses.length > 0);
  t.match(presses, [{ source_tag: phoneTag, event: 5 }]);
  await listen(200);
  t.equal(presses.length, 1);
  const heard = listener.phone.samples();
  t.ok(
    heard.every((sample) => Math.abs(sample) < 3600),
    'no tone of 6000 gets through',
  );
  await end();
});

void t.test('hold and resume by re-INVITE, with the port kept and a phone that moves', async (t) => {
  const { callers, end } = await inRoom('hold', {}, {});
  const [a, b] = callers as [Caller, Caller];
  await hears(t, a, toneOf(1));
  const port = /m=audio (\d+)/.exec(a.sdp)?.[1];

  for (const [asked, answered, sends] of [
    ['sendonly', 'recvonly', false],
    ['inactive', 'inactive', false],
    ['recvonly', 'sendonly', true],
    ['sendrecv', 'sendrecv', true],
  ] as const) {
    const sdp = await a.ingress.reoffer(a.phone.sdp(undefined, [`a=${asked}`]));
    t.match(sdp, new RegExp(`a=${answered}\\r\\n`), `${asked} is answered by ${answered}`);
    t.equal(/m=audio (\d+)/.exec(sdp)?.[1], port, 'same port');
    t.equal(a.ingress.direction, asked);
    t.equal(a.ingress.phoneHold, asked === 'sendonly' || asked === 'inactive');
    await listen(80);
    a.phone.clear();
    await listen(120);
    t.equal(a.phone.heard.length > 0, sends, sends ? 'media flows' : 'no media');
  }
  await hears(t, a, toneOf(1));

  const version = () => Number(/o=\S+ \d+ (\d+)/.exec(a.ingress.localSdp ?? '')?.[1]);
  const before = version();
  await a.ingress.reoffer(a.phone.sdp(undefined, ['a=sendrecv']));
  t.equal(version(), before, 'a session refresh changes nothing');

  const held = await a.ingress.reoffer(a.phone.sdp().replace('c=IN IP4 127.0.0.1', 'c=IN IP4 0.0.0.0'));
  t.match(held, /a=recvonly/, 'the old way to hold');
  t.equal(a.ingress.phoneHold, true);

  // Another port: the phone was replaced by another one.
  const other = new RtpPhone({ tone: 900 });
  await other.open();
  const moved = await a.ingress.reoffer(other.sdp());
  t.equal(/m=audio (\d+)/.exec(moved)?.[1], port);
  a.phone.mute = true;
  other.talkTo(moved);
  await until('the other hears the room', () => other.level(toneOf(1)) > 2500);
  await until('and is heard', () => b.phone.level(900) > 2500);
  other.close();
  await end();
});

void t.test('the phone changes to another codec in the middle of the call', async (t) => {
  const { callers, end } = await inRoom('change', { codec: 'G722' }, {});
  const [a, b] = callers as [Caller, Caller];
  await hears(t, a, toneOf(1));
  const narrow = new RtpPhone({ codec: 'PCMA', tone: 800 });
  await narrow.open();
  const sdp = await a.ingress.reoffer(narrow.sdp());
  t.match(sdp, /m=audio \d+ RTP\/AVP 8 101/);
  t.equal(a.ingress.codec, 'PCMA');
  a.phone.mute = true;
  narrow.talkTo(sdp);
  await until('it hears', () => narrow.level(toneOf(1)) > 2500);
  await until('and is heard', () => b.phone.level(800) > 2500);
  narrow.close();
  await end();
});

void t.test('a phone that speaks only a costly codec is served too', async (t) => {
  for (const [codec, type] of [
    ['3 GSM/8000', 3],
    ['18 G729/8000', 18],
  ] as const) {
    const caller = await box.dial({ codecs: `${codec},101 telephone-event/8000` });
    t.match(caller.sdp, new RegExp(`RTP/AVP ${type} 101`));
    await caller.ingress.play(soundFile(1000, 500));
    await until(
      'it hears something',
      () => caller.phone.heard.filter((one) => one.payloadType === type).length > 10,
    );
    await box.hangUp(caller);
  }
});

void t.test('an INVITE without SDP: we offer, the phone answers in its ACK', async (t) => {
  const { callers, room, end } = await inRoom('late', {});
  const [a] = callers as [Caller];
  const phone = new RtpPhone({ codec: 'G722', tone: 700 });
  await phone.open();
  const ingress = box.engine.createIngress('late');
  const offer = await ingress.offer();
  t.match(offer, /m=audio \d+ RTP\/AVP 0 8 9 96 101 102\r\n/);
  t.match(await ingress.offer(), offer, 'asked twice it is the same');
  t.equal(ingress.codec, undefined);
  t.throws(() => room.add(2, ingress), 'not before the phone answered');
  t.same(await ingress.acceptAnswer(phone.sdp()), { codec: 'G722' });
  t.equal(/m=audio (\d+)/.exec(ingress.localSdp ?? '')?.[1], /m=audio (\d+)/.exec(offer)?.[1], 'same port');
  phone.talkTo(offer);
  room.add(2, ingress);
  await room.apply(mesh(2));
  await until('it is heard', () => a.phone.level(700) > 2500);
  await until('it hears', () => phone.level(toneOf(0)) > 2500);
  phone.close();
  await ingress.release();
  await end();
});

void t.test(
  'sounds to one phone: once, in sequence, in a loop, replaced, moved along into a room',
  async (t) => {
    const caller = await box.dial({ tone: toneOf(0) });
    await listen(100);
    t.ok(
      caller.phone.samples().every((sample) => Math.abs(sample) < 50),
      'silence before the first sound',
    );
    caller.phone.clear();
    const begun = performance.now();
    const sequence = await caller.ingress.play([soundFile(1000, 300), soundFile(1200, 300)]);
    t.equal(sequence.durationMs, 600);
    t.equal(await sequence.done, 'finished');
    const took = performance.now() - begun;
    t.ok(took > 580 && took < 900, `${took} ms`);
    await listen(50);
    const loud = Array.from(caller.phone.samples(), (sample) => Math.abs(sample) > 500);
    const ms = (loud.lastIndexOf(true) - loud.indexOf(true)) / 8;
    t.equal(caller.phone.missing(), 0);
    t.ok(Math.abs(ms - 600) <= 40, `${ms} ms of sound`);

    const loop = await caller.ingress.play(soundFile(1500, 100), { repeat: Infinity });
    await until('the loop', () => caller.phone.level(1500) > 2500);
    const replacing = await caller.ingress.play(soundFile(1700, 5000), { startAtMs: 4000 });
    t.equal(await loop.done, 'stopped');
    await until('the next', () => caller.phone.level(1700) > 2500);
    const other = await box.dial({ tone: 400 });
    const room = box.engine.createRoom('moved');
    addAll(room, [caller, other]);
    await room.apply(mesh(2));
    await until('sound and room', () => caller.phone.level(1700) > 2500 && caller.phone.level(400) > 2500);
    t.ok(other.phone.level(1700) < 100, 'for this phone alone');
    t.equal(await replacing.done, 'finished');
    await until('the room alone', () => caller.phone.level(1700) < 100);
    await replacing.stop();

    t.equal(await failureOf(caller.ingress.play('/nowhere/at-all.wav')), 'rejected');
    const cut = await caller.ingress.play(soundFile(1800, 5000));
    await box.hangUp(caller);
    t.equal(await cut.done, 'stopped', 'hanging up ends it');
    await t.rejects(caller.ingress.play(soundFile(1800, 5000)), ReleasedError);
    await box.hangUp(other);
    await room.close();
  },
);

void t.test('offers that cannot be answered', async (t) => {
  const slots = box.engine.slots.available;
  for (const [what, sdp, error] of [
    ['nothing', '', SdpError],
    ['not SDP', 'INVITE sip:x SIP/2.0', SdpError],
    ['too long', `v=0\r\n${'a=x\r\n'.repeat(10_000)}`, SdpError],
    ['no common codec', sdpOf(4000, '97 iLBC/8000'), NoCodecError],
    ['video alone', sdpOf(4000, '97 H264/90000').replace('m=audio', 'm=video'), SdpError],
    ['IPv6', sdpOf(4000, '0 PCMU/8000').replaceAll('IP4 127.0.0.1', 'IP6 ::1'), SdpError],
    ['port 0', sdpOf(0, '0 PCMU/8000'), SdpError],
  ] as const) {
    const ingress = box.engine.createIngress('bad');
    await t.rejects(ingress.answer(sdp), error, what);
    await ingress.release();
  }
  t.equal(box.engine.slots.available, slots);
});

void t.test('video and a second audio line are turned down in their places', async (t) => {
  const caller = await box.dial();
  const ingress = box.engine.createIngress('lines');
  const offer = `${caller.phone.sdp()}m=video 5000 RTP/AVP 97\r\na=rtpmap:97 H264/90000\r\nm=audio 5002 RTP/AVP 0\r\n`;
  const { sdp } = await ingress.answer(offer);
  t.same(
    sdp
      .split('\r\n')
      .filter((line) => line.startsWith('m='))
      .map((line) => line.replace(/audio [1-9]\d*/, 'audio N')),
    ['m=audio N RTP/AVP 0 101', 'm=video 0 RTP/AVP 97', 'm=audio 0 RTP/AVP 0'],
  );
  await ingress.release();
  await box.hangUp(caller);
});

void t.test('what rtpengine counted of the phone', async (t) => {
  const caller = await box.dial({ tone: 400 });
  await listen(300);
  const first = await caller.ingress.stats();
  t.ok(first.packets >= 10, `${first.packets} packets`);
  t.match(first, { lost: 0, sendsRtcp: false });
  t.ok(Math.abs(Date.now() / 1000 - ((await caller.ingress.lastPacketAt()) ?? 0)) < 2);
  caller.phone.skip(7);
  caller.phone.sendRtcp();
  await listen(200);
  t.match(await caller.ingress.stats(), { lost: 7, sendsRtcp: true });
  await box.hangUp(caller);
});

void t.test('release gives the slot back, also twice, and whatever happened before', async (t) => {
  const before = box.engine.slots.available;
  const unanswered = box.engine.createIngress('unanswered');
  t.equal(box.engine.slots.available, before - 1);
  await unanswered.release();
  await unanswered.release();
  t.equal(box.engine.slots.available, before);
  await t.rejects(unanswered.answer(sdpOf(4000, '0 PCMU/8000')), ReleasedError);
  t.equal(await unanswered.lastPacketAt(), undefined);

  const all = Array.from({ length: before }, (_, n) => box.engine.createIngress(`many-${n}`));
  t.throws(() => box.engine.createIngress('one more'), NoSlotError);
  await Promise.all(all.map((ingress) => ingress.release()));
  t.equal(box.engine.slots.available, before);
});

void t.test('a port that somebody else holds is passed over', async (t) => {
  // Slots are taken in turn: this finds the one that comes next.
  const probe = box.engine.createIngress('probe');
  const port = Number(/m=audio (\d+)/.exec(await probe.offer())?.[1]);
  const squatter = createSocket('udp4');
  squatter.bind(port + 2, '127.0.0.1');
  await once(squatter, 'listening');
  const caller = await box.dial({ tone: 400 });
  t.not(/m=audio (\d+)/.exec(caller.sdp)?.[1], String(port + 2));
  await listen(100);
  t.ok((await caller.ingress.stats()).packets > 0);
  squatter.close();
  await box.hangUp(caller);
  await probe.release();
});
