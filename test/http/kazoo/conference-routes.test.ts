// The documents: written, read, changed and deleted through the API, with what is going on beside them.
import t from 'tap';
import { Api } from './api.js';

const list = '/accounts/{A}/conferences';

void t.test('create fills in the defaults and says where', async (t) => {
  const api = await Api.start(t);
  const created = await api.send('PUT', list, { data: { name: 'Team', conference_numbers: ['3001'] } });
  const id = String(created.headers.location);
  t.match(id, /^[0-9a-f]{32}$/);
  t.match(created, {
    status: 201,
    headers: { etag: `"1-${id}"` },
    body: { status: 'success', revision: `1-${id}` },
  });
  t.strictSame(created.data, {
    id,
    name: 'Team',
    conference_numbers: ['3001'],
    member: { join_deaf: false, join_muted: true, numbers: [], pins: [] },
    moderator: { join_deaf: false, join_muted: false, numbers: [], pins: [] },
    play_name: false,
  });
  t.match(await api.store.conferences.findByNumber('3001'), { conference: { id } });
  t.equal((await api.send('PUT', list)).status, 201, 'nothing at all is an empty conference');
});

void t.test('what is not the client to write is left out', async (t) => {
  const api = await Api.start(t);
  const data = {
    id: 'x',
    _read_only: { members: 9 },
    _id: 'y',
    pvt_x: 1,
    focus: 'me',
    ui_metadata: { ui: 'z' },
  };
  const created = await api.send('PUT', list, { data });
  t.notMatch(created.data, { id: 'x' });
  t.match(created.data, { ui_metadata: { ui: 'z' } });
  for (const key of ['_read_only', '_id', 'pvt_x', 'focus']) t.notOk(key in (created.data as object), key);
});

void t.test('read: the document, who is in, the revision', async (t) => {
  const api = await Api.start(t);
  const id = await api.conference({ name: 'Team', focus: 'written elsewhere' });
  const idle = await api.get(`${list}/${id}`);
  t.match(idle, {
    status: 200,
    headers: { etag: `"1-${id}"` },
    data: {
      id,
      name: 'Team',
      _read_only: { members: 0, moderators: 0, duration: 0, is_locked: false, participants: [] },
    },
  });
  t.notOk('focus' in (idle.data as object), 'nobody hosts what does not run');

  await api.join(id, 'moderator');
  await api.join(id);
  await api.join(id);
  api.control.lock(id, true);
  api.clock.advance(12_345);
  const live = await api.get(`${list}/${id}`);
  t.match(live.data, {
    focus: 'partyline@box',
    _read_only: { members: 2, moderators: 1, duration: 12, is_locked: true },
  });
  const { participants } = (live.data as { _read_only: { participants: unknown[] } })._read_only;
  t.equal(participants.length, 3);
  t.match(participants[0], { participant_id: 1, conference_channel_vars: { is_moderator: true } });
});

void t.test('a conference that does not exist', async (t) => {
  const api = await Api.start(t);
  const path = `${list}/${'c'.repeat(32)}`;
  const unknown = {
    status: 404,
    body: { error: '404', message: 'bad_identifier', data: { message: 'bad identifier' } },
  };
  t.match(await api.get(path), { ...unknown, data: { cause: 'c'.repeat(32) } });
  t.match(await api.send('POST', path, { data: {} }), unknown);
  t.match(await api.send('PATCH', path, { data: {} }), unknown);
  t.match(await api.send('DELETE', path), unknown);
  t.match(await api.send('PUT', path, { data: { action: 'lock' } }), unknown);
  t.match(await api.get(`${path}/participants`), unknown);
  t.match(await api.get(`${path}/participants/1`), unknown);
  t.match(await api.send('PUT', `${path}/participants`, { data: { action: 'kick' } }), unknown);
  t.match(await api.send('PUT', `${path}/participants/1`, { data: { action: 'kick' } }), unknown);
  t.match(await api.get(`${list}/x%27%20OR%201=1`), unknown);
});

void t.test('POST puts a whole document in the place of the old one', async (t) => {
  const api = await Api.start(t);
  const id = await api.conference({ name: 'Old', max_participants: 5, conference_numbers: ['3001'] });
  const replaced = await api.send('POST', `${list}/${id}`, { data: { name: 'New', focus: 'me' } });
  t.match(replaced, { status: 200, headers: { etag: `"2-${id}"` }, data: { id, name: 'New' } });
  t.notOk('max_participants' in (replaced.data as object));
  t.notOk('focus' in (replaced.data as object));
  t.equal(await api.store.conferences.findByNumber('3001'), undefined, 'the number is free');
  const forgotten = await api.send('POST', `${list}/${id}`);
  t.match(forgotten, { status: 400, data: { data: { required: {} } } });
  t.equal((await api.store.conferences.get(id))?.document.name, 'New', 'and nothing is lost');
  const round = (await api.get(`${list}/${id}`)).data;
  t.match(await api.send('POST', `${list}/${id}`, { data: round }), {
    status: 200,
    data: { id, name: 'New' },
  });
});

