// The conference as phones hear it: everybody hears everybody else at their level and not themselves, in one stream.
import t, { type Test } from 'tap';
import { assertEveryoneHears, assertHears } from '../phone/measure.js';
import type { PhoneCall } from '../phone/phone-call.js';
import { PhoneFarm } from '../phone/phone-farm.js';
import { now } from '../phone/rtp-clock.js';
import type { RxStats } from '../phone/rtp-receiver.js';
import { tones } from '../phone/tones.js';
import { Box } from './box.js';
import { dial, hears, hearsNoMore, meet, newNumber, quietConference } from './callers.js';
import { entryToneHz, exitToneHz, soundHz } from './tone-sounds.js';

const box = await Box.start();
t.teardown(() => box.stop());

const open = (document?: Record<string, unknown>) => quietConference(box, document);

/** One stream without a hole: one SSRC, every sequence number, every timestamp where it belongs. */
function isOneStream(t: Test, stats: RxStats, who: string): void {
  t.equal(stats.ssrcs.size, 1, `${who}: one SSRC`);
  t.equal(stats.missing, 0, `${who}: no packet is missing`);
  t.equal(stats.timestampJumps, 0, `${who}: no timestamp jumps`);
}

/** Nothing is sent by any phone of this process for so many ms, and then all of it. */
function holdUp(ms: number): void {
  const end = now() + ms;
  while (now() < end);
}

// It waits for a minute and costs nothing meanwhile, so it goes on beside the others.
const grace = losesItsModeratorTwice();
grace.catch(() => undefined);

async function losesItsModeratorTwice() {
  const number = await open({
    require_moderator: true,
    member: { join_muted: false, pins: ['1'] },
    moderator: { pins: ['2'] },
  });
  const enter = async (pin: string): Promise<PhoneCall> => {
    const call = await dial(t, box, number);
    await hears(call, 'conf-enter_conf_pin');
    await call.press(`${pin}#`);
    return call;
  };
  const moderator = await enter('2');
  const member = await enter('1');
  await hearsNoMore(moderator, 'music');
  await moderator.hangup();
  await hears(member, 'conf-moderator_left');
  const back = await enter('2');
  await hearsNoMore(member, 'music');
  await back.hangup();
  await hears(member, 'conf-moderator_left');
  const left = now();
  await hears(member, 'conf-ended', 65_000);
  const waitedMs = now() - left;
  return { waitedMs, end: await member.ended(), record: await box.ended(member.callId) };
}

for (const count of [3, 8]) {
  void t.test(`${count} phones hear all the others and not themselves, in one stream each`, async (t) => {
    const calls = await meet(t, box, await open(), count);
    await assertEveryoneHears(t, calls, { timeoutMs: 15_000 });
    for (const call of calls) call.rx.resetStats();
    await assertEveryoneHears(t, calls, { ms: 1000 });
    calls.forEach((call, n) => isOneStream(t, call.rx.stats, `phone ${n}`));
  });
}

void t.test('20 phones hear all the others and not themselves, in one stream each', async (t) => {
  const number = await open();
  const hz = tones(20);
  // Twenty tones of 3000 would be louder than a sample can be.
  const level = 1000;
  const farm = await PhoneFarm.start(hz.map((tone) => ({ tone, toneLevel: level })));
  t.teardown(() => farm.stop());
  const results = await farm.ask('call', { targets: box.uri(number) });
  t.ok(
    results.every(({ ok }) => ok),
    'all are answered',
  );
  await farm.ask('waitForTone', {
    hz: hz.map((_, n) => hz[(n + 1) % 20]!),
    options: { min: 900, ms: 500, timeoutMs: 20_000 },
  });
  await farm.ask('waitForTone', {
    hz: hz.map((_, n) => hz[(n + 19) % 20]!),
    options: { min: 900, ms: 500, timeoutMs: 20_000 },
  });
  await farm.ask('resetStats');
  let wrong: string[] = [];
  for (let look = 0; look < 60; look++) {
    await new Promise((resolve) => setTimeout(resolve, 500));
    const levels = await farm.ask('levels', { hz, ms: 500 });
    wrong = levels.flatMap((row, listener) =>
      row.flatMap((heard, talker) => {
        const right = listener === talker ? heard < 40 : heard > 0.9 * level && heard < 1.1 * level;
        return right ? [] : [`${listener} hears ${talker} with ${Math.round(heard)}`];
      }),
    );
    if (wrong.length === 0) break;
  }
  t.strictSame(wrong, [], 'everybody hears everybody else');
  for (const { phone, stats } of await farm.ask('report')) isOneStream(t, stats, `phone ${phone}`);
});

