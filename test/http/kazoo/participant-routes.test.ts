// Who is in, and what the API does to them.
import t from 'tap';
import { Api } from './api.js';

async function meeting(t: Parameters<typeof Api.start>[0]) {
  const api = await Api.start(t);
  const id = await api.conference({ name: 'Team' });
  const boss = await api.join(id, 'moderator', 'Boss');
  const ada = await api.join(id, 'member', 'Ada');
  const bob = await api.join(id, 'member', 'Bob');
  const path = `/accounts/{A}/conferences/${id}/participants`;
  const act = (action: string, at = path) => api.send('PUT', at, { data: { action } });
  return { api, id, boss, ada, bob, path, act };
}

void t.test('a participant as Kazoo shows it', async (t) => {
  const { api, id, boss, path } = await meeting(t);
  api.clock.advance(10_000);
  const { data, status } = await api.get(path);
  t.equal(status, 200);
  t.strictSame((data as unknown[])[0], {
    call_id: boss.id,
    conference_name: id,
    conference_uuid: boss.conference.instanceId,
    switch_hostname: 'box',
    participant_id: 1,
    join_time: 63_934_542_245,
    duration: 10,
    caller_id_name: 'Boss',
    caller_id_number: '201',
    custom_channel_vars: {},
    conference_channel_vars: {
      is_moderator: true,
      floor: false,
      hand_raised: false,
      video: false,
      speak: true,
      hear: true,
      talking: false,
      mute_detect: false,
      energy_level: 0,
      current_energy: 0,
      member_id: 1,
      member_ghost: false,
    },
  });
  t.strictSame(
    (data as { participant_id: number }[]).map((one) => one.participant_id),
    [1, 2, 3],
  );
  t.match(await api.get(`${path}/2`), { status: 200, data: { participant_id: 2, caller_id_name: 'Ada' } });
  for (const nobody of ['4', '0', 'x', '99999999999']) {
    t.strictSame((await api.get(`${path}/${nobody}`)).data, {}, nobody);
  }
});

void t.test('nobody is in', async (t) => {
  const api = await Api.start(t);
  const path = `/accounts/{A}/conferences/${await api.conference()}/participants`;
  t.strictSame((await api.get(path)).data, []);
  t.strictSame((await api.get(`${path}/1`)).data, {});
  t.equal((await api.send('PUT', path, { data: { action: 'mute' } })).status, 200);
  t.match(await api.send('PUT', `${path}/1`, { data: { action: 'mute' } }), {
    status: 404,
    data: { id: '1' },
  });
});

void t.test(
  'mute and unmute of all: not moderators, not who is so already, not who comes later',
  async (t) => {
    const { api, id, boss, ada, bob, act } = await meeting(t);
    await act('mute', `/accounts/{A}/conferences/${id}/participants/2`);
    const changes: number[] = [];
    boss.conference.on('member-changed', ({ member }) => changes.push(member.id));
    const reply = await act('mute');
    t.match(reply, { status: 200, data: { id, name: 'Team', _read_only: { members: 2, moderators: 1 } } });
    t.strictSame([boss.muted, ada.muted, bob.muted], [false, true, true]);
    t.strictSame(changes, [3], 'who is muted already notices nothing');
    t.equal((await api.join(id)).muted, false);
    await act('unmute');
    t.strictSame([boss.muted, ada.muted, bob.muted], [false, false, false]);
  },
);

void t.test('unmute leaves a muted moderator muted', async (t) => {
  const { boss, path, act } = await meeting(t);
  t.match(await act('mute', `${path}/1`), { status: 202, data: 'ok' });
  t.ok(boss.muted, 'one moderator can be muted');
  await act('unmute');
  t.ok(boss.muted);
  await act('unmute', `${path}/1`);
  t.notOk(boss.muted);
});

void t.test('deaf and undeaf of all', async (t) => {
  const { api, boss, ada, bob, path, act } = await meeting(t);
  await act('deaf');
  t.strictSame([boss.deaf, ada.deaf, bob.deaf], [false, true, true]);
  t.match((await api.get(`${path}/2`)).data, { conference_channel_vars: { hear: false, speak: true } });
  await act('undeaf');
  t.strictSame([boss.deaf, ada.deaf, bob.deaf], [false, false, false]);
});