void t.test('PATCH merges deep, null removes, the whole is validated', async (t) => {
  const api = await Api.start(t);
  const id = await api.conference({
    name: 'Team',
    max_participants: 5,
    member: { pins: ['1'], join_muted: false },
    profile: { rate: 8000, interval: 20 },
  });
  const data = {
    max_participants: null,
    focus: 'me',
    member: { pins: ['2', '3'] },
    profile: { rate: null },
    moderator: { join_muted: true },
  };
  const patched = await api.send('PATCH', `${list}/${id}`, { data });
  t.strictSame(patched.data, {
    id,
    name: 'Team',
    conference_numbers: [],
    member: { join_deaf: false, join_muted: false, numbers: [], pins: ['2', '3'] },
    moderator: { join_deaf: false, join_muted: true, numbers: [], pins: [] },
    play_name: false,
    profile: { interval: 20 },
  });
  t.match(await api.send('PATCH', `${list}/${id}`), { status: 200, body: { revision: `3-${id}` } });
  t.match(await api.send('PATCH', `${list}/${id}`, { data: { member: { pins: ['12a'] } } }), {
    status: 400,
    data: { 'member.pins.0': { pattern: { value: '12a' } } },
  });
  t.match(await api.send('PATCH', `${list}/${id}`, { data: { member: null } }), {
    status: 200,
    data: { member: { join_muted: true, pins: [] } },
  });
});

void t.test('DELETE', async (t) => {
  const api = await Api.start(t);
  const id = await api.conference({ name: 'Team', conference_numbers: ['3001'] });
  t.match(await api.send('DELETE', `${list}/${id}`), {
    status: 200,
    data: { id, name: 'Team', _read_only: { deleted: true } },
  });
  t.equal((await api.send('DELETE', `${list}/${id}`)).status, 404);
  t.equal((await api.send('PUT', list, { data: { conference_numbers: ['3001'] } })).status, 201);
});

void t.test('validation names every field, from 0, with rule, target and value', async (t) => {
  const api = await Api.start(t);
  const data = {
    name: '',
    max_participants: -1,
    member: { pins: ['1', '12a'], join_muted: 'yes' },
    profile: { rate: 1 },
    conference_numbers: ['1', '1'],
  };
  const refused = await api.send('PUT', list, { data });
  t.match(refused, { status: 400, body: { status: 'error', error: '400', message: 'validation error' } });
  t.match(refused.data, {
    name: { minLength: { message: 'String must be at least 1 characters', target: 1, value: '' } },
    max_participants: { minimum: { message: 'Value must be at least 0' } },
    'member.pins.1': {
      pattern: { message: "Failed to match pattern '^[0-9]+$'", target: '^[0-9]+$', value: '12a' },
    },
    'member.join_muted': { type: { message: 'Value did not match type(s): boolean' } },
    'profile.rate': { enum: { message: 'Value not found in enumerated list of values' } },
    conference_numbers: { uniqueItems: { message: 'List of items is not unique' } },
  });
  for (const [method, path] of [
    ['PUT', list],
    ['POST', `${list}/${await api.conference()}`],
    ['PATCH', `${list}/${await api.conference()}`],
  ] as const) {
    for (const wrong of [[], 'text', 5, null]) {
      const reply = await api.send(method, path, { data: wrong });
      const empty = wrong === null && method !== 'POST';
      t.equal(
        reply.status,
        empty ? (method === 'PUT' ? 201 : 200) : 400,
        `${method} ${JSON.stringify(wrong)}`,
      );
    }
  }
});

void t.test('numbers lead to one place', async (t) => {
  const api = await Api.start(t);
  await api.conference({ conference_numbers: ['3001', '3002'] });
  const clash = { numbers: { unique: { message: 'Numbers already in use', cause: '3001, 3002' } } };
  const data = { member: { numbers: ['3002'] }, conference_numbers: ['3001', '3003'] };
  t.match(await api.send('PUT', list, { data }), { status: 400, body: { message: 'validation error' } });
  const refused = await api.send('PUT', list, { data });
  t.strictSame(
    (refused.data as { numbers: { unique: { cause: string } } }).numbers.unique.cause.split(', ').sort(),
    ['3001', '3002'],
  );
  const id = await api.conference({});
  t.match(await api.send('PATCH', `${list}/${id}`, { data: { conference_numbers: ['3001', '3002'] } }), {
    status: 400,
    data: clash,
  });
  t.match(
    await api.send('PUT', list, { data: { conference_numbers: ['4000'], member: { numbers: ['4000'] } } }),
    { status: 400, data: { 'conference_numbers.0': { unique: { cause: '4000' } } } },
  );
});

