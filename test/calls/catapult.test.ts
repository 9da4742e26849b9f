// What Catapult's API does to conferences and to those in them, as phones and the receiver of callbacks notice it.
import { readFileSync } from 'node:fs';
import t, { type Test } from 'tap';
import { assertHears } from '../phone/measure.js';
import type { CallFailed } from '../phone/call-signalling.js';
import type { PhoneCall } from '../phone/phone-call.js';
import { Phone } from '../phone/phone.js';
import { now } from '../phone/rtp-clock.js';
import { mp3Fixture } from '../sounds/signals.js';
import { webServer } from '../sounds/web-server.js';
import { Box } from './box.js';
import { CatapultClient, catapultEnv, Receiver, type Event } from './catapult-client.js';
import { dial, hears, meet, newNumber } from './callers.js';
import { longTone, wavOf } from './foreign/sounds.js';
import { adminPassword, KazooClient } from './kazoo-client.js';
import { entryToneHz, exitToneHz } from './tone-sounds.js';
import { WebVisitor } from './web-visitor.js';

const box = await Box.start({ env: { ...catapultEnv, PARTYLINE_ADMIN_PASSWORD: adminPassword } });
t.teardown(() => box.stop());
const catapult = await CatapultClient.login(box);
const kazoo = await KazooClient.login(box);
const visitor = new WebVisitor(box);
await visitor.get('/login');
await visitor.post('/login', { name: 'admin', password: adminPassword });
// Each has a conference of its own.
t.jobs = 8;
/** Anew for each test: tap writes into it. */
const beside = () => ({ buffered: true });

interface Meeting {
  readonly path: string;
  readonly id: string;
  readonly number: string;
  readonly receiver: Receiver;
}

async function meeting(t: Test, more: Record<string, unknown> = {}): Promise<Meeting> {
  const receiver = await new Receiver().open();
  t.teardown(() => receiver.shut());
  const number = newNumber();
  const path = await catapult.make('/conferences', {
    from: `+${number}`,
    callbackUrl: receiver.url,
    ...more,
  });
  return { path, id: path.split('/').at(-1)!, number, receiver };
}

async function answered(called: Phone): Promise<PhoneCall> {
  const call = await called.nextCall();
  await call.answer();
  return call;
}

/** Addresses of the members that are in, in the order of the phones' joining. */
async function members(path: string): Promise<string[]> {
  const all = await catapult.get<{ id: string; state: string }[]>(`${path}/members`);
  return all.filter(({ state }) => state === 'active').map(({ id }) => `${path}/members/${id}`);
}

const patience = { timeoutMs: 10_000 };

void t.test('dialled, held and muted at both levels, removed, and told of', beside(), async (t) => {
  const { path, id, number, receiver } = await meeting(t, { tag: 'a' });
  const calls: PhoneCall[] = [];
  for (const tone of [500, 700, 900]) calls.push(await dial(t, box, number, { tone }));
  await assertHears(t, calls, () => true, { ...patience, message: 'everybody is heard' });
  const [first = '', second = ''] = await members(path);
  t.match(await catapult.get(path), { state: 'active', activeMembers: 3 });

  await catapult.post(first, { mute: 'true' });
  await assertHears(t, calls, (_, talker) => talker !== 0, { ...patience, message: 'a member is muted' });
  await catapult.post(path, { mute: 'true' });
  await assertHears(t, calls, () => false, { ...patience, message: 'all are muted' });
  await catapult.post(path, { mute: 'false' });
  await catapult.post(second, { hold: true });
  await assertHears(t, calls, (listener, talker) => talker === 2 && listener === 0, {
    ...patience,
    message: 'the one stays muted, and one on hold neither hears nor speaks',
  });
  await catapult.post(path, { hold: true });
  await assertHears(t, calls, () => false, { ...patience, message: 'all are on hold' });
  await catapult.post(path, { hold: false });
  await catapult.post(first, { mute: false });
  await catapult.post(second, { hold: false });
  await assertHears(t, calls, () => true, { ...patience, message: 'as before' });

  await catapult.post(first, { state: 'completed' });
  await calls[0]!.ended();
  await calls[1]!.hangup();
  await catapult.post(path, { state: 'completed' });
  await calls[2]!.ended();
  await receiver.told({ eventType: 'conference', status: 'completed', conferenceId: id, tag: 'a' });
  t.same(
    receiver.events.map((event) => [
      event.status ?? event.state,
      event.activeMembers,
      event.mute,
      event.hold,
    ]),
    [
      ['created', undefined, undefined, undefined],
      ['active', 1, false, false],
      ['active', 2, false, false],
      ['active', 3, false, false],
      ['active', 3, true, false],
      ['active', 3, false, true],
      ['active', 3, false, false],
      ['active', 3, false, false],
      ['completed', 2, false, false],
      ['completed', 1, false, false],
      ['completed', 0, false, false],
      ['completed', undefined, undefined, undefined],
    ],
    'each event once, in order',
  );
  const failure: unknown = await dial(t, box, number).catch((error: unknown) => error);
  t.equal((failure as CallFailed).status, 404, 'the number leads nowhere any more');
});