void t.test('two conferences at once never hear each other', async (t) => {
  const numbers = [await open(), await open()];
  const hz = tones(6);
  const calls = await Promise.all(hz.map((tone, n) => dial(t, box, numbers[n % 2]!, { tone })));
  await assertHears(t, calls, (listener, talker) => listener % 2 === talker % 2, { timeoutMs: 15_000 });
});

void t.test('who is alone hears so, then music, which stops when somebody comes', async (t) => {
  const number = await open();
  const first = await dial(t, box, number, { tone: 500 });
  await hears(first, 'conf-alone');
  await hears(first, 'music');
  const second = await dial(t, box, number, { tone: 700 });
  await hearsNoMore(first, 'music');
  await first.rx.waitForTone(700, { min: 2700, max: 3300, ms: 300 });
  await second.rx.waitForTone(500, { min: 2700, max: 3300, ms: 300 });
  await second.hangup();
  await hears(first, 'music');
  t.pass('and comes back when the other has left');
});

void t.test('tones tell who is in that somebody comes or goes', async (t) => {
  const number = await open({ play_entry_tone: true, play_exit_tone: true });
  const first = await dial(t, box, number);
  await hears(first, 'music');
  const second = await dial(t, box, number);
  await first.rx.waitForTone(entryToneHz, { min: 1000, ms: 200, since: now() - 300 });
  await hearsNoMore(first, 'music');
  await second.hangup();
  await first.rx.waitForTone(exitToneHz, { min: 1000, ms: 200, since: now() - 300 });
  t.pass('both were heard');
});

void t.test('members join muted or deaf as the conference says, moderators as it says of them', async (t) => {
  const number = newNumber();
  await box.conference({
    conference_numbers: [number],
    play_welcome: false,
    play_entry_tone: false,
    play_exit_tone: false,
    member: { join_muted: true, pins: ['1'] },
    moderator: { join_deaf: true, pins: ['2'] },
  });
  const enter = async (pin: string, tone: number): Promise<PhoneCall> => {
    const call = await dial(t, box, number, { tone });
    await hears(call, 'conf-enter_conf_pin');
    await call.press(`${pin}#`);
    return call;
  };
  const moderator = await enter('2', 500);
  await hears(moderator, 'conf-deaf');
  const member = await enter('1', 700);
  await hears(member, 'conf-you_are_muted');
  const other = await enter('1', 900);
  await hears(other, 'conf-you_are_muted');
  const hear = (listener: number, talker: number) => listener !== 0 && talker === 0;
  await assertHears(t, [moderator, member, other], hear, {
    timeoutMs: 10_000,
    message: 'the muted are not heard, the deaf hear nobody',
  });
  await member.press('0');
  await hears(member, 'conf-unmuted');
  await assertHears(
    t,
    [moderator, member, other],
    (listener, talker) => listener !== 0 && talker !== 2 && listener !== talker,
    { timeoutMs: 10_000, message: 'who unmutes himself is heard' },
  );
});