void t.test('If-Match: nobody overwrites what another has changed', async (t) => {
  const api = await Api.start(t);
  const id = await api.conference({ name: 'Team' });
  const path = `${list}/${id}`;
  const first = String((await api.get(path)).headers.etag);
  const send = (method: string, ifMatch: string, data: unknown = { name: 'x' }) =>
    api.send(method, path, { data }, { 'if-match': ifMatch });
  const second = String((await send('PATCH', first)).headers.etag);
  t.equal(second, `"2-${id}"`);
  const conflict = {
    status: 409,
    body: { error: '409', message: 'datastore_conflict', data: { message: 'conflicting documents' } },
  };
  for (const method of ['PATCH', 'POST', 'DELETE']) t.match(await send(method, first), conflict);
  t.match(await send('PATCH', `"2-${'d'.repeat(32)}"`), conflict);
  t.equal((await send('POST', '*')).status, 200);
  t.equal((await send('POST', `"3-${id}"`)).status, 200);
  t.equal((await api.send('POST', path, { data: {} })).status, 200, 'without, as in Kazoo');
  t.equal((await send('DELETE', `"5-${id}"`)).status, 200);
});

void t.test('edits act on what is going on', async (t) => {
  const api = await Api.start(t);
  const id = await api.conference({ name: 'Team' });
  const { conference } = await api.join(id);
  await api.send('PATCH', `${list}/${id}`, { data: { max_participants: 1 } });
  t.equal(conference.document.max_participants, 1);
  t.equal(api.running.admit(id, 'member'), 'full');
  await api.send('POST', `${list}/${id}`, { data: { name: 'Other' } });
  t.equal(conference.document.name, 'Other');
  t.equal(api.running.admit(id, 'member'), 'ok');

  t.equal((await api.send('DELETE', `${list}/${id}`)).status, 200);
  t.equal((await api.get(`${list}/${id}`)).status, 404);
  t.match(await api.get(`${list}/${id}/participants`), { status: 200, data: [{ participant_id: 1 }] });
  t.equal((await api.send('PUT', `${list}/${id}/participants`, { data: { action: 'kick' } })).status, 200);
  t.ok(conference.ended, 'who is in a deleted conference can still be sent away');
  t.equal((await api.get(`${list}/${id}/participants`)).status, 404);
});

void t.test('lock and unlock', async (t) => {
  const api = await Api.start(t);
  const id = await api.conference();
  const path = `${list}/${id}`;
  const { conference } = await api.join(id);
  const accepted = { status: 202, body: { status: 'success', data: 'ok' } };
  t.match(await api.send('PUT', path, { data: { action: 'lock' } }), accepted);
  t.ok(conference.locked);
  t.match(await api.send('PUT', path, { data: { action: 'lock' } }), accepted, 'again');
  t.match(await api.send('PUT', path, { action: 'unlock', data: {} }), accepted, 'beside the data');
  t.notOk(conference.locked);
  const idle = `${list}/${await api.conference()}`;
  t.match(await api.send('PUT', idle, { data: { action: 'lock' } }), accepted, 'nobody in it');
  t.match((await api.get(idle)).data, { _read_only: { is_locked: false } });
});

void t.test('actions that do not exist, or not yet', async (t) => {
  const api = await Api.start(t);
  const path = `${list}/${await api.conference()}`;
  const faulty = { status: 404, body: { message: 'faulty_request', data: { message: 'faulty request' } } };
  for (const action of ['explode', '', 5, null, ['lock'], undefined]) {
    t.match(await api.send('PUT', path, { data: { action } }), faulty, JSON.stringify(action));
  }
  t.match(await api.send('PUT', path), faulty);
  t.match(await api.send('PUT', path, { data: 'lock' }), faulty);
});