void t.test('called out, added when it answers; its keys are passed through', beside(), async (t) => {
  const { path, id, number, receiver } = await meeting(t, { profile: 'passthru_digits' });
  const ada = await new Phone({ tone: 900 }).start();
  t.teardown(() => ada.stop());
  const placed = catapult.make('/calls', {
    from: '+15550001',
    to: ada.uri,
    conferenceId: id,
    callbackUrl: receiver.url,
    tag: 'ada',
  });
  const caller = await dial(t, box, number, { tone: 500 });
  const called = await answered(ada);
  const callId = (await placed).split('/').at(-1)!;
  await receiver.told({ eventType: 'answer', callId, tag: 'ada' });
  t.match(await catapult.get(`/calls/${callId}`), { state: 'active', direction: 'out', to: ada.uri });
  await caller.rx.waitForNoTone(entryToneHz);
  const addedAt = now();
  const member = await catapult.make(`${path}/members`, { callId, joinTone: false, leavingTone: false });
  await assertHears(t, [caller, called], () => true, { ...patience, message: 'they hear each other' });
  t.equal(caller.rx.onsetTime(entryToneHz, { since: addedAt, min: 1000 }), undefined, 'no joinTone');
  await called.press('0');
  await receiver.told({ eventType: 'dtmf', callId, dtmfDigit: '0' });
  t.match(await catapult.get(member), { mute: false, state: 'active' }, 'the key mutes nobody');
  await catapult.post(member, { leavingTone: 'true' });
  await called.hangup();
  await caller.rx.waitForTone(exitToneHz, { min: 1000, ms: 200, since: now() - 300 });
  await receiver.told({ eventType: 'hangup', callId, cause: 'NORMAL_CLEARING' });
  t.match(await catapult.get(`/calls/${callId}`), { state: 'completed' });
  await caller.hangup();
  await receiver.told({ eventType: 'conference', status: 'completed' });
});

void t.test(
  'called out to a phone that is busy, one that nobody takes, and one for another conference',
  beside(),
  async (t) => {
    const { path, id, receiver } = await meeting(t);
    const other = await meeting(t);
    const phones = await Promise.all([0, 1, 2].map(() => new Phone().start()));
    for (const phone of phones) t.teardown(() => phone.stop());
    const [busy, away, there] = await Promise.all(
      phones.map(async ({ uri }, n) => {
        const wanted = {
          from: '1',
          to: uri,
          conferenceId: id,
          callbackUrl: receiver.url,
          callTimeout: n === 1 ? 1 : 60,
        };
        return (await catapult.make('/calls', wanted)).split('/').at(-1)!;
      }),
    );
    (await phones[0]!.nextCall()).reject(486);
    const waiting = await answered(phones[2]!);
    await receiver.told({ eventType: 'answer', callId: there });
    t.match(await catapult.send('POST', `${other.path}/members`, { callId: there }), {
      status: 403,
      body: { code: 'invalid-call-conference-id' },
    });
    await receiver.told({ eventType: 'hangup', callId: busy, cause: 'USER_BUSY' });
    t.match(await catapult.get(`/calls/${busy}`), { state: 'rejected', cause: 'USER_BUSY' });
    await receiver.told({ eventType: 'hangup', callId: away, cause: 'NO_ANSWER' });
    t.match(await catapult.send('POST', `${path}/members`, { callId: away }), {
      status: 403,
      body: { code: 'call-id-not-found' },
    });
    await waiting.hangup();
  },
);

