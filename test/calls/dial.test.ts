// Calls that the box makes, as the phones notice them that are called: through the outbound peer, which wants a password,
// and directly; answered, heard, and ended in every way.
import { spawnSync } from 'node:child_process';
import t, { type Test } from 'tap';
import type { CallRecord } from '../../src/store/index.js';
import { asItShips } from '../as-it-ships.js';
import { partyline } from '../cli/run.js';
import { assertHears } from '../phone/measure.js';
import type { PhoneCall } from '../phone/phone-call.js';
import { Phone, type PhoneOptions } from '../phone/phone.js';
import { Box, freePort } from './box.js';
import { dial, hears, hearsNext, newNumber } from './callers.js';
import { adminPassword, KazooClient } from './kazoo-client.js';

const box = await Box.start({ env: { PARTYLINE_ADMIN_PASSWORD: adminPassword } });
t.teardown(() => box.stop());
const kazoo = await KazooClient.login(box);

/** A telephone system: whatever number the box calls through it rings here. */
const peer = await new Phone({
  transport: 'tcp',
  tone: 700,
  demand: { user: 'box', password: 'let me out' },
}).start();
t.teardown(() => peer.stop());
const [command, args] = asItShips(partyline, [
  ...['--data', box.data, 'outbound', 'set', `sip:127.0.0.1:${peer.port};transport=tcp`],
  ...['--login', 'box', '--caller-number', '4711'],
]);
const set = spawnSync(command, args, { input: 'let me out\n', encoding: 'utf8' });
t.equal(set.status, 0, set.stderr);

interface Response {
  readonly call_id: string;
  readonly status: string;
  readonly message: string;
}

/** Has the box call, and gives what it answers for each endpoint. */
async function callOut(id: string, endpoints: string[], more: object = {}): Promise<Response[]> {
  const reply = await kazoo.act(id, '', 'dial', { endpoints, ...more });
  if (reply.status !== 202) throw new Error(JSON.stringify(reply.body));
  return (reply.data as { endpoint_responses: Response[] }).endpoint_responses;
}