void t.test('the list: pages', async (t) => {
  const api = await Api.start(t);
  const names = ['Anna', 'bert', 'Carl', 'dora', 'Emil'];
  for (const name of ['Carl', 'Emil', 'Anna', 'dora', 'bert']) await api.conference({ name });
  const namesOf = (data: unknown) => (data as { name: string }[]).map(({ name }) => name);

  const all = await api.get(list);
  t.match(all.body, { page_size: 5, status: 'success' });
  t.notOk('next_start_key' in all.body);
  t.notOk('start_key' in all.body);
  t.strictSame(namesOf(all.data), names);

  const seen: string[] = [];
  let key: unknown;
  let pages = 0;
  do {
    const from = key === undefined ? '' : `&start_key=${encodeURIComponent(String(key))}`;
    const page = await api.get(`${list}?page_size=2${from}`);
    if (key !== undefined) t.equal(page.body.start_key, key);
    t.equal(page.body.page_size, (page.data as unknown[]).length);
    seen.push(...namesOf(page.data));
    key = page.body.next_start_key;
    pages += 1;
  } while (key !== undefined);
  t.strictSame(seen, names);
  t.equal(pages, 3);

  const reversed = [...names].reverse();
  t.strictSame(namesOf((await api.get(`${list}?ascending=false`)).data), reversed);
  t.strictSame(namesOf((await api.get(`${list}?descending=true`)).data), reversed);
  t.strictSame(namesOf((await api.get(`${list}?ascending=true`)).data), names);
  const unpaged = await api.get(`${list}?paginate=false&page_size=2`);
  t.strictSame(namesOf(unpaged.data), names);
  t.notOk('next_start_key' in unpaged.body);
  t.equal((await api.get(`${list}?page_size=100000&quickcall=1`)).status, 200, 'more than a page is a page');
});

void t.test('the list without pages reads on and on', async (t) => {
  const api = await Api.start(t);
  await api.store.transaction(async () => {
    for (let n = 0; n < 1005; n++) await api.conference({ name: `c${n}` });
  });
  const all = await api.get(`${list}?paginate=false`);
  t.equal((all.data as unknown[]).length, 1005);
  t.equal((await api.get(list)).body.page_size, 50);
  t.equal((await api.get(`${list}?page_size=2000`)).body.page_size, 1000);
});

void t.test('the list: what it cannot understand', async (t) => {
  const api = await Api.start(t);
  const cases: [string, Record<string, unknown>][] = [
    ['page_size=0', { page_size: { minimum: { target: 1 } } }],
    ['page_size=many', { page_size: { type: { target: 'integer' } } }],
    ['page_size=2&page_size=3', { page_size: { type: {} } }],
    ['start_key=nonsense', { start_key: { invalid: { value: 'nonsense' } } }],
    ['paginate=perhaps', { paginate: { type: { target: 'boolean' } } }],
  ];
  for (const [query, data] of cases) {
    t.match(await api.get(`${list}?${query}`), { status: 400, data }, query);
  }
});

void t.test('the list: what is going on', async (t) => {
  const api = await Api.start(t);
  const idle = await api.conference({ name: 'Idle', owner_id: 'o'.repeat(32), flags: ['x'] });
  const busy = await api.conference({ name: 'Busy', conference_numbers: ['3001'], focus: 'me' });
  await api.join(busy, 'moderator');
  const { conference } = await api.join(busy);
  api.clock.advance(7000);
  const { data } = await api.get(list);
  t.strictSame(data, [
    {
      id: busy,
      name: 'Busy',
      member: { join_muted: false, join_deaf: false, numbers: [], pins: [] },
      moderator: { join_deaf: false, join_muted: false, numbers: [], pins: [] },
      conference_numbers: ['3001'],
      _read_only: {
        members: 1,
        moderators: 1,
        duration: 7,
        is_locked: false,
        uuid: conference.instanceId,
        run_time: 7,
        start_time: 63_934_542_245,
        switch_hostname: 'box',
        switch_url: 'sip:conference@192.0.2.1:5060',
        switch_external_ip: '192.0.2.1',
        participant_count: 2,
      },
    },
    {
      id: idle,
      name: 'Idle',
      owner_id: 'o'.repeat(32),
      member: { join_muted: false, join_deaf: false, numbers: [], pins: [] },
      moderator: { join_deaf: false, join_muted: false, numbers: [], pins: [] },
      conference_numbers: [],
      flags: ['x'],
      _read_only: { members: 0, moderators: 0, duration: 0, is_locked: false },
    },
  ]);
});

void t.test('every change says whose it was', async (t) => {
  const api = await Api.start(t);
  const id = String((await api.send('PUT', list, { data: { name: 'Board' } })).headers.location);
  await api.send('PATCH', `${list}/${id}`, { data: { name: 'Sales' } });
  await api.send('POST', `${list}/${id}`, { data: { name: 'Shop' } });
  await api.send('DELETE', `${list}/${id}`);
  const { changes } = await api.store.changes.list();
  t.same(
    changes.map(({ what, author }) => `${what} ${author}`),
    ['removed', 'changed', 'changed', 'created'].map((what) => `conference-${what} kazoo key-1`),
  );
});
