// Fields of a conference and of its profile that change how a whole call sounds: its language, the length of its packets,
// the rate at which it is mixed, the noise under it.
import t, { type Test } from 'tap';
import type { CodecName } from '../phone/codecs.js';
import { assertHears } from '../phone/measure.js';
import type { PhoneCall } from '../phone/phone-call.js';
import { Phone, type PhoneOptions } from '../phone/phone.js';
import { Box } from './box.js';
import { dial, hears, newAddress, newNumber } from './callers.js';
import { adminPassword, KazooClient } from './kazoo-client.js';
import { soundHz, type SoundName } from './tone-sounds.js';

const box = await Box.start({ env: { PARTYLINE_ADMIN_PASSWORD: adminPassword } });
t.teardown(() => box.stop());
const kazoo = await KazooClient.login(box);
t.jobs = 3;

void t.test('language: from the first prompt to the last, also for who is refused', async (t) => {
  const german = (call: PhoneCall, sound: SoundName) => hears(call, sound, 8000, 'de');
  const number = newNumber();
  const id = await kazoo.conference({
    conference_numbers: [number],
    language: 'de-DE',
    play_welcome: true,
    member: { pins: ['1234'], join_muted: true },
  });
  const call = await dial(t, box, number, { bind: newAddress() });
  await german(call, 'conf-welcome');
  await call.press('9#');
  await german(call, 'conf-bad_pin');
  await call.press('1234');
  await german(call, 'conf-you_are_muted');

  await kazoo.act(id, '', 'lock');
  const late = await dial(t, box, number, { bind: newAddress() });
  await german(late, 'conf-welcome');
  await late.press('1234');
  await Promise.all([
    german(late, 'conf-locked'),
    (async () => {
      await kazoo.act(id, 'participants', 'kick');
      await german(call, 'conf-kicked');
    })(),
  ]);
  t.pass('welcome, wrong PIN, muted, locked and kicked are German');
});

void t.test('language: one that the box does not speak is English, and the log says so once', async (t) => {
  const number = newNumber();
  await box.conference({ conference_numbers: [number], language: 'nl-nl' });
  const call = await dial(t, box, number);
  await hears(call, 'conf-welcome');
  await hears(call, 'conf-alone');
  const told = box.log().filter(({ msg, language }) => {
    return msg === 'prompts spoken in English instead' && language === 'nl-nl';
  });
  t.match(told, [{ level: 'warn' }]);
  t.equal(told.length, 1);
});

/** Resolves when the last packets that a phone was sent all hold so many ms of audio. */
async function hasPacketsOf(call: PhoneCall, ms: number): Promise<void> {
  const lengths = () => {
    const packets = call.rx.packets.slice(-10);
    call.rx.decode(packets);
    return packets.map(({ samples, codec }) => (1000 * samples!.length) / codec.rate);
  };
  const right = () => lengths().length === 10 && lengths().every((length) => length === ms);
  await call.rx.waitUntil(right, { what: () => `packets of ${ms} ms, but ${lengths().join(' ')}` });
}

async function started(t: Test, options: PhoneOptions): Promise<Phone> {
  const phone = await new Phone(options).start();
  t.teardown(() => phone.stop());
  return phone;
}

/** The a=ptime that a phone was told first. */
function toldPtime(phone: Phone): string | undefined {
  return phone.trace.flatMap(({ sent, text }) => (sent ? [] : (/^a=ptime:(\d+)/m.exec(text)?.[1] ?? [])))[0];
}

void t.test(
  'interval: the packets to a phone, from the first prompt on, as its codec and it can',
  async (t) => {
    const number = newNumber();
    const id = await kazoo.conference({
      conference_numbers: [number],
      play_welcome: true,
      member: { pins: ['1'], join_muted: false },
      profile: { interval: 40 },
    });
    const phones: [CodecName, number, number][] = [
      ['PCMU', 400, 40],
      ['opus', 850, 40],
      ['G722', 1100, 20],
    ];
    const calls = await Promise.all(
      phones.map(async ([codec, tone, expected]) => {
        const phone = await started(t, { codecs: [codec], tone });
        const call = phone.call(box.uri(number));
        await call.answered();
        t.equal(toldPtime(phone), String(expected), `${codec}: its SDP says ${expected}`);
        await hears(call, 'conf-welcome');
        await hasPacketsOf(call, expected);
        await call.press('1');
        return call;
      }),
    );
    await assertHears(t, calls, () => true, { timeoutMs: 15_000, level: [2500, 3500], own: 150 });
    for (const [index, [, , expected]] of phones.entries()) await hasPacketsOf(calls[index]!, expected);
    t.pass('the welcome and the conference');

    const called = await Promise.all([20, 40].map((ptime) => started(t, { ptime, autoAnswer: true })));
    const next = called.map((phone) => phone.nextCall());
    await kazoo.act(id, '', 'dial', { endpoints: called.map(({ uri }) => uri) });
    for (const [index, call] of (await Promise.all(next)).entries()) {
      await call.rx.waitForTone(400, { min: 2500, ms: 200 });
      t.equal(toldPtime(called[index]!), '40', 'who is called is offered it');
      await hasPacketsOf(call, [20, 40][index]!);
      t.pass('and has what it answers');
    }
  },
);