void t.test('who waits for a conference that ends is hung up on', beside(), async (t) => {
  const { path, id, receiver } = await meeting(t);
  const ada = await new Phone().start();
  t.teardown(() => ada.stop());
  await catapult.make('/calls', { from: '1', to: ada.uri, conferenceId: id, callbackUrl: receiver.url });
  const waiting = await answered(ada);
  await receiver.told({ eventType: 'answer' });
  await catapult.post(path, { state: 'completed' });
  await waiting.ended();
  await receiver.told({ eventType: 'hangup', cause: 'NORMAL_CLEARING' });
  t.match(await catapult.get(path), { state: 'completed' });
});

void t.test('a call that is asked for its PIN elsewhere is led into the conference', beside(), async (t) => {
  const { path } = await meeting(t);
  const number = newNumber();
  await box.conference({ conference_numbers: [number], member: { pins: ['1'], join_muted: false } });
  const [call] = await meet(t, box, number, 1);
  await hears(call!, 'conf-enter_conf_pin');
  const record = (await box.records()).find(({ calledNumber }) => calledNumber === number);
  await catapult.make(`${path}/members`, { callId: record?.id });
  const { from } = await catapult.get<{ from: string }>(path);
  const second = await dial(t, box, from.slice(1), { tone: 900 });
  await assertHears(t, [call!, second], () => true, { ...patience, message: 'they hear each other' });
  t.match(await catapult.send('POST', `${path}/members`, { callId: record?.id }), { status: 403 });
});

void t.test('files and sentences, for all and for one: told of when they are heard', beside(), async (t) => {
  const { path, id, number, receiver } = await meeting(t);
  const calls = [await dial(t, box, number), await dial(t, box, number)] as const;
  await receiver.told({ eventType: 'conference-member', activeMembers: 2 });
  const [first = ''] = await members(path);
  const sounds: Record<string, Buffer> = {
    '/a.wav': wavOf(longTone(1150, 8000, 1), { rate: 8000, channels: 1 }),
    '/b.mp3': readFileSync(mp3Fixture),
  };
  const { base } = await webServer(t, ({ url = '' }, response) => response.end(sounds[url]));
  const heard = { min: 1000, ms: 200, timeoutMs: 8000 };
  /** Between what is told and what is heard, ms; three players, which a busy machine makes up to 200 late each. */
  const near = (event: Event, at: number, what: string) => {
    const apart = Date.parse(String(event.time)) - (Date.now() - now() + at);
    t.ok(Math.abs(apart) < 700, `${what}: ${Math.round(apart)} ms apart`);
  };

  const playback = { eventType: 'conference-playback', conferenceId: id };
  // The tones of their entry.
  await Promise.all(calls.map((call) => call.rx.waitForSilence()));
  let askedAt = now();
  await catapult.post(`${path}/audio`, { fileUrl: `${base}/a.wav`, loopEnabled: 'true', tag: 'ring' });
  await Promise.all(calls.map((call) => call.rx.waitForTone(1150, heard)));
  const onset = calls[0].rx.onsetTime(1150, { since: askedAt, min: 1000 }) ?? 0;
  near(await receiver.told({ ...playback, status: 'started', tag: 'ring' }), onset, 'the start for all');
  await calls[0].rx.waitForTone(1150, { ...heard, since: onset + 1500 });
  t.notOk(
    receiver.events.some(({ status }) => status === 'done'),
    'a looped one is not done when it was heard once',
  );
  await catapult.post(`${path}/audio`, { fileUrl: '' });
  near(await receiver.told({ ...playback, status: 'done', tag: 'ring' }), now(), 'the stop');
  const gone = { max: 60, ms: 300, timeoutMs: 8000 };
  await Promise.all(calls.map((call) => call.rx.waitForNoTone(1150, { ...gone, since: now() })));

  askedAt = now();
  await catapult.post(`${first}/audio`, { fileUrl: `${base}/b.mp3` });
  await calls[0].rx.waitForTone(1000, heard);
  t.ok(calls[1].rx.level(1000) < 60, 'the other one hears nothing of it');
  const begun = await receiver.told({ eventType: 'playback', status: 'started' });
  near(begun, calls[0].rx.onsetTime(1000, { since: askedAt, min: 1000 }) ?? 0, 'the start for one');
  const ended = await receiver.told({ eventType: 'playback', status: 'done', callId: begun.callId });
  const lasted = Date.parse(String(ended.time)) - Date.parse(String(begun.time));
  t.ok(lasted > 1900 && lasted < 2600, `two seconds of MP3 are done after ${lasted} ms`);

  askedAt = now();
  await catapult.post(`${path}/audio`, { sentence: 'Good morning', locale: 'en_US', voice: 'Dave' });
  await Promise.all(calls.map((call) => call.rx.waitForAudio({ since: askedAt, timeoutMs: 8000 })));
  await receiver.told({ eventType: 'conference-speak', status: 'started' });
  await catapult.post(`${path}/audio`, { sentence: '' });
  await receiver.told({ eventType: 'conference-speak', status: 'done' });
  await catapult.post(path, { state: 'completed' });
});

