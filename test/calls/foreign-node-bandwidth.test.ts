// Bandwidth's own client for Node, with nothing changed but its base URL: every method of its Conference class, against a
// box with real calls.
import { createRequire } from 'node:module';
import t from 'tap';
import { assertHears } from '../phone/measure.js';
import { Phone } from '../phone/phone.js';
import { now } from '../phone/rtp-clock.js';
import { webServer } from '../sounds/web-server.js';
import { Box } from './box.js';
import { CatapultClient, catapultEnv, Receiver } from './catapult-client.js';
import { dial, newNumber } from './callers.js';
import { longTone, wavOf } from './foreign/sounds.js';

type Params = Record<string, unknown>;

/** As much of the client as is used here; it brings no types. */
interface Bandwidth {
  readonly Conference: Record<string, (...args: unknown[]) => Promise<unknown>>;
  readonly Call: { create(params: Params): Promise<{ id: string }>; get(id: string): Promise<Params> };
}

const BandwidthClient = createRequire(import.meta.url)('node-bandwidth') as new (config: Params) => Bandwidth;

const box = await Box.start({ env: catapultEnv });
t.teardown(() => box.stop());
const { key } = await CatapultClient.login(box);
const { Conference, Call } = new BandwidthClient({
  userId: key.userId,
  apiToken: key.token,
  apiSecret: key.secret,
  baseUrl: box.url,
});

/** Methods that were called; all must have been in the end. */
const called = new Set<string>();

function call<T = Params>(method: string, ...args: unknown[]): Promise<T> {
  called.add(method);
  return Conference[method]!(...args) as Promise<T>;
}

void t.test('a conference from its making to its end', async (t) => {
  const receiver = await new Receiver().open();
  t.teardown(() => receiver.shut());
  const { base } = await webServer(t, (_, response) =>
    response.end(wavOf(longTone(1150, 8000, 1), { rate: 8000, channels: 1 })),
  );
  const fileUrl = `${base}/a.wav`;

  const from = `+${newNumber()}`;
  const { id } = await call('create', { from, callbackUrl: receiver.url });
  t.match(await call('get', id), { id, from, state: 'created', activeMembers: 0 });

  const ada = await new Phone({ tone: 700 }).start();
  t.teardown(() => ada.stop());
  const placed = await Call.create({ from, to: ada.uri, conferenceId: id, callbackUrl: receiver.url });
  const incoming = await ada.nextCall();
  await incoming.answer();
  await receiver.told({ eventType: 'answer', callId: placed.id });
  const caller = await dial(t, box, from.slice(1), { tone: 500 });
  const added = await call('createMember', id, { callId: placed.id, joinTone: 'false' });
  const calls = [caller, incoming];
  const hear = (who: (listener: number, talker: number) => boolean, message: string) =>
    assertHears(t, calls, who, { timeoutMs: 10_000, message });
  await hear(() => true, 'they hear each other');

  t.match(await call('getMember', id, added.id), { id: added.id, state: 'active', joinTone: false });
  const members = await call<Params[]>('getMembers', id);
  t.equal(members.length, 2);
  await call('updateMember', id, added.id, { mute: 'true' });
  await hear((_, talker) => talker === 0, 'a member is muted');
  await call('updateMember', id, added.id, { mute: 'false' });
  await call('update', id, { hold: 'true' });
  await hear(() => false, 'all are on hold');
  await call('update', id, { hold: 'false' });
  await hear(() => true, 'as before');

  const tone = () => caller.rx.waitForTone(1150, { min: 1000, ms: 200, timeoutMs: 8000, since: now() });
  const done = (eventType: string) => receiver.told({ eventType, status: 'done' });
  await Promise.all([tone(), call('playAudioFile', id, fileUrl)]);
  await done('conference-playback');
  receiver.events.length = 0;
  await Promise.all([tone(), call('playAudioAdvanced', id, { fileUrl, loopEnabled: true })]);
  await call('stopAudioFilePlayback', id);
  await done('conference-playback');
  await call('speakSentence', id, 'One');
  await receiver.told({ eventType: 'conference-speak', status: 'started' });
  await call('stopSpeaking', id);
  await done('conference-speak');

  const other = members.map((one) => one.id).find((one) => one !== added.id);
  await Promise.all([tone(), call('playAudioFileToMember', id, other, fileUrl)]);
  await done('playback');
  await call('speakSentenceToMember', id, other, 'Two');
  await done('speak');
  receiver.events.length = 0;
  await call('playAudioAdvancedToMember', id, other, { sentence: 'Drei', locale: 'de', voice: 'Katrin' });
  await done('speak');

  await call('removeMember', id, added.id);
  await incoming.ended();
  t.match(await Call.get(placed.id), { state: 'completed' });
  await call('remove', id);
  await caller.ended();
  t.match(await call('get', id), { state: 'completed', activeMembers: 0 });
  t.same(
    Object.keys(Conference).filter((method) => !called.has(method)),
    [],
    'no method was left out',
  );
});

void t.test('errors as the client reports them', async (t) => {
  await t.rejects(Conference.get!('none'), { statusCode: 404, message: 'there is no conference none' });
});
