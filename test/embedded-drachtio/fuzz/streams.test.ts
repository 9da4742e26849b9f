// TCP that misbehaves: spoilt streams, streams without end, streams that stand still, peers that do not read, crowds.
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { Test } from 'tap';
import t from 'tap';
import { wholeCall } from '../conformance/support/calls.js';
import { quick, startApp, startServer, startTcp, startUdp } from '../conformance/support/live-server.js';
import { settled } from '../conformance/support/settled.js';
import { TcpAgent } from '../conformance/support/user-agent.js';
import { answerEverything, bytesInUse, seeds } from './bench.js';
import { mutate, Random } from './mutations.js';

// The tests mostly wait for timers: two wait at once.
t.jobs = 2;

/** A bare connection to the server that minds nothing. */
async function plug(t: Test, port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  t.teardown(() => socket.destroy());
  await once(socket, 'connect');
  return socket;
}

/** Resolves when the other end has closed; rejects if it has not within `ms`. */
async function closed(socket: Socket, ms: number): Promise<void> {
  socket.resume();
  if (socket.closed) return;
  const patience = new AbortController();
  const timer = setTimeout(() => patience.abort(new Error(`still open after ${ms} ms`)), ms);
  await once(socket, 'close', { signal: patience.signal });
  clearTimeout(timer);
}

void t.test('six hundred spoilt messages in sixty streams', { buffered: true }, async (t) => {
  const server = await startServer(t, { timers: quick, graceMs: 200, answerTimeoutMs: 1000 });
  const app = await startApp(t, server);
  const before = bytesInUse();
  const random = new Random(793);
  const stop = answerEverything(app);
  for (let stream = 0; stream < 60; stream += 1) {
    const ua = await new TcpAgent(server.sipPort).start();
    for (let sent = 0; sent < 10; sent += 1) {
      const text = mutate(random.pick(seeds(ua)), random);
      const cut = random.below(text.length);
      ua.send(text.slice(0, cut));
      await new Promise((resolve) => setImmediate(resolve));
      if (ua.connection.destroyed) break;
      ua.send(text.slice(cut));
    }
    await ua.stop();
  }
  await settled(t, server, 8000);
  stop();
  const ua = await startTcp(t, server);
  await wholeCall(ua, app);
  await settled(t, server);
  t.ok(bytesInUse() - before < 24 * 1024 * 1024);
});

void t.test(
  'headers without end, and a body too large to hold, close the connection',
  { buffered: true },
  async (t) => {
    const server = await startServer(t, { timers: quick });
    const app = await startApp(t, server);
    const ua = await startTcp(t, server);

    const endless = await plug(t, server.sipPort);
    endless.write('OPTIONS sip:conf@127.0.0.1 SIP/2.0\r\n');
    const line = `X-Endless: ${'x'.repeat(1000)}\r\n`;
    const writing = setInterval(() => endless.write(line.repeat(64)), 1);
    await closed(endless, 5000).finally(() => clearInterval(writing));
    t.pass('endless headers');

    const oneLine = await plug(t, server.sipPort);
    const more = setInterval(() => oneLine.write('A'.repeat(65536)), 1);
    await closed(oneLine, 5000).finally(() => clearInterval(more));
    t.pass('one endless line');

    for (const length of ['4294967295', '99999999999999999999', '-5', 'many']) {
      const huge = await plug(t, server.sipPort);
      huge.write(
        ua
          .leg()
          .text('OPTIONS')
          .replace(/Content-Length: 0/, `Content-Length: ${length}`),
      );
      await closed(huge, 5000);
      t.pass(`Content-Length ${length}`);
    }
    await wholeCall(ua, app);
    await settled(t, server);
  },
);

void t.test(
  'peers that stand still, in the middle of a message, keep nobody else waiting',
  { buffered: true },
  async (t) => {
    const server = await startServer(t, { timers: quick });
    const app = await startApp(t, server);
    const ua = await startTcp(t, server);
    const text = ua.leg().text('OPTIONS');
    for (let peer = 0; peer < 50; peer += 1) (await plug(t, server.sipPort)).write(text.slice(0, 3 * peer));
    await wholeCall(ua, app);
    await settled(t, server);
    t.equal(
      app.inbox.count((frame) => frame.sip?.method === 'OPTIONS'),
      0,
    );
  },
);

void t.test(
  'a peer that asks and never reads is cut off, or costs no more than a little',
  { buffered: true },
  async (t) => {
    const server = await startServer(t, { timers: quick, answerTimeoutMs: 1000 });
    const app = await startApp(t, server);
    const ua = await startUdp(t, server);
    const deaf = await plug(t, server.sipPort);
    deaf.pause();
    const before = bytesInUse();
    const agent = new TcpAgent(server.sipPort);
    agent.port = deaf.localPort ?? 0;
    const stop = answerEverything(app);
    const padding: Array<[string, string]> = [['X-Padding', 'p'.repeat(8000)]];
    for (let sent = 0; sent < 1500 && !deaf.destroyed; sent += 1) {
      // A dialog nobody knows: the server answers by itself, and copies the long Via.
      const leg = agent.leg();
      leg.toTag = 'none';
      const long = `${leg.branch}${'b'.repeat(3000)}`;
      deaf.write(leg.text('BYE', { headers: padding, branch: `z9hG4bK-${sent}${long}` }));
      if (sent % 50 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    stop();
    await wholeCall(ua, app);
    await settled(t, server, 6000);
    deaf.destroy();
    t.ok(bytesInUse() - before < 32 * 1024 * 1024);
  },
);

void t.test(
  'two hundred connections at once, and a call on each of some of them',
  { buffered: true },
  async (t) => {
    const server = await startServer(t, { timers: quick });
    const app = await startApp(t, server);
    const crowd = await Promise.all(Array.from({ length: 200 }, () => plug(t, server.sipPort)));
    for (let round = 0; round < 5; round += 1) {
      const ua = await startTcp(t, server);
      await wholeCall(ua, app);
    }
    for (const socket of crowd) socket.destroy();
    const ua = await startUdp(t, server);
    await wholeCall(ua, app);
    await settled(t, server);
  },
);
