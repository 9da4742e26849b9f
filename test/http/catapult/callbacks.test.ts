import type { IncomingHttpHeaders } from 'node:http';
import t, { type Test } from 'tap';
import { GuardedRequests } from '../../../src/calls/index.js';
import { callbackDelivery } from '../../../src/http/index.js';
import { FetchGuard } from '../../../src/sounds/index.js';
import type { CallbackTarget } from '../../../src/store/index.js';
import { webServer } from '../../sounds/web-server.js';
import { Api } from './api.js';

const base = 'http://192.0.2.1:8000/v1/users/u-ada';
const callbackUrl = 'http://example.com/';

void t.test('a conference and its members, from the first to the last', async (t) => {
  const api = await Api.start(t);
  const path = await api.conference({ callbackUrl, tag: 'mine' });
  const id = path.split('/').at(-1)!;
  const call = api.call();
  const member = await api.member(path, { mute: true }, call);
  const memberId = member.split('/').at(-1);
  await api.post(member, { mute: false });
  await api.post(member, { hold: true });
  await api.post(member, { joinTone: false });
  api.clock.advance(1000);
  call.hangUp();
  const [conference, tag] = [
    { eventType: 'conference', conferenceId: id, conferenceUri: base + path },
    'mine',
  ];
  const one = {
    eventType: 'conference-member',
    conferenceId: id,
    memberId,
    memberUri: base + member,
    callId: call.id,
  };
  const [createdTime, later] = ['2026-01-02T03:04:05.000Z', '2026-01-02T03:04:06.000Z'];
  t.same(
    api.told.map(({ body }) => body),
    [
      { ...conference, status: 'created', createdTime, tag },
      { ...one, activeMembers: 1, state: 'active', hold: false, mute: true, time: createdTime, tag },
      { ...one, activeMembers: 1, state: 'active', hold: false, mute: false, time: createdTime, tag },
      { ...one, activeMembers: 1, state: 'active', hold: true, mute: false, time: createdTime, tag },
      { ...one, activeMembers: 0, state: 'completed', hold: true, mute: false, time: later, tag },
      { ...conference, status: 'completed', createdTime, completedTime: later, tag },
    ],
  );
  t.ok(
    api.told.every(({ stream }) => stream === id),
    'in one line',
  );
});

void t.test('keys are told where they are passed through', async (t) => {
  const api = await Api.start(t);
  const path = await api.conference({ callbackUrl, profile: 'passthru_digits' });
  const other = await api.conference({ callbackUrl, from: '2' });
  const [call, interpreted] = [api.call(), api.call()];
  await api.member(path, {}, call);
  await api.member(other, {}, interpreted);
  api.told.length = 0;
  for (const { id } of [call, interpreted]) api.meetings.keyed(id, '5');
  t.same(
    api.told.map(({ body }) => body),
    [
      {
        eventType: 'dtmf',
        callId: call.id,
        callUri: `${base}/calls/${call.id}`,
        dtmfDigit: '5',
        time: '2026-01-02T03:04:05.000Z',
      },
    ],
  );
});

void t.test('a call that was placed: answer, keys, hangup', async (t) => {
  const api = await Api.start(t);
  const path = await api.conference();
  const conferenceId = path.split('/').at(-1);
  const wanted = { from: '+15550001', to: 'sip:ada@192.0.2.7', conferenceId, callbackUrl, tag: 'call' };
  t.match(await api.post('/calls', wanted), { status: 201 });
  const [invitation] = api.invitations;
  invitation!.answers();
  api.meetingCalls.keyed(invitation!.id, '#');
  invitation!.ends('busy');
  const call = { callId: invitation!.id, callUri: `${base}/calls/${invitation!.id}`, tag: 'call' };
  t.match(
    api.told.filter(({ target }) => target.tag === 'call').map(({ body }) => body),
    [
      { ...call, eventType: 'answer', from: '+15550001', to: 'sip:ada@192.0.2.7', callState: 'active' },
      { ...call, eventType: 'dtmf', dtmfDigit: '#' },
      { ...call, eventType: 'hangup', cause: 'USER_BUSY' },
    ],
  );
});

interface Received {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A receiver that answers with this status, or not at all. */
async function receiver(
  t: Test,
  status: number | undefined,
): Promise<{ port: number; received: Received[] }> {
  const received: Received[] = [];
  const { port } = await webServer(t, (request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += String(chunk)));
    request.on('end', () => {
      const { method, url, headers } = request;
      received.push({ method, url, headers, body });
      if (status !== undefined) response.writeHead(status).end('thank you');
    });
  });
  return { port, received };
}

const thisMachine = new FetchGuard({ allowed: [{ address: '127.0.0.1', prefix: 32 }], ownPorts: [8000] });

function deliver(url: string, target: CallbackTarget = {}, guard = thisMachine): Promise<void> {
  const message = {
    id: 'id-1',
    stream: 's',
    target,
    body: { eventType: 'dtmf', dtmfDigit: '#' },
    createdAt: 0,
  };
  return callbackDelivery(new GuardedRequests(guard), 'BandwidthAPI/v1 (test)')(url, message);
}

void t.test('by POST with Basic from the URL, and by GET', async (t) => {
  const { port, received } = await receiver(t, 204);
  await deliver(`http://user:pa%20ss@127.0.0.1:${port}/a?b=c`);
  await deliver(`http://127.0.0.1:${port}/a?b=c`, { callbackHttpMethod: 'GET' });
  t.match(received, [
    {
      method: 'POST',
      url: '/a?b=c',
      body: '{"eventType":"dtmf","dtmfDigit":"#"}',
      headers: {
        'content-type': 'application/json; charset=utf-8',
        'user-agent': 'BandwidthAPI/v1 (test)',
        'x-callback-id': 'id-1',
        authorization: `Basic ${Buffer.from('user:pa ss').toString('base64')}`,
      },
    },
    { method: 'GET', url: '/a?b=c&eventType=dtmf&dtmfDigit=%23', body: '' },
  ]);
});

void t.test(
  'not taken: an error status, a redirect, no answer in time, nobody there, not allowed',
  async (t) => {
    const [failing, moved, silent] = [
      await receiver(t, 500),
      await receiver(t, 302),
      await receiver(t, undefined),
    ];
    await t.rejects(deliver(`http://127.0.0.1:${failing.port}/`), { message: /500/ });
    await t.rejects(deliver(`http://127.0.0.1:${moved.port}/`), { message: /302/ });
    await t.rejects(deliver(`http://127.0.0.1:${silent.port}/`, { callbackTimeout: 50 }));
    await t.rejects(deliver('http://127.0.0.1:1/'));
    await t.rejects(deliver('http://127.0.0.1:8000/'), { name: 'CallbackImpossible' });
    await t.rejects(deliver(`http://localhost:${failing.port}/`, {}, new FetchGuard()), {
      name: 'CallbackImpossible',
    });
  },
);
