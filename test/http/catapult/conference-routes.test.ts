import t from 'tap';
import { documentOf } from '../../store/scratch.js';
import { startMs } from '../phoneless-box.js';
import { Api, basic, belowUser, secret, userId } from './api.js';

void t.test('made, looked at, and dialled by its number', async (t) => {
  const api = await Api.start(t);
  const reply = await api.post('/conferences', {
    from: '+1 (555) 000-1',
    callbackUrl: 'http://user:pass@example.com/events',
    callbackHttpMethod: 'get',
    callbackTimeout: '500',
    fallbackUrl: 'https://example.org/',
    profile: 'passthru_digits',
    tag: 'mine',
  });
  t.match(reply, { status: 201, text: '' });
  t.match(reply.headers.location, /^\/v1\/users\/u-ada\/conferences\/[0-9a-f]{32}$/);
  const path = belowUser(reply);
  const id = path.split('/').at(-1)!;
  t.same((await api.get(path)).body, {
    id,
    state: 'created',
    from: '+15550001',
    createdTime: '2026-01-02T03:04:05.000Z',
    activeMembers: 0,
    hold: false,
    mute: false,
    profile: 'passthru_digits',
    callbackUrl: 'http://user:pass@example.com/events',
    callbackHttpMethod: 'GET',
    callbackTimeout: 500,
    fallbackUrl: 'https://example.org/',
    tag: 'mine',
  });
  const found = await api.store.conferences.findByNumber('15550001');
  t.match(found, { conference: { id }, document: { caller_controls: 'none' } });
});

void t.test('the defaults', async (t) => {
  const api = await Api.start(t);
  const path = await api.conference({ callbackUrl: 'http://example.com/' });
  t.match((await api.get(path)).body, {
    profile: 'interpret_digits',
    callbackHttpMethod: 'POST',
    callbackTimeout: 10_000,
  });
});

void t.test('created, active with the first member, completed with the last', async (t) => {
  const api = await Api.start(t);
  const path = await api.conference();
  const id = path.split('/').at(-1)!;
  const [first, second] = [api.call(), api.call()];
  await api.member(path, {}, first);
  await api.member(path, {}, second);
  t.match((await api.get(path)).body, { state: 'active', activeMembers: 2 });
  first.hangUp();
  t.match((await api.get(path)).body, { state: 'active', activeMembers: 1 });
  api.clock.advance(5000);
  second.hangUp();
  const completed = { state: 'completed', activeMembers: 0, completedTime: '2026-01-02T03:04:10.000Z' };
  t.match((await api.get(path)).body, completed);
  await api.meetings.stop();
  t.match((await api.get(path)).body, completed, 'from the store, too');
  t.equal(await api.store.conferences.get(id), undefined, 'the number is free');
  t.match(await api.post('/conferences', { from: '+15550001' }), { status: 201 });
  t.match(await api.post(path, { mute: true }), { status: 403, body: { code: 'conference-error' } });
  t.match(await api.post(`${path}/members`, { callId: api.call().id }), {
    status: 403,
    body: { code: 'conference-error' },
  });
});

void t.test('terminated: with members and without', async (t) => {
  const api = await Api.start(t);
  const path = await api.conference();
  const call = api.call();
  await api.member(path, {}, call);
  t.match(await api.post(path, { state: 'completed' }), { status: 200, text: '' });
  await new Promise(setImmediate);
  t.equal(call.goodbye, 'conference-ended');
  t.match((await api.get(path)).body, { state: 'completed' });
  const empty = await api.conference({ from: '15550002' });
  await api.post(empty, { state: 'completed' });
  t.match((await api.get(empty)).body, { state: 'completed' });
  t.match(await api.post(empty, { state: 'completed' }), { status: 403 });
  t.match(await api.post(empty, { state: 'active' }), { status: 400 }, 'no other state can be set');
});

void t.test('hold and mute of all: before the first member and after, as text and as boolean', async (t) => {
  const api = await Api.start(t);
  const path = await api.conference();
  const id = path.split('/').at(-1)!;
  await api.post(path, { mute: 'true', hold: true });
  t.match((await api.get(path)).body, { mute: true, hold: true });
  await api.member(path);
  const { conference } = api.running.get(id)!;
  t.match(conference, { muted: true, held: true });
  await api.post(path, { mute: false });
  t.match(conference, { muted: false, held: true }, 'what is absent stays');
  await api.post(path, { hold: 'false' });
  t.match((await api.get(path)).body, { mute: false, hold: false });
  conference.setConferenceMuted(true);
  t.match((await api.get(path)).body, { mute: true }, 'whoever did it');
});

