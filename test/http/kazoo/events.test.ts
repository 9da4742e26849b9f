// The events over WebSocket: subscribing, what is told, and who is refused or cut off. The calls are made of nothing,
// the sockets are real.
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';
import t, { type Test } from 'tap';
import { WebSocket } from 'ws';
import { accountId } from '../credentials.js';
import { Api } from './api.js';
import { EventClient } from './event-client.js';

interface Served {
  readonly api: Api;
  readonly url: string;
  /** A client that is closed after the test. */
  open(path?: string): Promise<EventClient>;
}

async function serve(t: Test): Promise<Served> {
  const api = await Api.start(t);
  await api.app.listen({ host: '127.0.0.1', port: 0 });
  const url = `ws://127.0.0.1:${(api.app.server.address() as AddressInfo).port}`;
  return {
    api,
    url,
    open: async (path = '/') => {
      const client = await EventClient.open(`${url}${path}`);
      t.teardown(() => client.socket.terminate());
      return client;
    },
  };
}

/** As a client's program does: the status with which it was refused. */
async function refusal(url: string): Promise<number> {
  const socket = new WebSocket(url);
  socket.on('error', () => undefined);
  const [, response] = (await once(socket, 'unexpected-response')) as [unknown, { statusCode: number }];
  socket.terminate();
  return response.statusCode;
}

void t.test('every event of a conference, in order', async (t) => {
  const { api, open } = await serve(t);
  const id = await api.conference();
  const other = await api.conference();
  const client = await open();
  const binding = `conference.event.${id}.*`;
  t.match(await client.subscribe(api.token, accountId, binding), {
    action: 'reply',
    status: 'success',
    data: { subscribed: [binding] },
  });
  const one = await api.join(id, 'moderator', 'Ada');
  await api.join(other);
  const { conference } = one;
  conference.setMuted(1, true);
  conference.setMuted(1, false);
  conference.setDeaf(1, true);
  conference.setDeaf(1, false);
  conference.setHandRaised(1, true);
  conference.heard(1, true);
  conference.lock(true);
  conference.lock(false);
  conference.heard(1, false);
  conference.leave(1, 'hangup');
  await client.next(({ data }) => data.event === 'conference-destroy');
  t.same(
    client.events.map(({ data }) => data.event),
    [
      'conference-create',
      'add-member',
      'mute-member',
      'unmute-member',
      'deaf-member',
      'undeaf-member',
      'start-talking',
      'lock',
      'unlock',
      'stop-talking',
      'del-member',
      'conference-destroy',
    ],
  );
  const { instanceId } = conference;
  t.match(client.events[6], {
    action: 'event',
    subscribed_key: binding,
    name: 'participant_event',
    routing_key: `conference.event.${id}.call-1`,
    data: {
      event: 'start-talking',
      event_category: 'conference',
      event_name: 'participant_event',
      app_name: 'partyline',
      app_version: '1.2.3',
      node: 'partyline@box',
      focus: 'partyline@box',
      msg_id: /^[0-9a-f]{16}$/,
      sequence: Number,
      conference_id: id,
      instance_id: instanceId,
      custom_channel_vars: { account_id: accountId },
      participant_id: 1,
      call_id: 'call-1',
      caller_id_name: 'Ada',
      caller_id_number: '201',
      speak: true,
      hear: true,
      talking: true,
      floor: true,
      mute_detect: false,
      energy_level: 0,
      current_energy: 0,
      video: false,
      conference_channel_vars: { is_moderator: true },
    },
  });
  t.match(client.events[2]?.data, { speak: false, hear: true });
  t.match(client.events[7], { name: 'conference_event', data: { event: 'lock', conference_id: id } });
  t.notOk(client.events[7]?.data.participant_id);
});

void t.test('all conferences, one call, several bindings at once, and fewer again', async (t) => {
  const { api, open } = await serve(t);
  const id = await api.conference();
  const client = await open('/v2/websocket');
  const wanted = ['conference.event.*.*', `conference.event.${id}.call-2`, `conference.command.${id}`];
  t.same((await client.subscribe(api.token, accountId, wanted)).data, { subscribed: wanted });
  t.same((await client.subscribe(api.token, accountId, wanted)).data, { subscribed: wanted }, 'once each');
  await api.join(id);
  await api.join(id);
  await client.next(({ subscribed_key: key, data }) => key === wanted[1] && data.event === 'add-member');
  t.same(
    client.events.map(({ subscribed_key: key, data }) => [data.event, key]),
    [
      ['conference-create', wanted[0]],
      ['add-member', wanted[0]],
      ['add-member', wanted[0]],
      ['add-member', wanted[1]],
    ],
  );
  t.same((await client.ask({ action: 'unsubscribe', data: { binding: wanted[0] } })).data, {
    unsubscribed: [wanted[0]],
    subscribed: wanted.slice(1),
  });
  t.same((await client.ask({ action: 'unsubscribe' })).data, {
    unsubscribed: wanted.slice(1),
    subscribed: [],
  });
  (await api.join(id)).conference.lock(true);
  t.same((await client.ask({ action: 'ping' })).data, { response: 'pong' });
  t.equal(client.events.length, 4, 'nothing more is told');
});

