import t from 'tap';
import { Api, basic, belowUser, secret } from './api.js';

void t.test('placed for a conference, and looked at until it is over', async (t) => {
  const api = await Api.start(t);
  const path = await api.conference();
  const conferenceId = path.split('/').at(-1)!;
  const to = 'sip:ada@192.0.2.7';
  const reply = await api.post('/calls', { from: '+15550001', to, conferenceId, callTimeout: '30' });
  t.match(reply, { status: 201, text: '' });
  const [invitation] = api.invitations;
  t.match(invitation, {
    target: to,
    options: { conferenceId, callerNumber: '+15550001', timeoutMs: 30_000, waits: true },
  });
  const call = belowUser(reply);
  t.match((await api.get(call)).body, {
    id: invitation!.id,
    direction: 'out',
    from: '+15550001',
    to,
    state: 'started',
    startTime: '2026-01-02T03:04:05.000Z',
    conferenceId,
    conference: `http://192.0.2.1:8000/v1/users/u-ada${path}`,
  });
  api.store.calls.update(invitation!.id, { answeredAt: api.clock.now() });
  t.match((await api.get(call)).body, { state: 'active', activeTime: String });
  api.store.calls.end(invitation!.id, { endReason: 'hangup', endedAt: api.clock.now() });
  t.match((await api.get(call)).body, { state: 'completed', endTime: String, cause: 'NORMAL_CLEARING' });
  const bob = { authorization: basic('t-bob', secret) };
  t.match(await api.send('GET', `/v1/users/u-bob${call}`, undefined, bob), {
    status: 404,
    body: { code: 'call-not-found' },
  });
});

void t.test('a call that nobody took, and one that came in', async (t) => {
  const api = await Api.start(t);
  const path = await api.conference();
  const wanted = { from: '1', to: '2', conferenceId: path.split('/').at(-1) };
  const placed = belowUser(await api.post('/calls', wanted));
  t.match(api.invitations[0]?.options, { timeoutMs: 60_000 });
  api.store.calls.end('dialled-0', { endReason: 'busy' });
  t.match((await api.get(placed)).body, { state: 'rejected', cause: 'USER_BUSY' });
  t.match((await api.get(`/calls/${api.call().id}`)).body, { direction: 'in', state: 'active', from: '201' });
});

void t.test('a box that goes down with a call: its end is told after the restart, once', async (t) => {
  const api = await Api.start(t);
  const conferenceId = (await api.conference()).split('/').at(-1);
  const wanted = { from: '1', to: '2', conferenceId, callbackUrl: 'http://example.com/', tag: 'kept' };
  await api.post('/calls', wanted);
  await api.post('/calls', wanted);
  api.invitations[0]?.answers();
  api.invitations[1]?.ends('busy');
  await api.meetingCalls.stop();
  api.told.length = 0;
  await api.meetingCalls.start();
  t.match(api.told, [
    { stream: conferenceId, body: { eventType: 'hangup', callId: 'dialled-0', tag: 'kept' } },
  ]);
  t.equal(api.told.length, 1);
  await api.meetingCalls.stop();
  t.same(await api.store.placedCalls.all(), []);
});

void t.test('a conference that ends takes along who rings or waits for it', async (t) => {
  const api = await Api.start(t);
  const path = await api.conference();
  await api.post(path, { state: 'completed' });
  t.same(api.calledOff, [path.split('/').at(-1)]);
});

void t.test('bad calls', async (t) => {
  const api = await Api.start(t);
  const conferenceId = (await api.conference()).split('/').at(-1);
  const whole = { from: '1', to: '2', conferenceId };
  for (const name of ['from', 'to', 'conferenceId']) {
    t.match(await api.post('/calls', { ...whole, [name]: undefined }), {
      status: 400,
      body: { code: 'validation-error', details: [{ name: 'parameter', value: name }] },
    });
  }
  t.match(await api.post('/calls', { ...whole, callTimeout: 301 }), { status: 400 });
  t.match(await api.post('/calls', { ...whole, callbackUrl: 'file:///etc/passwd' }), {
    status: 400,
    body: { code: 'callback-invalid-url' },
  });
  t.match(await api.post('/calls', { ...whole, conferenceId: 'none' }), { status: 404 });
  t.match(await api.get('/calls/none'), { status: 404, body: { code: 'call-not-found' } });
});
