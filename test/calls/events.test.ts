// What a client of the events is told while phones come, talk, are muted and go; and that nobody who talks stops talking
// when rtpengine dies under it.
import t from 'tap';
import { EventClient, type Message } from '../http/kazoo/event-client.js';
import { now } from '../phone/rtp-clock.js';
import { Box } from './box.js';
import { dial, newNumber } from './callers.js';
import { adminPassword, KazooClient } from './kazoo-client.js';

const box = await Box.start({ env: { PARTYLINE_ADMIN_PASSWORD: adminPassword } });
t.teardown(() => box.stop());
const kazoo = await KazooClient.login(box);

interface Watched {
  readonly id: string;
  readonly number: string;
  readonly client: EventClient;
  /** The next event with this word that was not asked for before. */
  told(event: string): Promise<Message>;
  /** The words so far. */
  words(): unknown[];
}

async function watch(): Promise<Watched> {
  const number = newNumber();
  const id = await kazoo.conference({ conference_numbers: [number] });
  const client = await EventClient.open(box.url.replace('http', 'ws'));
  t.teardown(() => client.socket.terminate());
  const reply = await client.subscribe(kazoo.token, kazoo.account, `conference.event.${id}.*`);
  t.equal(reply.status, 'success');
  const seen = new Set<Message>();
  const told = async (event: string) => {
    const message = await client.next((one) => one.data.event === event && !seen.has(one), 8000);
    seen.add(message);
    return message;
  };
  return { id, number, client, told, words: () => client.events.map(({ data }) => data.event) };
}

void t.test('two phones come, talk, are muted and go', async (t) => {
  const { id, number, told, words } = await watch();
  const first = await dial(t, box, number, { tone: null, user: '201' });
  const created = await told('conference-create');
  t.match(await told('add-member'), {
    data: {
      participant_id: 1,
      caller_id_number: '201',
      conference_id: id,
      instance_id: created.data.instance_id,
      speak: true,
      talking: false,
    },
  });
  const second = await dial(t, box, number, { tone: null, user: '202' });
  await told('add-member');

  const from = await first.setTone(700, 3000);
  const started = await told('start-talking');
  const ms = Math.round(now() - from);
  t.comment(`start-talking ${ms} ms after the tone`);
  t.ok(ms < 1000, 'soon');
  t.match(started.data, { participant_id: 1, talking: true, floor: true, caller_id_number: '201' });
  const shown = async (participant: number) => {
    const { data } = await kazoo.send('GET', `/conferences/${id}/participants/${participant}`);
    return (data as { conference_channel_vars: Record<string, unknown> }).conference_channel_vars;
  };
  t.match(await shown(1), { talking: true, floor: true, mute_detect: false });
  const energy = Number((await shown(1)).current_energy);
  t.ok(energy > 1600 && energy < 2200, `the mean of the tone is ${energy}`);
  t.match(await shown(2), { talking: false, floor: false, current_energy: 0 });

  await kazoo.act(id, 'participants/1', 'mute');
  await told('mute-member');
  t.match((await told('stop-talking')).data, { participant_id: 1, speak: false, mute_detect: true });
  t.match(await shown(1), { talking: false, mute_detect: true, speak: false });
  await first.setTone(null);
  await second.setTone(900, 3000);
  t.match((await told('start-talking')).data, { participant_id: 2, floor: true });
  const quiet = await second.setTone(null);
  t.match((await told('stop-talking')).data, { participant_id: 2, talking: false });
  t.comment(`stop-talking ${Math.round(now() - quiet)} ms after the tone`);
  await kazoo.act(id, 'participants/1', 'unmute');
  await told('unmute-member');
  await kazoo.act(id, 'participants/2', 'deaf');
  await kazoo.act(id, 'participants/2', 'undeaf');
  await kazoo.act(id, '', 'lock');
  await kazoo.act(id, '', 'unlock');
  await told('unlock');
  await first.hangup();
  t.match((await told('del-member')).data, { participant_id: 1 });
  await second.hangup();
  await told('conference-destroy');
  t.same(words(), [
    'conference-create',
    'add-member',
    'add-member',
    'start-talking',
    'mute-member',
    'stop-talking',
    'start-talking',
    'stop-talking',
    'unmute-member',
    'deaf-member',
    'undeaf-member',
    'lock',
    'unlock',
    'del-member',
    'del-member',
    'conference-destroy',
  ]);
});

void t.test('who talks is heard to talk again after rtpengine died', async (t) => {
  const { id, number, told } = await watch();
  await dial(t, box, number, { tone: 700 });
  await told('start-talking');
  const quiet = await dial(t, box, number, { tone: null, codecs: ['G722'] });
  await told('add-member');
  process.kill(box.pid('rtpengine'), 'SIGKILL');
  await box.logged(({ msg }) => msg === 'media rebuilt');
  await quiet.setTone(900, 3000);
  // A gap of more than 0.8 s, on a busy machine, ends the first one's talking for a moment.
  for (let who = 0; who !== 2;) who = Number((await told('start-talking')).data.participant_id);
  const talking = async () => {
    const { data } = await kazoo.send('GET', `/conferences/${id}/participants`);
    return (data as { conference_channel_vars: { talking: boolean } }[]).map(
      ({ conference_channel_vars }) => conference_channel_vars.talking,
    );
  };
  const deadline = now() + 5000;
  while ((await talking()).includes(false) && now() < deadline)
    await new Promise((resolve) => setTimeout(resolve, 50));
  t.same(await talking(), [true, true]);
});

void t.test('who asks once gets true figures, although nobody has listened before', async (t) => {
  const number = newNumber();
  const id = await kazoo.conference({ conference_numbers: [number] });
  const talker = await dial(t, box, number, { tone: 700 });
  await box.logged(({ msg, conference }) => msg === 'member heard' && conference === id);
  const { data } = await kazoo.send('GET', `/conferences/${id}`);
  t.match(data, { _read_only: { participants: [{ conference_channel_vars: { talking: true } }] } });
  await talker.hangup();
});