/** The record of a call of the box, once it has ended. */
async function recordOf(callId: string): Promise<CallRecord> {
  for (const deadline = Date.now() + 5000; ;) {
    const record = (await box.records()).find(({ id }) => id === callId);
    if (record?.endedAt !== undefined) return record;
    if (Date.now() > deadline) throw new Error(`no ended record: ${JSON.stringify(record)}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function phone(t: Test, options: PhoneOptions = {}): Promise<Phone> {
  const made = await new Phone(options).start();
  t.teardown(() => made.stop());
  return made;
}

async function conference(document: Record<string, unknown> = {}): Promise<{ id: string; number: string }> {
  const number = newNumber();
  return { id: await kazoo.conference({ conference_numbers: [number], ...document }), number };
}

async function answered(called: Phone): Promise<PhoneCall> {
  const call = await called.nextCall();
  await call.answer();
  return call;
}

void t.test('called through the peer and directly: heard, hearing, and a call like any other', async (t) => {
  const { id, number } = await conference({ name: 'Team "A"' });
  const ada = await phone(t, { tone: 900, codecs: ['G722', 'PCMA'] });
  const member = await dial(t, box, number, { tone: 500 });
  const responses = await callOut(id, ['+4930123', ada.uri]);
  t.match(responses, [{ status: 'success', message: /^dial resulted in call id / }, { status: 'success' }]);
  const [viaPeer, direct] = await Promise.all([answered(peer), answered(ada)]);
  t.match(viaPeer.inviteReceived?.uri, `sip:+4930123@127.0.0.1:${peer.port};transport=tcp`);
  t.match(viaPeer.inviteReceived?.get('from'), /^"Team \\"A\\"" ?<sip:4711@127\.0\.0\.1>/i);
  t.match(direct.inviteReceived?.get('from'), `<sip:${number}@127.0.0.1:${box.sipPort}>`);
  const calls = [member, viaPeer, direct];
  await assertHears(t, calls, () => true, { timeoutMs: 10_000, message: 'everybody is heard' });

  await Promise.all([direct.press('0'), viaPeer.hold()]);
  await hears(direct, 'conf-muted');
  await assertHears(t, calls, (listener, talker) => talker === 0 && listener === 2, {
    message: 'a key mutes, and who holds neither hears nor is heard',
  });
  await viaPeer.resume();
  await direct.press('0', { by: 'info' });
  await direct.moveMedia();
  await assertHears(t, calls, () => true, { timeoutMs: 10_000, message: 'as before' });

  const { data } = await kazoo.send('GET', `/conferences/${id}/participants`);
  const participants = data as { participant_id: number; caller_id_number: string }[];
  const kicked = participants.find((one) => one.caller_id_number === '+4930123');
  await kazoo.act(id, `participants/${kicked?.participant_id}`, 'kick');
  await direct.hangup();
  await viaPeer.ended();
  const records = await Promise.all(responses.map((response) => recordOf(response.call_id)));
  t.same(
    records.map(({ endReason }) => endReason),
    ['kicked', 'hangup'],
  );
  t.match(records[0], {
    direction: 'outbound',
    calledNumber: '+4930123',
    callerNumber: '4711',
    conferenceId: id,
    role: 'member',
    codec: 'PCMU',
    answeredAt: Number,
    joinedAt: Number,
  });
  await member.hangup();
});

void t.test('flags, and past the lock; nobody in: the conference begins with who answers', async (t) => {
  const { id, number } = await conference({
    member: { join_muted: true, pins: ['1'] },
    moderator: { pins: ['2'] },
  });
  const phones = await Promise.all([500, 700, 900].map((tone) => phone(t, { tone })));
  const [boss, quiet, deaf] = phones as [Phone, Phone, Phone];
  await callOut(id, [boss.uri], { participant_flags: ['is_moderator', 'disable_moh'] });
  const first = await answered(boss);
  await hears(first, 'conf-alone');
  await kazoo.act(id, '', 'lock');
  await hearsNext(first, 'conf-lock');
  await callOut(id, [quiet.uri], { participant_flags: ['mute', 'join_existing'] });
  await callOut(id, [deaf.uri], { participant_flags: ['deaf', 'distribute_dtmf'] });
  const calls = [first, await answered(quiet), await answered(deaf)];
  await assertHears(t, calls, (listener, talker) => talker !== 1 && listener !== 2, {
    timeoutMs: 10_000,
    message: 'one is muted, one is deaf, and nobody was asked for a PIN',
  });
  const { data } = await kazoo.send('GET', `/conferences/${id}`);
  t.match(data, { _read_only: { members: 2, moderators: 1, is_locked: true } });
  t.match(await callOut(id, [number]), [{ status: 'error', message: /own number/ }]);
  t.match(await callOut(id, ['a'.repeat(32)]), [{ status: 'error' }]);
  await Promise.all(calls.map((call) => call.hangup()));
});

void t.test('not answered: busy, refused, too late, unreachable, full, a wrong answer', async (t) => {
  const { id } = await conference({ max_participants: 1 });
  const phones = await Promise.all([1, 2, 3, 4, 5].map(() => phone(t)));
  const [busy, no, slow, first, second] = phones as [Phone, Phone, Phone, Phone, Phone];
  const nowhere = `sip:x@127.0.0.1:${await freePort()};transport=tcp`;
  const responses = await callOut(id, [busy.uri, no.uri, slow.uri, nowhere], { timeout: 1 });
  (await busy.nextCall()).reject(486);
  (await no.nextCall()).reject(603, 'Decline');
  t.match(await (await slow.nextCall()).ended(), { reason: 'cancelled', code: 487 });
  const records = await Promise.all(responses.map((response) => recordOf(response.call_id)));
  t.same(
    records.map(({ endReason }) => endReason),
    ['busy', 'rejected', 'no-answer', 'unreachable'],
  );
  t.notOk(records.some(({ answeredAt }) => answeredAt !== undefined));
  t.match(await callOut(id, [first.uri], { participant_flags: ['join_existing'] }), [
    { status: 'error', message: /nobody is in/ },
  ]);

  await callOut(id, [first.uri]);
  const inside = await answered(first);
  await hears(inside, 'conf-alone');
  const [refused] = await callOut(id, [second.uri]);
  const outside = await answered(second);
  await hears(outside, 'conf-max_participants');
  await outside.ended();
  t.match(await recordOf(refused!.call_id), { endReason: 'full' });
  await inside.hangup();
});

void t.test('the conference ends: whoever still rings is called off', async (t) => {
  const { id } = await conference();
  const [ada, bob] = [await phone(t), await phone(t)];
  const [, second] = await callOut(id, [ada.uri, bob.uri]);
  const ringing = await bob.nextCall();
  const call = await answered(ada);
  await hears(call, 'conf-alone');
  await call.hangup();
  t.match(await ringing.ended(), { reason: 'cancelled' });
  t.match(await recordOf(second!.call_id), { endReason: 'conference-ended' });
  // The two ports by which the box knows that rtpengine lives stay open; others are closed a moment later.
  const left = async () => (await box.mediaCalls()).length + Math.max(0, box.openRtpPorts().length - 2);
  for (const deadline = Date.now() + 5000; (await left()) > 0 && Date.now() < deadline;)
    await new Promise((resolve) => setTimeout(resolve, 50));
  t.equal(await left(), 0, 'nothing is left in rtpengine');
});

void t.test('the box stops: what rings is called off', async (t) => {
  const { id } = await conference();
  const ada = await phone(t);
  await callOut(id, [ada.uri]);
  const ringing = await ada.nextCall();
  t.equal(await box.interrupt(), 0);
  t.match(await ringing.ended(), { reason: 'cancelled' });
  t.match((await box.records())[0], { direction: 'outbound', endReason: 'shutdown' });
});