void t.test('rate: as much of a voice as its phones carry at 8, 16 and 48 kHz', async (t) => {
  const rooms = await Promise.all(
    [8000, undefined, 44_100].map(async (rate) => {
      const number = newNumber();
      await kazoo.conference({ conference_numbers: [number], profile: rate === undefined ? {} : { rate } });
      return Promise.all([
        dial(t, box, number, { codecs: ['opus'], tone: [900, 5200, 9000] }),
        dial(t, box, number, { codecs: ['opus'], tone: 600 }),
        dial(t, box, number, { codecs: ['G722'], tone: 700 }),
        dial(t, box, number, { codecs: ['PCMU'], tone: 1300 }),
      ]);
    }),
  );
  const carried: [string, boolean, boolean][] = [
    ['8 kHz', false, false],
    ['as usual', true, false],
    ['44.1 kHz asked, 48 kHz used', true, true],
  ];
  for (const [index, [rate, wide, full]] of carried.entries()) {
    const calls = rooms[index]!;
    await assertHears(t, calls, () => true, {
      timeoutMs: 15_000,
      level: [2400, 3600],
      own: 150,
      message: rate,
    });
    const [at5, at9] = calls[1].rx.levels([5200, 9000]) as [number, number];
    t.equal(at5 > 2000, wide, `${rate}: 5.2 kHz ${Math.round(at5)}`);
    t.equal(at9 > 2000, full, `${rate}: 9 kHz ${Math.round(at9)}`);
  }
  const [louder, hearer] = [rooms[2]![1], rooms[2]![2]];
  await louder.press('3');
  await hearer.rx.waitForTone(600, { min: 4000, max: 4500, ms: 200 });
  t.pass('volumes work at 48 kHz too');
  const told = box.log().filter(({ msg }) => msg === 'not to be had: the nearest is used');
  t.match(told, [{ field: 'profile.rate', asked: 44_100, used: 48_000 }]);
  t.equal(told.length, 1);
});

void t.test(
  'comfort-noise: heard by all at its level, under music, sounds and people, and as edited',
  async (t) => {
    const number = newNumber();
    const id = await kazoo.conference({
      conference_numbers: [number],
      profile: { 'comfort-noise': 200, 'alone-sound': '' },
    });
    /** Of samples evenly between ±32768/200, RMS on the 16-bit scale. */
    const strength = 32_768 / 200 / Math.sqrt(3);
    const first = await dial(t, box, number);
    await hears(first, 'music');
    const calls = [first, await dial(t, box, number, { codecs: ['G722'] })];
    for (const call of calls) {
      const off = () => 20 * Math.log10(call.rx.rms({ ms: 500 }) / strength);
      await call.rx.waitUntil(() => Math.abs(off()) < 1 && call.rx.level(soundHz('music')) < 20, {
        what: () => `noise with an RMS of ${strength.toFixed(1)}, but ${off().toFixed(1)} dB off`,
      });
      t.pass(`${call.media.codec?.name}: ${off().toFixed(2)} dB off`);
    }
    await kazoo.act(id, '', 'lock');
    await Promise.all(calls.map((call) => hears(call, 'conf-lock')));
    await kazoo.act(id, '', 'unlock');
    const talker = await dial(t, box, number, { tone: 700 });
    await Promise.all(calls.map((call) => call.rx.waitForTone(700, { min: 2800, max: 3200, ms: 300 })));
    await talker.hangup();
    await kazoo.send('PATCH', `/conferences/${id}`, { profile: { 'comfort-noise': 0 } });
    await Promise.all(calls.map((call) => call.rx.waitForSilence({ max: 5, ms: 300 })));
    t.pass('without it, silence');
  },
);
