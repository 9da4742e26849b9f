// Dialling in, every path: by number, by PIN, through the access number; wrong, late, blocked, full, locked, unknown.
import t from 'tap';
import { validateConference } from '../../src/conference/index.js';
import { CallFailed } from '../phone/call-signalling.js';
import { now } from '../phone/rtp-clock.js';
import { Box } from './box.js';
import { dial, hears, hearsNext, hearsNoMore, newAddress, newNumber, ring } from './callers.js';
import { soundHz } from './tone-sounds.js';

const box = await Box.start();
t.teardown(() => box.stop());

/** Resolves with the role of the call, once it is in. */
async function roleOf(callId: string): Promise<unknown> {
  const { call } = await box.logged((line) => line.msg === 'call arrived' && line.sipCallId === callId);
  const joined = await box.logged((line) => line.msg === 'member joined' && line.call === call);
  return joined.role;
}

void t.test('the PIN decides the role; the entry ends with #, or with its last digit', async (t) => {
  const number = newNumber();
  await box.conference({
    conference_numbers: [number],
    member: { join_muted: false, pins: ['1234'] },
    moderator: { pins: ['98765'] },
  });
  for (const [entry, role] of [
    ['1234#', 'member'],
    ['98765', 'moderator'],
    ['98765#', 'moderator'],
  ] as const) {
    const call = await dial(t, box, number);
    await hears(call, 'conf-enter_conf_pin');
    await call.press(entry);
    t.equal(await roleOf(call.callId), role, `${entry} is a ${role}`);
    await call.hangup();
  }
});

void t.test('the number decides the role, and then only that role has its PIN', async (t) => {
  const [open, forMembers, forModerators] = [newNumber(), newNumber(), newNumber()];
  await box.conference({ member: { join_muted: false, numbers: [open] } });
  await box.conference({
    member: { join_muted: false, numbers: [forMembers], pins: ['11'] },
    moderator: { numbers: [forModerators], pins: ['22'] },
  });
  const first = await dial(t, box, open);
  t.equal(await roleOf(first.callId), 'member', 'no PIN: in at once');

  const member = await dial(t, box, forMembers, { bind: newAddress() });
  await hears(member, 'conf-enter_conf_pin');
  await member.press('22#');
  await hears(member, 'conf-bad_pin');
  t.pass("a moderator's PIN is wrong on the members' number");
  await hears(member, 'conf-enter_conf_pin');
  await member.press('11#');
  t.equal(await roleOf(member.callId), 'member');

  const moderator = await dial(t, box, forModerators, { bind: newAddress() });
  await hears(moderator, 'conf-enter_conf_pin');
  await moderator.press('22#');
  t.equal(await roleOf(moderator.callId), 'moderator');
});

void t.test('nothing but # where members need no PIN makes a member', async (t) => {
  const number = newNumber();
  await box.conference({ conference_numbers: [number], moderator: { pins: ['777'] } });
  const call = await dial(t, box, number);
  await hears(call, 'conf-enter_conf_pin');
  await call.press('#');
  t.equal(await roleOf(call.callId), 'member');
});

void t.test('the access number asks for the conference number, then for the PIN', async (t) => {
  const call = await dial(t, box, '3999');
  await hears(call, 'conf-welcome');
  await hears(call, 'conf-enter_conf_number');
  await call.press('99999#');
  await hears(call, 'conf-bad_conf');
  await hears(call, 'conf-enter_conf_number');
  await call.press('3000#');
  await hears(call, 'conf-enter_conf_pin');
  await call.press('9999#');
  t.equal(await roleOf(call.callId), 'moderator');
});

void t.test('three wrong numbers are too many', async (t) => {
  const call = await dial(t, box, '3999');
  for (let attempt = 1; attempt <= 3; attempt++) {
    await hears(call, 'conf-enter_conf_number');
    await call.press('#');
    if (attempt < 3) await hears(call, 'conf-bad_conf');
  }
  await hears(call, 'conf-too_many_attempts');
  t.equal((await call.ended()).reason, 'remote', 'the box hangs up');
  t.match(await box.ended(call.callId), { endReason: 'too-many-attempts' });
});

void t.test('three wrong PINs are too many', async (t) => {
  const call = await dial(t, box, '3000', { bind: newAddress() });
  for (const wrong of ['1111#', '22#', '3333333333333333']) {
    await hears(call, 'conf-enter_conf_pin');
    await call.press(wrong);
    if (!wrong.startsWith('3')) await hears(call, 'conf-bad_pin');
  }
  await hears(call, 'conf-too_many_attempts');
  t.equal((await call.ended()).reason, 'remote');
  t.match(await box.ended(call.callId), { endReason: 'too-many-attempts', calledNumber: '3000' });
});

void t.test('silence is a wrong attempt after the time of the conference', async (t) => {
  const number = newNumber();
  await box.conference({ conference_numbers: [number], member: { pins: ['1234'] }, pin_timeout: 300 });
  const call = await dial(t, box, number, { bind: newAddress() });
  await hears(call, 'conf-bad_pin');
  await hears(call, 'conf-too_many_attempts', 12_000);
  await call.ended();
  t.match(await box.ended(call.callId), { endReason: 'too-many-attempts' });
});

void t.test('digits over the prompt stop it and count', async (t) => {
  const call = await dial(t, box, '3000', { bind: newAddress() });
  await call.rx.waitForTone(soundHz('conf-welcome'), { ms: 60 });
  const before = now();
  await call.press('12');
  await hearsNoMore(call, 'conf-welcome');
  await hearsNoMore(call, 'conf-enter_conf_pin');
  t.ok(now() - before < 1500, 'both prompts together would take longer');
  await call.press('34#');
  t.equal(await roleOf(call.callId), 'member');
});

