import t from 'tap';
import { Api } from './api.js';

void t.test('a call is made a member, looked at and listed', async (t) => {
  const api = await Api.start(t);
  const path = await api.conference();
  const call = api.call();
  const reply = await api.post(`${path}/members`, {
    callId: call.id,
    mute: 'true',
    hold: true,
    joinTone: 'false',
    leavingTone: false,
  });
  t.match(reply, { status: 201, text: '' });
  t.match(
    reply.headers.location,
    /^\/v1\/users\/u-ada\/conferences\/[0-9a-f]{32}\/members\/member-[0-9a-f]{24}$/,
  );
  const id = String(reply.headers.location).split('/').at(-1);
  const member = {
    id,
    state: 'active',
    mute: true,
    hold: true,
    joinTone: false,
    leavingTone: false,
    addedTime: '2026-01-02T03:04:05.000Z',
    call: `http://192.0.2.1:8000/v1/users/u-ada/calls/${call.id}`,
    conference: `http://192.0.2.1:8000/v1/users/u-ada${path}`,
  };
  t.same((await api.get(`${path}/members/${id}`)).body, member);
  t.same((await api.get(`${path}/members`)).body, [member]);
  t.match(call.member, { muted: true, held: true, joinTone: false, leavingTone: false });
});

void t.test('whoever dials in is a member too', async (t) => {
  const api = await Api.start(t);
  const path = await api.conference();
  api.call('dialled').enter(path.split('/').at(-1)!);
  const { body } = await api.get(`${path}/members`);
  t.match(body, [{ state: 'active', mute: false, hold: false, joinTone: true, leavingTone: true }]);
});

void t.test('changed: what is absent stays', async (t) => {
  const api = await Api.start(t);
  const path = await api.conference();
  const call = api.call();
  const member = await api.member(path, {}, call);
  t.match(await api.post(member, { mute: 'true' }), { status: 200, text: '' });
  t.match((await api.get(member)).body, { mute: true, hold: false });
  await api.post(member, { hold: true, joinTone: false });
  t.match((await api.get(member)).body, { mute: true, hold: true, joinTone: false, leavingTone: true });
  await api.post(member, { mute: false, hold: 'false', leavingTone: 'false' });
  t.match((await api.get(member)).body, { mute: false, hold: false, leavingTone: false });
  t.match(call.member, { muted: false, held: false, leavingTone: false });
  t.match(await api.post(member, { hold: 1 }), { status: 400, body: { details: [{ value: 'hold' }] } });
  t.match(await api.post(member, { state: 'active' }), { status: 400 });
});

void t.test("the conference's flags and the member's are kept apart", async (t) => {
  const api = await Api.start(t);
  const path = await api.conference();
  const [one, other] = [await api.member(path), await api.member(path)];
  await api.post(one, { mute: true });
  await api.post(path, { mute: true, hold: true });
  t.match((await api.get(other)).body, { mute: false, hold: false });
  await api.post(path, { mute: false, hold: false });
  t.match((await api.get(one)).body, { mute: true, hold: false });
});

void t.test('removed: told goodbye, and listed as one who was in', async (t) => {
  const api = await Api.start(t);
  const path = await api.conference();
  const call = api.call();
  const member = await api.member(path, {}, call);
  await api.member(path);
  api.clock.advance(1000);
  t.match(await api.post(member, { state: 'completed' }), { status: 200 });
  await new Promise(setImmediate);
  t.equal(call.goodbye, 'kicked');
  const gone = { state: 'completed', removedTime: '2026-01-02T03:04:06.000Z' };
  t.match((await api.get(member)).body, gone);
  t.match((await api.get(`${path}/members`)).body, [gone, { state: 'active' }]);
  t.match(await api.post(member, { mute: true }), { status: 403, body: { code: 'conference-error' } });
  t.match((await api.get(path)).body, { state: 'active', activeMembers: 1 });
});

void t.test('calls that cannot be members', async (t) => {
  const api = await Api.start(t);
  const path = await api.conference();
  const members = `${path}/members`;
  const forbidden = (code: string) => ({ status: 403, body: { category: 'forbidden', code } });
  t.match(await api.post(members, { callId: 'none' }), forbidden('call-id-not-found'));
  t.match(await api.post(members, {}), { status: 400, body: { code: 'validation-error' } });
  const call = api.call();
  await api.member(path, {}, call);
  t.match(await api.post(members, { callId: call.id }), forbidden('invalid-call-state'));
  const leaving = api.call();
  leaving.goodbye = 'full';
  t.match(await api.post(members, { callId: leaving.id }), forbidden('invalid-call-state'));
  await api.store.conferences.patch(path.split('/').at(-1)!, { max_participants: 1 });
  await api.directory.refresh(true);
  api.running.follow();
  t.match(await api.post(members, { callId: api.call().id }), {
    status: 403,
    body: { category: 'limit', code: 'conference-max-members' },
  });
});

void t.test('members that do not exist', async (t) => {
  const api = await Api.start(t);
  const path = await api.conference();
  const missing = { status: 404, body: { category: 'not-found', code: 'conference-member-not-found' } };
  t.match(await api.get(`${path}/members/member-1`), missing);
  t.match(await api.post(`${path}/members/member-1`, { mute: true }), missing);
  t.match(await api.get('/conferences/none/members'), {
    status: 404,
    body: { code: 'conference-not-found' },
  });
});