void t.test('kick of all means all', async (t) => {
  const { api, boss, ada, bob, path, act } = await meeting(t);
  t.match(await act('kick'), { status: 200, data: { _read_only: { members: 0, participants: [] } } });
  t.ok(boss.conference.ended);
  await new Promise((resolve) => setImmediate(resolve));
  t.strictSame([boss.goodbye, ada.goodbye, bob.goodbye], ['kicked', 'kicked', 'kicked']);
  t.strictSame((await api.get(path)).data, []);
});

void t.test('one: each action, in data or beside it', async (t) => {
  const { api, ada, bob, boss, path } = await meeting(t);
  const one = `${path}/2`;
  for (const [action, muted, deaf] of [
    ['mute', true, false],
    ['deaf', true, true],
    ['unmute', false, true],
    ['undeaf', false, false],
  ] as const) {
    const body = muted ? { data: { action } } : { action, data: {} };
    t.match(await api.send('PUT', one, body), { status: 202, data: 'ok', body: { status: 'success' } });
    t.strictSame([ada.muted, ada.deaf], [muted, deaf], action);
    t.strictSame([bob.muted, bob.deaf, boss.muted, boss.deaf], [false, false, false, false]);
  }
  t.match(await api.send('PUT', one, { data: { action: 'kick' } }), { status: 202, data: 'ok' });
  await new Promise((resolve) => setImmediate(resolve));
  t.strictSame([ada.goodbye, bob.goodbye], ['kicked', undefined]);
  t.match(await api.send('PUT', one, { data: { action: 'kick' } }), {
    status: 404,
    body: { message: 'bad_identifier', data: { message: 'bad identifier', id: '2' } },
  });
  t.equal((await api.send('PUT', `${path}/x`, { data: { action: 'kick' } })).status, 404);
});

void t.test('actions that do not exist, or not yet', async (t) => {
  const { path, act } = await meeting(t);
  for (const action of ['play', 'dial', 'explode', '']) {
    t.match(await act(action), { status: 404, body: { message: 'faulty_request' } });
  }
  for (const action of ['relate', 'lock']) {
    t.match(await act(action, `${path}/2`), { status: 404, body: { message: 'faulty_request' } });
  }
});

void t.test('relate', async (t) => {
  const { api, ada, bob, path } = await meeting(t);
  const relate = (data: unknown) => api.send('PUT', path, { data: { action: 'relate', data } });
  const relating = { status: 202, body: { status: 'success', data: 'relating participants' } };
  t.match(await relate({ participant_id: 2, other_participant: 3, relationship: 'deaf' }), relating);
  t.strictSame([...ada.member.relations], [[3, 'deaf']]);
  t.match(await relate({ participant_id: '2', other_participant: '3', relationship: 'mute' }), relating);
  t.strictSame([...ada.member.relations], [[3, 'mute']], 'ids may be text');
  t.match(await relate({ participant_id: 2, other_participant: 3 }), relating);
  t.strictSame([...ada.member.relations], [], 'clear when nothing is said');
  const flat = { action: 'relate', participant_id: 3, other_participant: 2, relationship: 'deaf' };
  t.match(await api.send('PUT', path, { data: flat }), relating);
  t.strictSame([...bob.member.relations], [[2, 'deaf']], 'arguments may stand beside the action');
});

void t.test('relate with what is wrong', async (t) => {
  const { api, path } = await meeting(t);
  const relate = (data: unknown) => api.send('PUT', path, { data: { action: 'relate', data } });
  const cases: [unknown, number, Record<string, unknown>][] = [
    [{}, 400, { participant_id: { required: {} }, other_participant: { required: {} } }],
    [{ participant_id: 1, other_participant: 2, relationship: 'love' }, 400, { relationship: { enum: {} } }],
    [{ participant_id: 'x', other_participant: 2 }, 400, { participant_id: { pattern: {} } }],
    [{ participant_id: 1.5, other_participant: 2 }, 400, { participant_id: { type: {} } }],
    [{ participant_id: 2, other_participant: 9 }, 404, { id: 9 }],
    [{ participant_id: 9, other_participant: 2 }, 404, { id: 9 }],
    [{ participant_id: 2, other_participant: 2 }, 404, { id: 2 }],
  ];
  for (const [data, status, wanted] of cases) {
    t.match(await relate(data), { status, data: wanted }, JSON.stringify(data));
  }
});
