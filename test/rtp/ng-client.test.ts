import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { Client } from 'rtpengine-client';
import t, { type Test } from 'tap';
import type { Fields, Log } from '../../src/log.js';
import { silentLog } from '../../src/log.js';
import { NgClient, NgError } from '../../src/rtp/ng-client.js';
import { failureOf } from './box.js';

interface Request {
  readonly cookie: string;
  readonly command: string;
  readonly fields: Record<string, unknown>;
  readonly reply: (fields: object) => void;
}

/** Stands in for rtpengine: what comes in is handed to the test. */
async function server(
  t: Test,
  onRequest: (request: Request) => void,
): Promise<{ port: number; socket: Socket }> {
  const socket = createSocket('udp4');
  socket.on('message', (message, from) => {
    const { id, data } = Client.decodeMessage(message);
    const fields = data as Record<string, unknown>;
    onRequest({
      cookie: id,
      command: String(fields.command),
      fields,
      reply: (answer) => socket.send(Client.encodeMessage(id, answer), from.port, from.address),
    });
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  let closed = false;
  socket.once('close', () => (closed = true));
  t.teardown(() => {
    if (!closed) socket.close();
  });
  return { port: socket.address().port, socket };
}

async function client(
  t: Test,
  port: number,
  options: { timeoutMs?: number; window?: number; log?: Log } = {},
) {
  const ng = new NgClient({ host: '127.0.0.1', port, log: silentLog, ...options });
  await ng.start();
  t.teardown(() => ng.stop());
  return ng;
}

void t.test('a command and its reply; errors are thrown with rtpengine’s words', async (t) => {
  const { port } = await server(t, ({ command, fields, reply }) => {
    if (command === 'offer') reply({ result: 'ok', sdp: `v=0 ${String(fields['call-id'])}` });
    else reply({ result: 'error', 'error-reason': 'Unknown call-ID' });
  });
  const ng = await client(t, port);
  t.same(await ng.offer({ 'call-id': 'x', 'from-tag': 'P', sdp: '' }), { sdp: 'v=0 x' });
  const error = await ng.query({ 'call-id': 'x' }).catch((thrown: unknown) => thrown);
  t.ok(error instanceof NgError);
  t.match(error, {
    command: 'query',
    failure: 'rejected',
    reason: 'Unknown call-ID',
    unknownCall: true,
    lost: false,
  });
  await ng.deleteCall('x');
  t.equal(ng.inFlight, 0);
});

void t.test(
  'a lost datagram is sent again under the same cookie; two lost ones are a time-out',
  async (t) => {
    const cookies: string[] = [];
    const { port } = await server(t, ({ cookie, command, reply }) => {
      cookies.push(cookie);
      if (command === 'ping' && cookies.length === 2) {
        reply({ result: 'pong' });
        // The answer to the first try, late: nobody waits for it any more.
        reply({ result: 'pong' });
      }
    });
    const ng = await client(t, port, { timeoutMs: 60 });
    await ng.ping();
    t.equal(cookies.length, 2);
    t.equal(cookies[0], cookies[1]);
    t.equal(await failureOf(ng.query({ 'call-id': 'x' })), 'timeout');
    t.equal(cookies.length, 4);
  },
);

void t.test('a closed port is known at once', async (t) => {
  const { port, socket } = await server(t, () => undefined);
  const ng = await client(t, port);
  const unreachable = new Promise<void>((done) => (ng.onUnreachable = done));
  const waiting = ng.ping();
  waiting.catch(() => undefined);
  await new Promise<void>((done) => socket.close(done));
  const begun = performance.now();
  t.equal(await failureOf(ng.ping()), 'unreachable');
  t.equal(await failureOf(waiting), 'unreachable');
  await unreachable;
  t.ok(performance.now() - begun < 500);
});

void t.test('garbage is dropped, a reply of the wrong kind is an error', async (t) => {
  const warnings: string[] = [];
  const log: Log = { ...silentLog, warn: (event) => warnings.push(event) };
  const { port, socket } = await server(t, ({ cookie, command, reply }) => {
    const peer = lastPeer;
    if (!peer) return;
    if (command === 'ping') {
      for (const junk of [
        '',
        'x',
        'l'.repeat(60_000),
        `${cookie} d`,
        `${cookie} i5`,
        `${'0'.repeat(36)} d6:result2:oke`,
      ]) {
        socket.send(junk, peer.port, peer.address);
      }
      reply({ result: 'pong' });
    } else if (command === 'list') {
      socket.send(`${cookie} l1:ae`, peer.port, peer.address);
    } else {
      reply({ result: 'ok' });
    }
  });
  let lastPeer: { port: number; address: string } | undefined;
  socket.prependListener('message', (_message, from) => (lastPeer = from));
  const ng = await client(t, port, { log });
  await ng.ping();
  t.ok(warnings.length >= 3, `${warnings.length}`);
  t.equal(await failureOf(ng.list(5)), 'garbage');
  t.equal(await failureOf(ng.offer({ 'call-id': 'x', 'from-tag': 'P', sdp: '' })), 'garbage', 'no SDP in it');
});

void t.test('a stranger cannot answer', async (t) => {
  const stranger = createSocket('udp4');
  t.teardown(() => void stranger.close());
  const { port, socket } = await server(t, ({ cookie, reply }) => {
    stranger.send(
      Client.encodeMessage(cookie, { result: 'error', 'error-reason': 'forged' }),
      peer,
      '127.0.0.1',
    );
    setTimeout(() => reply({ result: 'pong' }), 50);
  });
  let peer = 0;
  socket.prependListener('message', (_message, from) => (peer = from.port));
  const ng = await client(t, port);
  await ng.ping();
});

void t.test('no more are on the way than the window allows; stop ends all that wait', async (t) => {
  const open: Request[] = [];
  const { port } = await server(t, (request) => open.push(request));
  const ng = await client(t, port, { window: 2 });
  const all = Array.from({ length: 5 }, () => ng.ping());
  const settled = Promise.allSettled(all);
  while (open.length < 2) await new Promise((done) => setTimeout(done, 5));
  t.equal(open.length, 2);
  t.equal(ng.inFlight, 5);
  open[0]?.reply({ result: 'pong' });
  while (open.length < 3) await new Promise((done) => setTimeout(done, 5));
  ng.stop();
  t.same(
    (await settled).map(({ status }) => status),
    ['fulfilled', 'rejected', 'rejected', 'rejected', 'rejected'],
  );
  t.equal(await failureOf(ng.ping()), 'closed');
});

void t.test('what does not fit a datagram is not sent', async (t) => {
  const { port } = await server(t, () => t.fail('sent'));
  const ng = await client(t, port);
  const long = ng.offer({ 'call-id': 'x', 'from-tag': 'P', sdp: 'x'.repeat(70_000) });
  t.equal(await failureOf(long), 'closed');
});

void t.test('keys are not logged', async (t) => {
  const lines: Fields[] = [];
  const log: Log = { ...silentLog, debugging: true, debug: (_event, fields) => lines.push(fields ?? {}) };
  const sdp = 'a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:verysecret';
  const { port } = await server(t, ({ reply }) => reply({ result: 'ok', sdp }));
  const ng = await client(t, port, { log });
  await ng.offer({ 'call-id': 'x', 'from-tag': 'P', sdp });
  t.equal(lines.length, 2);
  t.notMatch(JSON.stringify(lines), 'verysecret');
  t.match(JSON.stringify(lines), 'inline:[hidden]');
});