void t.test('callbacks are changed and taken away', async (t) => {
  const api = await Api.start(t);
  const path = await api.conference({ callbackUrl: 'http://example.com/a', tag: 'one' });
  await api.post(path, { callbackUrl: 'http://example.com/b', tag: 'two', callbackHttpMethod: 'GET' });
  t.match((await api.get(path)).body, {
    callbackUrl: 'http://example.com/b',
    callbackHttpMethod: 'GET',
    tag: 'two',
  });
  await api.post(path, { callbackUrl: '' });
  t.match((await api.get(path)).body, { callbackUrl: '' });
});

void t.test('bad parameters are named', async (t) => {
  const api = await Api.start(t);
  const cases: [Record<string, unknown>, string, string][] = [
    [{}, 'from', 'validation-error'],
    [{ from: 17 }, 'from', 'validation-error'],
    [{ from: 'Ada' }, 'from', 'validation-error'],
    [{ from: '1'.repeat(40) }, 'from', 'validation-error'],
    [{ from: '1', profile: 'other' }, 'profile', 'validation-error'],
    [{ from: '1', callbackHttpMethod: 'PUT' }, 'callbackHttpMethod', 'validation-error'],
    [{ from: '1', callbackTimeout: 10_001 }, 'callbackTimeout', 'validation-error'],
    [{ from: '1', callbackTimeout: 'soon' }, 'callbackTimeout', 'validation-error'],
    [{ from: '1', tag: 'x'.repeat(1025) }, 'tag', 'validation-error'],
    [{ from: '1', callbackUrl: 'nonsense' }, 'callbackUrl', 'callback-invalid-url'],
    [{ from: '1', callbackUrl: 'ftp://example.com' }, 'callbackUrl', 'callback-invalid-url'],
    [{ from: '1', callbackUrl: 'http://192.0.2.1:8000/' }, 'callbackUrl', 'callback-invalid-url'],
    [{ from: '1', fallbackUrl: 'http://10.1.2.3/' }, 'fallbackUrl', 'callback-invalid-url'],
  ];
  for (const [body, value, code] of cases) {
    const details = [{ name: 'parameter', value }];
    t.match(
      await api.post('/conferences', body),
      { status: 400, body: { category: 'bad-request', code, message: String, details } },
      JSON.stringify(body).slice(0, 80),
    );
  }
  t.match(await api.post('/conferences', '{'), { status: 400, body: { code: 'bad-request' } });
  t.match(await api.post('/conferences', '[1]'), { status: 400, body: { code: 'bad-request' } });
  t.match(await api.post('/conferences'), { status: 400, body: { code: 'validation-error' } });
  const path = await api.conference();
  t.match(await api.post(path, { mute: 'perhaps' }), { status: 400, body: { details: [{ value: 'mute' }] } });
});

void t.test('a number leads to one conference only, whoever made it', async (t) => {
  const api = await Api.start(t);
  await api.store.conferences.create(documentOf({ conference_numbers: ['4001'] }));
  t.match(await api.post('/conferences', { from: '4001' }), {
    status: 409,
    body: { category: 'conflict', code: 'duplicate-conference' },
  });
});

void t.test('a conference of the admin is seen, and goes on after each end', async (t) => {
  const api = await Api.start(t);
  const { id } = await api.store.conferences.create(documentOf({ conference_numbers: ['4001'] }));
  const path = `/conferences/${id}`;
  t.match((await api.get(path)).body, { id, state: 'created', from: '4001', activeMembers: 0 });
  await api.directory.refresh(true);
  const call = api.call();
  call.enter(id);
  t.match((await api.get(path)).body, { state: 'active', activeMembers: 1 });
  call.hangUp();
  t.match((await api.get(path)).body, { state: 'created', activeMembers: 0 });
  await api.post(path, { mute: true });
  await api.store.conferences.remove(id);
  t.match(await api.get(path), { status: 404 }, 'until it is removed');
});

void t.test('one that the admin removed is completed', async (t) => {
  const api = await Api.start(t);
  const path = await api.conference();
  await api.editor.remove(path.split('/').at(-1)!);
  t.match((await api.get(path)).body, { state: 'completed' });
});