void t.test('what is wrong is said', async (t) => {
  const { api, open } = await serve(t);
  const client = await open();
  const { token } = api;
  const subscribe = (auth_token: unknown, data: unknown) =>
    client.ask({ action: 'subscribe', auth_token, data });
  const binding = 'conference.event.c1.*';
  const errors = async (reply: Promise<{ status?: unknown; data: Record<string, unknown> }>) => {
    const { status, data } = await reply;
    return status === 'error' ? data.errors : status;
  };
  const data = { account_id: accountId, binding };
  t.same(await errors(subscribe(undefined, data)), ['invalid_credentials']);
  t.same(await errors(subscribe('0'.repeat(64), data)), ['invalid_credentials']);
  t.same(await errors(subscribe({ a: 1 }, data)), ['invalid_credentials']);
  t.same(await errors(subscribe(token, { ...data, account_id: 'another' })), ['forbidden']);
  t.same(await errors(subscribe(token, undefined)), ['missing required keys : account_id binding']);
  t.same(await errors(subscribe(token, { ...data, binding: 7 })), ['missing required keys : binding']);
  t.same(await errors(subscribe(token, { ...data, binding: 'call.*.*' })), [
    'no available subscriptions to requested binding',
  ]);
  const many = Array.from({ length: 101 }, (_, n) => `conference.event.c${n}.*`);
  t.same(await errors(client.subscribe(token, accountId, many)), ['more than 100 bindings']);
  t.same(await errors(client.ask({ action: 'dance' })), ['unknown action']);
  t.equal(await errors(client.subscribe(token, accountId, many.slice(1))), 'success');
  t.same(await errors(subscribe(token, { ...data, binding: 'conference.event.c0.*' })), [
    'more than 100 bindings',
  ]);
  client.socket.send('no JSON');
  t.match(await client.next(({ data: { errors } }) => String(errors).includes('JSON')), { status: 'error' });
});

void t.test('who may not, or does not do as agreed, is cut off', async (t) => {
  const { api, open, url } = await serve(t);
  t.equal(await refusal(`${url}/health`), 404);
  const long = await open();
  long.socket.send('x'.repeat(17_000));
  t.equal(await long.closed(), 1009, 'too long a message');
  const binary = await open();
  binary.socket.send(Buffer.from('{}'));
  t.equal(await binary.closed(), 1003);
  const flood = await open();
  for (let n = 0; n < 200; n++) flood.socket.send('{"action":"subscribe","auth_token":"x"}');
  t.equal(await flood.closed(), 1006, 'too many messages at once');
  const silent = await open();
  const ended = silent.closed();
  for (let n = 0; n < 6; n++) {
    api.clock.advance(5000);
    await once(silent.socket, n < 5 ? 'ping' : 'close');
  }
  t.equal(await ended, 1008, 'a client that never shows a token');
});

void t.test('so many clients and no more', async (t) => {
  const { open, url } = await serve(t);
  const clients = await Promise.all(Array.from({ length: 16 }, () => open()));
  t.equal(await refusal(url), 503);
  clients[0]!.socket.close();
  await clients[0]!.closed();
  t.ok(await open(), 'one has gone, another may come');
});

void t.test('a token that ends takes its subscriptions along', async (t) => {
  const { api, open } = await serve(t);
  const revoked = await open();
  await revoked.subscribe(api.token, accountId, 'conference.event.*.*');
  const bye = revoked.closed();
  api.clock.advance(5000);
  await once(revoked.socket, 'ping');
  t.match(await revoked.ask({ action: 'ping' }), { data: { response: 'pong' } }, 'it holds');
  api.credentials.gone.add('key-1');
  api.clock.advance(5000);
  t.equal(await bye, 1008);
});

void t.test('a client that does not read is cut off, and delays nobody', async (t) => {
  const { api, open } = await serve(t);
  const id = await api.conference();
  const slow = await open();
  const quick = await open();
  for (const client of [slow, quick]) {
    await client.subscribe(api.token, accountId, `conference.event.${id}.*`);
  }
  const { conference } = await api.join(id);
  (slow.socket as unknown as { _socket: { pause(): void } })._socket.pause();
  const cut = () => api.logged.find(({ event }) => event === 'event client cut off');
  let turns = 0;
  for (; !cut() && turns < 200; turns++) {
    for (let n = 0; n < 200; n++) conference.lock(n % 2 === 0);
    await quick.ask({ action: 'ping' });
  }
  t.match(cut(), { fields: { reason: 'does not read' } });
  t.equal(quick.events.length, turns * 200 + 2, 'the other has missed nothing');
});

void t.test('who asks for HTTP/2 gets a plain answer', async (t) => {
  const { api } = await serve(t);
  const { port } = api.app.server.address() as AddressInfo;
  const body = JSON.stringify({ data: { api_key: 'x' } });
  const socket = connect(port, '127.0.0.1');
  t.teardown(() => socket.destroy());
  let heard = '';
  socket.setEncoding('utf8').on('data', (chunk: string) => (heard += chunk));
  const ask = (lines: string[], content = '') => socket.write(`${lines.join('\r\n')}\r\n\r\n${content}`);
  const upgrade = ['Connection: Upgrade, HTTP2-Settings', 'Upgrade: h2c', 'HTTP2-Settings: AAMAAABk'];
  ask(['GET /health HTTP/1.1', 'Host: box', ...upgrade]);
  await once(socket, 'data');
  t.match(heard, /^HTTP\/1.1 200 OK/);
  heard = '';
  ask(['PUT /v2/api_auth HTTP/1.1', 'Host: box', ...upgrade, `Content-Length: ${body.length}`], body);
  await once(socket, 'data');
  t.match(heard, /^HTTP\/1.1 401/);
});