void t.test('a conference made here, in Kazoo’s API and on the page', beside(), async (t) => {
  const { path, id, number, receiver } = await meeting(t);
  const calls = await meet(t, box, number, 2);
  await receiver.told({ eventType: 'conference-member', activeMembers: 2 });
  t.match((await kazoo.send('GET', `/conferences/${id}`)).data, { id, conference_numbers: [number] });
  const { data } = await kazoo.send('GET', `/conferences/${id}/participants`);
  const [participant] = data as { participant_id: number }[];
  t.equal((data as unknown[]).length, 2);
  await kazoo.act(id, `participants/${participant?.participant_id}`, 'mute');
  const { memberId } = await receiver.told({ eventType: 'conference-member', mute: true });
  t.match(await catapult.get(`${path}/members/${String(memberId)}`), { mute: true, state: 'active' });
  t.match((await visitor.get(`/conferences/${id}`)).body, '2 people are in');
  await visitor.post(`/conferences/${id}/do`, { action: 'end' });
  await Promise.all(calls.map((call) => call.ended()));
  await receiver.told({ eventType: 'conference', status: 'completed' });
  t.match(await kazoo.send('GET', `/conferences/${id}`), { status: 404 }, 'it was for this occasion');
});

void t.test('a conference made by Kazoo’s API, here', beside(), async (t) => {
  const number = newNumber();
  const id = await kazoo.conference({ conference_numbers: [number] });
  const path = `/conferences/${id}`;
  t.match(await catapult.get(path), { id, from: number, state: 'created', activeMembers: 0 });
  const calls = await meet(t, box, number, 2, (n) => ({ tone: [600, 800][n]! }));
  await assertHears(t, calls, () => true, { ...patience, message: 'both are heard' });
  t.match(await catapult.get(path), { state: 'active', activeMembers: 2 });
  await catapult.post(path, { mute: true });
  await assertHears(t, calls, () => false, { ...patience, message: 'nobody is' });
  const all = await catapult.get<{ call: string }[]>(`${path}/members`);
  t.match(await catapult.get(new URL(all[0]!.call).pathname), { state: 'active', conferenceId: id });
  await catapult.post(path, { state: 'completed' });
  await Promise.all(calls.map((call) => call.ended()));
  t.match(await catapult.get(path), { state: 'created' }, 'it is not used up');
});