void t.test('after a restart: created ones wait on, active ones are over', async (t) => {
  const api = await Api.start(t);
  const waiting = await api.conference({ from: '1', tag: 'kept' });
  const active = await api.conference({ from: '2' });
  await api.member(active);
  await api.member(active);
  await api.meetings.stop();
  const { Meetings } = await import('../../../src/calls/index.js');
  const told: unknown[] = [];
  const after = new Meetings({
    table: api.store.meetings,
    stored: api.store.conferences,
    editor: api.editor,
    running: { get: () => undefined, all: () => [], admit: () => 'ok', on: () => api.running },
    calls: { enter: () => undefined },
    clock: api.clock,
    log: (await import('../../../src/log.js')).silentLog,
  });
  after.on('member', ({ members }, { removedAt }) => {
    told.push([removedAt !== undefined, members.filter((one) => one.removedAt === undefined).length]);
  });
  after.on('completed', ({ id }) => told.push(id));
  await after.start();
  t.same(told, [[true, 1], [true, 0], active.split('/').at(-1)], 'those who were in are told of');
  t.match(await after.get(userId, waiting.split('/').at(-1)!), { state: 'created', target: { tag: 'kept' } });
  await after.stop();
});

void t.test('a conference that an admin wrote down: no callbacks', async (t) => {
  const api = await Api.start(t);
  const { id } = await api.editor.create(documentOf({ conference_numbers: ['7'] }));
  t.match(await api.post(`/conferences/${id}`, { callbackUrl: 'http://example.com/' }), {
    status: 403,
    body: { code: 'conference-error' },
  });
  t.match(await api.post(`/conferences/${id}`, { mute: true }), { status: 200 });
});

void t.test('after a crash between the end and the removal the number is free all the same', async (t) => {
  const api = await Api.start(t);
  const path = await api.conference({ from: '1' });
  const id = path.split('/').at(-1)!;
  const meeting = await api.meetings.get(userId, id);
  await api.store.meetings.write({ ...meeting, userId, state: 'completed', completedAt: startMs });
  await api.meetings.start();
  t.equal(await api.store.conferences.get(id), undefined);
  await api.conference({ from: '1' });
});

void t.test('who may: the key of the user in the address', async (t) => {
  const api = await Api.start(t);
  const path = await api.conference();
  const denied = { status: 401, body: { category: 'authorization', code: 'user-access-denied' } };
  for (const authorization of ['', 'Bearer x', basic('t-ada', 'wrong'), basic('t-bob', secret), 'Basic !']) {
    const reply = await api.send('GET', path, undefined, { authorization });
    t.match(reply, denied, authorization);
    t.match(reply.headers['www-authenticate'], /^Basic /);
  }
  const bob = { authorization: basic('t-bob', secret) };
  const theirs = await api.send('GET', `/v1/users/u-bob${path}`, undefined, bob);
  t.match(theirs, { status: 404, body: { code: 'conference-not-found' } }, "another user's does not exist");
});

void t.test('the rate limit: one conference a second per user', async (t) => {
  const api = await Api.start(t, { perSecond: 1 });
  await api.conference({ from: '1' });
  const refused = await api.post('/conferences', { from: '2' });
  t.match(refused, {
    status: 429,
    headers: { 'x-ratelimit-reset': String(startMs + 1000) },
    body: {
      category: 'too-many-requests',
      code: 'rate-limit-reached',
      details: [
        { name: 'requestMethod', value: 'POST' },
        { name: 'remoteAddress', value: '127.0.0.1' },
        { name: 'requestPath', value: 'users/u-ada/conferences' },
      ],
    },
  });
  t.match(
    await api.send(
      'POST',
      '/v1/users/u-bob/conferences',
      { from: '3' },
      { authorization: basic('t-bob', secret) },
    ),
    { status: 201 },
    'others are not held up',
  );
  api.clock.advance(1000);
  t.match(await api.post('/conferences', { from: '2' }), { status: 201 });
});

void t.test('what does not exist, what is not possible, what is too much', async (t) => {
  const api = await Api.start(t, { mostOpen: 1 });
  t.match(await api.get('/conferences/none'), { status: 404, body: { code: 'conference-not-found' } });
  t.match(await api.get('/nothing'), { status: 404, body: { code: 'not-found' } });
  const path = await api.conference();
  const wrong = await api.send('DELETE', path);
  t.match(wrong, { status: 405, headers: { allow: 'GET, POST' }, body: { code: 'method-not-allowed' } });
  t.match(await api.post('/conferences', { from: '7' }), {
    status: 403,
    body: { category: 'limit', code: 'too-many-conferences' },
  });
});
