// What Kazoo's API does to conferences and to those in them, as phones notice it.
import t, { type Test } from 'tap';
import { assertHears } from '../phone/measure.js';
import type { PhoneCall } from '../phone/phone-call.js';
import { Box } from './box.js';
import { dial, hears, hearsNext, hearsNoMore, meet, newNumber } from './callers.js';
import { adminPassword, KazooClient } from './kazoo-client.js';

const box = await Box.start({ env: { PARTYLINE_ADMIN_PASSWORD: adminPassword } });
t.teardown(() => box.stop());
const kazoo = await KazooClient.login(box);

interface Meeting {
  readonly id: string;
  readonly number: string;
  readonly calls: PhoneCall[];
  /** participant_id of each call. */
  readonly participants: number[];
}

/** So many phones in a new conference, all heard. */
async function meeting(t: Test, count: number, document: Record<string, unknown> = {}): Promise<Meeting> {
  const number = newNumber();
  const id = await kazoo.conference({ conference_numbers: [number], ...document });
  const calls = await meet(t, box, number, count);
  await assertHears(t, calls, () => true, { timeoutMs: 15_000, message: 'everybody is heard' });
  const { data } = await kazoo.send('GET', `/conferences/${id}/participants`);
  const shown = data as { participant_id: number; caller_id_number: string }[];
  const participants = calls.map(
    (_, n) => shown.find((one) => one.caller_id_number === `20${n}`)?.participant_id ?? NaN,
  );
  return { id, number, calls, participants };
}

/** Comes in with a PIN. */
async function enter(t: Test, number: string, pin: string, tone: number): Promise<PhoneCall> {
  const call = await dial(t, box, number, { tone });
  await hears(call, 'conf-enter_conf_pin');
  await call.press(`${pin}#`);
  return call;
}

void t.test('lock refuses the next member, unlock lets in again', async (t) => {
  const { id, number, calls } = await meeting(t, 2);
  t.equal((await kazoo.act(id, '', 'lock')).status, 202);
  await hears(calls[0]!, 'conf-lock');
  const refused = await dial(t, box, number);
  await hears(refused, 'conf-locked');
  await refused.ended();
  t.match(await box.ended(refused.callId), { endReason: 'locked' });
  t.match((await kazoo.send('GET', `/conferences/${id}`)).data, {
    _read_only: { is_locked: true, members: 2 },
  });
  t.equal((await kazoo.act(id, '', 'unlock')).status, 202);
  await hearsNext(calls[0]!, 'conf-unlock');
  const third = await dial(t, box, number, { tone: 1400 });
  await calls[0]!.rx.waitForTone(1400, { min: 2700, ms: 200 });
  t.pass('and the next one is heard');
  await third.hangup();
});

void t.test('one is muted and deafened: the others go on', async (t) => {
  const { id, calls, participants } = await meeting(t, 3);
  const one = `participants/${participants[1]}`;
  t.match(await kazoo.act(id, one, 'mute'), { status: 202, data: 'ok' });
  await hears(calls[1]!, 'conf-muted');
  await assertHears(t, calls, (_, talker) => talker !== 1, { timeoutMs: 8000, message: 'one is silent' });
  await kazoo.act(id, one, 'deaf');
  await hears(calls[1]!, 'conf-deaf');
  await assertHears(t, calls, (listener, talker) => talker !== 1 && listener !== 1, {
    timeoutMs: 8000,
    message: 'and hears nobody',
  });
  t.match((await kazoo.send('GET', `/conferences/${id}/${one}`)).data, {
    conference_channel_vars: { speak: false, hear: false },
  });
  await kazoo.act(id, one, 'unmute');
  await kazoo.act(id, one, 'undeaf');
  await assertHears(t, calls, () => true, { timeoutMs: 8000, message: 'as before' });
});