void t.test('0 mutes, * mutes and deafens, # leaves; each is answered to that member alone', async (t) => {
  const number = await open();
  const calls = await meet(t, box, number, 3, (n) => ({ tone: [400, 600, 800][n]! }));
  const [presser, second, third] = calls as [PhoneCall, PhoneCall, PhoneCall];
  await assertEveryoneHears(t, calls, { timeoutMs: 15_000 });
  const begun = now();
  const others = [second, third];
  /** None of the box's words has reached the others since the beginning. */
  const othersHeardNothing = (
    ...words: ('conf-muted' | 'conf-unmuted' | 'conf-deaf' | 'conf-undeaf' | 'conf-goodbye')[]
  ) => {
    for (const { rx } of others) {
      for (const word of words) {
        t.equal(
          rx.onsetTime(soundHz(word), { since: begun, min: 300 }),
          undefined,
          `${word} is not heard by others`,
        );
      }
    }
  };
  await presser.press('0');
  await hears(presser, 'conf-muted');
  await assertHears(t, calls, (_, talker) => talker !== 0, { message: 'muted' });
  await presser.press('0');
  await hears(presser, 'conf-unmuted');
  await assertEveryoneHears(t, calls);
  othersHeardNothing('conf-muted', 'conf-unmuted');
  await presser.press('*');
  await hears(presser, 'conf-deaf');
  await assertHears(t, calls, (listener, talker) => talker !== 0 && listener !== 0, {
    message: 'muted and deaf',
  });
  await presser.press('*');
  await hears(presser, 'conf-undeaf');
  await assertEveryoneHears(t, calls);
  await presser.press('#');
  await hears(presser, 'conf-goodbye');
  t.equal((await presser.ended()).reason, 'remote');
  t.match(await box.ended(presser.callId), { endReason: 'left' });
  othersHeardNothing('conf-muted', 'conf-unmuted', 'conf-deaf', 'conf-undeaf', 'conf-goodbye');
  for (const { rx } of others) t.strictSame(rx.digits, [], 'no digit was passed on');
});

void t.test('a digit never reaches the ears of others, however it is sent', async (t) => {
  const number = await open({ caller_controls: 'none' });
  for (const [by, codec] of [
    ['rfc4733', 'PCMU'],
    ['inband', 'PCMU'],
    ['info', 'PCMU'],
    ['rfc4733', 'G722'],
    ['inband', 'G722'],
  ] as const) {
    const [presser, listener] = (await meet(t, box, number, 2, (n) => ({
      codecs: [n === 0 ? codec : 'PCMU'],
      tone: n === 0 ? null : 500,
      telephoneEvent: n === 1 || by !== 'inband',
    }))) as [PhoneCall, PhoneCall];
    await presser.rx.waitForTone(500, { min: 2700, ms: 300, timeoutMs: 15_000 });
    await hearsNoMore(listener, 'conf-joining_conference');
    await listener.rx.waitForSilence();
    if (codec === 'G722') presser.media.sender.useOneEncoder();
    const begun = now();
    for (const heldUpAt of by === 'inband' ? [10, 25, 40] : [10]) {
      // A phone is not always in time.
      setTimeout(() => holdUp(60), heldUpAt);
      await presser.press('5', { by, durationMs: 200 });
    }
    // Far from the tones of the key: a tone that comes in pieces is heard beside its own frequency as well.
    await presser.setTone(2600);
    await listener.rx.waitForTone(2600, { min: 2500, ms: 300 });
    for (const hz of [770, 1336]) {
      t.equal(
        listener.rx.onsetTime(hz, { since: begun, min: 300 }),
        undefined,
        `${by}, ${codec}: ${hz} Hz is not heard`,
      );
    }
    t.strictSame(listener.rx.digits, [], `${by}: nor passed on as an event`);
    await Promise.all([presser.hangup(), listener.hangup()]);
  }
});

void t.test('members wait with music for the moderator, and neither hear nor speak', async (t) => {
  const number = await open({
    wait_for_moderator: true,
    member: { join_muted: false, pins: ['1'] },
    moderator: { pins: ['2'] },
  });
  const enter = async (pin: string, tone: number): Promise<PhoneCall> => {
    const call = await dial(t, box, number, { tone });
    await hears(call, 'conf-enter_conf_pin');
    await call.press(`${pin}#`);
    return call;
  };
  const members = [await enter('1', 500), await enter('1', 700)];
  for (const member of members) {
    await hears(member, 'conf-waiting_for_moderator');
    await hears(member, 'music');
  }
  await assertHears(t, members, () => false, { message: 'nobody hears anybody' });
  const moderator = await enter('2', 900);
  await assertEveryoneHears(t, [...members, moderator], { timeoutMs: 10_000 });
  for (const member of members) await hearsNoMore(member, 'music');
});

void t.test(
  'when the last moderator has left, it is said, and the conference ends after the grace',
  async (t) => {
    const { waitedMs, end, record } = await grace;
    t.ok(waitedMs > 50_000, 'after the minute of grace, counted from the second time');
    t.equal(end.reason, 'remote');
    t.match(record, { endReason: 'moderator-left' });
  },
);