void t.test('a number that nobody has is refused before it is answered', async (t) => {
  const call = await ring(t, box, '7777');
  const failure = await call.answered().then(
    () => undefined,
    (error: unknown) => error,
  );
  t.ok(failure instanceof CallFailed);
  t.equal((failure as CallFailed).status, 404);
  t.match(await box.ended(call.callId), { endReason: 'not-found', calledNumber: '7777' });
});

void t.test('a number in two conferences is refused when it is saved', async (t) => {
  const number = newNumber();
  await box.conference({ conference_numbers: [number] });
  await t.rejects(box.conference({ member: { numbers: [number] } }), { name: 'NumbersInUseError' });
  t.equal(validateConference({ conference_numbers: [number], member: { numbers: [number] } }).ok, false);
});

void t.test('a full conference says so, to moderators too', async (t) => {
  const number = newNumber();
  await box.conference({ conference_numbers: [number], max_participants: 1, moderator: { pins: ['5'] } });
  const first = await dial(t, box, number);
  await hears(first, 'conf-enter_conf_pin');
  await first.press('#');
  t.equal(await roleOf(first.callId), 'member');
  const second = await dial(t, box, number);
  await hears(second, 'conf-enter_conf_pin');
  await second.press('5#');
  await hears(second, 'conf-max_participants');
  await second.ended();
  t.match(await box.ended(second.callId), { endReason: 'full' });
});

void t.test('a locked conference lets moderators in and nobody else', async (t) => {
  const number = newNumber();
  await box.conference({
    conference_numbers: [number],
    member: { join_muted: false, pins: ['1'] },
    moderator: { pins: ['2'] },
    controls: { boss: [{ action: 'lock', digits: '7' }] },
    moderator_controls: 'boss',
  });
  const enter = async (pin: string) => {
    const call = await dial(t, box, number, { bind: newAddress() });
    await hears(call, 'conf-enter_conf_pin');
    await call.press(`${pin}#`);
    return call;
  };
  const boss = await enter('2');
  t.equal(await roleOf(boss.callId), 'moderator');
  await boss.press('7');
  await hearsNext(boss, 'conf-lock');
  const member = await enter('1');
  await hears(member, 'conf-locked');
  await member.ended();
  t.match(await box.ended(member.callId), { endReason: 'locked' });
  const deputy = await enter('2');
  t.equal(await roleOf(deputy.callId), 'moderator');
  await boss.press('7');
  await hearsNext(boss, 'conf-unlock');
  t.equal(await roleOf((await enter('1')).callId), 'member');
});

void t.test('digits come in every way a phone can send them, each press once', async (t) => {
  const number = newNumber();
  await box.conference({
    conference_numbers: [number],
    member: { join_muted: false, pins: ['1122033'] },
  });
  for (const by of ['rfc4733', 'inband', 'info', 'info-dtmf'] as const) {
    const call = await dial(t, box, number, { bind: newAddress(), telephoneEvent: by !== 'inband' });
    await hears(call, 'conf-enter_conf_pin');
    await hearsNoMore(call, 'conf-enter_conf_pin');
    await call.press('1122033', { by });
    t.equal(await roleOf(call.callId), 'member', by);
    await call.hangup();
  }
});

void t.test('a press that is told twice, in the audio and by INFO, counts once', async (t) => {
  const number = newNumber();
  await box.conference({ conference_numbers: [number], member: { join_muted: false, pins: ['5566'] } });
  const call = await dial(t, box, number, { bind: newAddress() });
  await hears(call, 'conf-enter_conf_pin');
  for (const digit of '5566') {
    await Promise.all([call.press(digit), call.press(digit, { by: 'info', gapMs: 0 })]);
  }
  t.equal(await roleOf(call.callId), 'member');
});

void t.test('guessing blocks the caller, across calls, and nobody else', async (t) => {
  const number = newNumber();
  await box.conference({ conference_numbers: [number], member: { join_muted: false, pins: ['739184'] } });
  const [guesser, honest] = [newAddress(), newAddress()];
  await Promise.all(
    Array.from({ length: 10 }, async (_, n) => {
      const call = await dial(t, box, number, { bind: guesser, user: 'guesser' });
      await hears(call, 'conf-enter_conf_pin');
      await call.press(`10000${n}`);
      await hears(call, 'conf-bad_pin');
      await call.hangup();
    }),
  );
  const again = await dial(t, box, number, { bind: guesser, user: 'guesser' });
  await hears(again, 'conf-blocked');
  await again.ended();
  t.match(await box.ended(again.callId), { endReason: 'blocked' });
  const other = await dial(t, box, number, { bind: honest });
  await hears(other, 'conf-enter_conf_pin');
  await other.press('739184#');
  t.equal(await roleOf(other.callId), 'member');
  const warnings = box.log().filter(({ level }) => level === 'warn');
  t.ok(
    warnings.some(({ msg }) => msg === 'wrong PIN'),
    'it is logged',
  );
  t.ok(warnings.some(({ msg }) => msg === 'caller blocked for guessing PINs'));
  // Ids are left out: one may have the digits by chance.
  const said = box.log().map((line) => ({ ...line, conference: '', call: '', sipCallId: '' }));
  t.notMatch(JSON.stringify(said), /739184|10000\d/, 'and no PIN is');
});