void t.test('all are muted but the moderator', async (t) => {
  const number = newNumber();
  const id = await kazoo.conference({
    conference_numbers: [number],
    member: { join_muted: false, pins: ['1'] },
    moderator: { pins: ['2'] },
  });
  const calls = [
    await enter(t, number, '2', 500),
    await enter(t, number, '1', 700),
    await enter(t, number, '1', 900),
  ];
  await assertHears(t, calls, () => true, { timeoutMs: 15_000 });
  t.equal((await kazoo.act(id, 'participants', 'mute')).status, 200);
  await assertHears(t, calls, (_, talker) => talker === 0, {
    timeoutMs: 8000,
    message: 'only the moderator is heard',
  });
  await kazoo.act(id, 'participants', 'unmute');
  await kazoo.act(id, 'participants', 'deaf');
  await assertHears(t, calls, (listener) => listener === 0, {
    timeoutMs: 8000,
    message: 'only the moderator hears',
  });
  await kazoo.act(id, 'participants', 'undeaf');
  await assertHears(t, calls, () => true, { timeoutMs: 8000, message: 'as before' });
});

void t.test('relate: one does not hear another, all others do', async (t) => {
  const { id, calls, participants } = await meeting(t, 3);
  const [a, b] = participants;
  const relate = (relationship: string) =>
    kazoo.act(id, 'participants', 'relate', { participant_id: a, other_participant: b, relationship });
  t.match(await relate('deaf'), { status: 202, data: 'relating participants' });
  await assertHears(t, calls, (listener, talker) => !(listener === 0 && talker === 1), {
    timeoutMs: 8000,
    message: 'A does not hear B',
  });
  await relate('mute');
  await assertHears(t, calls, (listener, talker) => !(listener === 1 && talker === 0), {
    timeoutMs: 8000,
    message: 'B does not hear A',
  });
  await relate('clear');
  await assertHears(t, calls, () => true, { timeoutMs: 8000, message: 'as before' });
});

void t.test('kick ends the call of one, then of all', async (t) => {
  const { id, calls, participants } = await meeting(t, 3);
  const [first, second, third] = calls as [PhoneCall, PhoneCall, PhoneCall];
  await kazoo.act(id, `participants/${participants[0]}`, 'kick');
  await hears(first, 'conf-kicked');
  t.equal((await first.ended()).reason, 'remote');
  t.match(await box.ended(first.callId), { endReason: 'kicked' });
  await assertHears(t, [second, third], () => true, { timeoutMs: 8000, message: 'the others go on' });
  await kazoo.act(id, 'participants', 'kick');
  await Promise.all([second.ended(), third.ended()]);
  t.match(await box.ended(second.callId), { endReason: 'kicked' });
  t.strictSame((await kazoo.send('GET', `/conferences/${id}/participants`)).data, []);
});

void t.test('an edit acts on the next call: limit, PIN, number', async (t) => {
  const { id, number, calls } = await meeting(t, 2);
  const path = `/conferences/${id}`;
  await kazoo.send('PATCH', path, { max_participants: 2 });
  const third = await dial(t, box, number);
  await hears(third, 'conf-max_participants');
  await third.ended();
  t.match(await box.ended(third.callId), { endReason: 'full' });

  await kazoo.send('PATCH', path, { max_participants: null, member: { pins: ['4711'] } });
  const fourth = await enter(t, number, '4711', 1400);
  await calls[0]!.rx.waitForTone(1400, { min: 2700, ms: 200, timeoutMs: 8000 });
  t.pass('the new PIN is asked for and opens');
  await fourth.hangup();

  const moved = newNumber();
  await kazoo.send('PATCH', path, { conference_numbers: [moved], member: { pins: [] } });
  await dial(t, box, moved, { tone: 1300 });
  await calls[0]!.rx.waitForTone(1300, { min: 2700, ms: 200, timeoutMs: 8000 });
  t.pass('the new number leads to the same meeting');
});

void t.test('an edit acts on who is in: keys, waiting', async (t) => {
  const number = newNumber();
  const id = await kazoo.conference({ conference_numbers: [number], wait_for_moderator: true });
  const call = await dial(t, box, number);
  await hears(call, 'conf-waiting_for_moderator');
  await hears(call, 'music');
  await kazoo.send('PATCH', `/conferences/${id}`, {
    wait_for_moderator: false,
    controls: { mine: [{ action: 'mute', digits: '7' }] },
    caller_controls: 'mine',
  });
  await hears(call, 'conf-alone');
  await call.press('7');
  await hearsNext(call, 'conf-muted');
  t.pass('nobody waits any more, and the new key works');
});

void t.test('a deleted conference: its number leads nowhere, who is in stays', async (t) => {
  const { id, number, calls } = await meeting(t, 2);
  t.equal((await kazoo.send('DELETE', `/conferences/${id}`)).status, 200);
  const failure: unknown = await dial(t, box, number).catch((error: unknown) => error);
  t.match(failure, { status: 404 });
  await assertHears(t, calls, () => true, { message: 'they talk on' });
  await kazoo.act(id, 'participants', 'kick');
  await Promise.all(calls.map((call) => call.ended()));
  t.equal((await kazoo.send('GET', `/conferences/${id}/participants`)).status, 404);
});

void t.test('the list and the document show what is going on', async (t) => {
  const { id, calls } = await meeting(t, 2, { name: 'Live' });
  const listed = async () => {
    const { data } = await kazoo.send('GET', '/conferences?paginate=false');
    return (data as { id: string; _read_only: Record<string, unknown> }[]).find((one) => one.id === id);
  };
  t.match(await listed(), {
    name: 'Live',
    _read_only: {
      uuid: String,
      run_time: Number,
      is_locked: false,
      switch_external_ip: '127.0.0.1',
      participant_count: 2,
      members: 2,
      moderators: 0,
    },
  });
  const { data, headers } = await kazoo.send('GET', `/conferences/${id}`);
  t.match(data, {
    focus: /^partyline@/,
    _read_only: { participants: [{ caller_id_number: /^20\d$/ }, { caller_id_number: /^20\d$/ }] },
  });
  t.match(headers.get('etag'), `"1-${id}"`);
  await Promise.all(calls.map((call) => call.hangup()));
  for (;;) {
    const seen = await listed();
    if (seen?._read_only.members === 0) break;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  t.strictSame((await listed())?._read_only, { members: 0, moderators: 0, duration: 0, is_locked: false });
  t.notOk('focus' in ((await kazoo.send('GET', `/conferences/${id}`)).data as object));
});

void t.test('join_muted of a document that says nothing: as the schema, members join muted', async (t) => {
  const number = newNumber();
  const id = await kazoo.conference({ conference_numbers: [number], member: {} });
  const call = await dial(t, box, number);
  await hears(call, 'conf-you_are_muted');
  t.match((await kazoo.send('GET', `/conferences/${id}/participants/1`)).data, {
    conference_channel_vars: { speak: false, hear: true },
  });
  await kazoo.act(id, 'participants', 'unmute');
  await hears(call, 'conf-unmuted');
  await hearsNoMore(call, 'conf-unmuted');
});

void t.test('the sounds of a profile are heard where it says', async (t) => {
  const number = newNumber();
  const sound = (hz: number) => `%(800,0,${hz})`;
  const id = await kazoo.conference({
    conference_numbers: [number],
    play_entry_tone: true,
    play_exit_tone: true,
    member: { join_muted: false, play_entry_prompt: false },
    profile: {
      'alone-sound': sound(1000),
      'moh-sound': sound(1060),
      'enter-sound': sound(1120),
      'muted-sound': sound(1180),
      'unmuted-sound': sound(1240),
      'max-members': 2,
      'max-members-sound': sound(1300),
      'locked-sound': sound(1360),
      'exit-sound': sound(1420),
    },
  });
  const heard = async (call: PhoneCall, hz: number, what: string) => {
    await call.rx.waitForTone(hz, { min: 1000, ms: 200, timeoutMs: 8000 });
    t.pass(what);
  };
  const first = await dial(t, box, number);
  await heard(first, 1000, 'alone-sound');
  await heard(first, 1060, 'moh-sound');
  const second = await dial(t, box, number);
  await heard(first, 1120, 'enter-sound');
  await first.press('0');
  await heard(first, 1180, 'muted-sound');
  await first.press('0');
  await heard(first, 1240, 'unmuted-sound');
  await heard(await dial(t, box, number), 1300, 'max-members and max-members-sound');
  await kazoo.send('PATCH', `/conferences/${id}`, { profile: { 'max-members': null } });
  await kazoo.act(id, '', 'lock');
  await heard(await dial(t, box, number), 1360, 'locked-sound');
  await second.hangup();
  await heard(first, 1420, 'exit-sound');
});
