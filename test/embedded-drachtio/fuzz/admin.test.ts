// The application's side misbehaves: spoilt frames, half frames, wrong secrets, silence, deafness. Whatever one
// connection does, the next one works, and no SIP goes out or comes in without the secret.
import t from 'tap';
import { callIn, hangUp, wholeCall } from '../conformance/support/calls.js';
import {
  allVerbs,
  quick,
  secret,
  startApp,
  startServer,
  startUdp,
} from '../conformance/support/live-server.js';
import { metaOf, RawApp } from '../conformance/support/raw-app.js';
import { settled } from '../conformance/support/settled.js';
import { sdp } from '../conformance/support/sip-text.js';
import { bytesInUse } from './bench.js';
import { mutate, Random } from './mutations.js';

// The tests mostly wait for timers: two wait at once.
t.jobs = 2;

void t.test('a thousand spoilt frames', { buffered: true }, async (t) => {
  const server = await startServer(t, { timers: quick, graceMs: 100 });
  const ua = await startUdp(t, server);
  const steady = await startApp(t, server, []);
  const random = new Random(9022);
  const before = bytesInUse();
  let dead = 0;
  let app = await RawApp.ready(server.adminPort, secret, []);
  for (let sent = 0; sent < 1000; sent += 1) {
    const to = `sip:bob@127.0.0.1:${ua.port}`;
    const seeds = [
      'm|ping',
      `m|authenticate|${secret}|a,b`,
      'm|route|options',
      'm|remove_route|options',
      `m|sip||\r\nOPTIONS ${to} SIP/2.0\r\nFrom: sip:1000@localhost\r\nContent-Length: 0\r\n\r\n`,
      `m|sip||\r\nINVITE ${to} SIP/2.0\r\ncontact: sip:1000@localhost\r\n\r\n${sdp(50000)}`,
      `m|sip||some-dialog\r\nBYE sip:placeholder SIP/2.0\r\nContent-Length: 0\r\n\r\n`,
      `m|sip|some-transaction|\r\nSIP/2.0 200 OK\r\ncseq: 1 INVITE\r\nContent-Length: 0\r\n\r\n`,
      `m|sip|some-transaction|\r\nCANCEL ${to} SIP/2.0\r\n\r\n`,
      `m|proxy|t||||serial|1s|2s|${to}\r\nINVITE ${to} SIP/2.0\r\n\r\n`,
    ];
    const spoilt = mutate(random.pick(seeds), random);
    if (random.below(10) === 0)
      app.socket.write(Buffer.from(mutate(`${spoilt.length}#${spoilt}`, random), 'latin1'));
    else app.frame(spoilt);
    // Every few frames: has the server had enough of this connection? Then the next one.
    if (sent % 10 !== 9) continue;
    const gone = app.closed.then(() => true);
    const pinged = app.ask('ping').then(
      () => false,
      () => true,
    );
    const patience = new Promise<boolean>((resolve) => setTimeout(() => resolve(true), 60));
    if (await Promise.race([gone, pinged, patience])) {
      dead += 1;
      await app.stop();
      app = await RawApp.ready(server.adminPort, secret, []);
    }
  }
  t.ok(dead < 100, `${dead} connections used up`);
  await app.stop();
  t.same(await steady.ask('ping'), ['OK', 'pong'], 'the connection beside them was not disturbed');
  const whole = await startApp(t, server);
  await wholeCall(ua, whole);
  await settled(t, server, 8000);
  t.ok(bytesInUse() - before < 24 * 1024 * 1024);
});

void t.test(
  'wrong secrets, empty ones and long ones get NO and a closed connection',
  { buffered: true },
  async (t) => {
    const server = await startServer(t);
    for (const wrong of ['', 'cymrU', 'cymru ', 'x'.repeat(5000), '\0', 'cymr', `${secret}x`]) {
      const app = await RawApp.connect(server.adminPort);
      t.same(
        await app.ask(`authenticate|${wrong}|`),
        ['NO', 'incorrect secret'],
        JSON.stringify(wrong.slice(0, 10)),
      );
      await app.closed;
    }
    const app = await startApp(t, server);
    t.same(await app.ask('ping'), ['OK', 'pong']);
  },
);

void t.test('after a refusal nothing is read any more', { buffered: true }, async (t) => {
  const server = await startServer(t);
  const app = await RawApp.connect(server.adminPort);
  const frames = ['a|authenticate|wrong|', `b|authenticate|${secret}|`, 'c|route|invite', 'd|ping'];
  app.socket.write(frames.map((frame) => `${frame.length}#${frame}`).join(''));
  await app.closed;
  t.same(
    app.inbox.history.map(({ tokens }) => tokens.slice(2).join('|')),
    ['a|NO|incorrect secret'],
  );
  t.equal(server.counters().adminWrongSecret, 1);
});

void t.test(
  'nobody who has not said the secret hears of calls, and a hundred who say nothing harm nobody',
  async (t) => {
    const server = await startServer(t, { timers: quick });
    const ua = await startUdp(t, server);
    const mute = await Promise.all(Array.from({ length: 100 }, () => RawApp.connect(server.adminPort)));
    t.teardown(() => Promise.all(mute.map((app) => app.stop())));
    for (const app of mute.slice(0, 50)) app.socket.write('12#m|rout');
    const app = await startApp(t, server);
    await wholeCall(ua, app);
    for (const other of mute) t.equal(other.inbox.history.filter((frame) => frame.kind === 'sip').length, 0);
    await settled(t, server);
  },
);

void t.test('half a frame, then the end: the rest of the world goes on', { buffered: true }, async (t) => {
  const server = await startServer(t, { timers: quick, graceMs: 100 });
  const ua = await startUdp(t, server);
  for (const half of [
    '5',
    '50#abc',
    '30#m|sip|',
    '#',
    '-1#x',
    '0#',
    '12a#ping',
    '99999999#',
    'x'.repeat(100),
  ]) {
    const app = await RawApp.ready(server.adminPort, secret, []);
    app.socket.write(half);
    await app.stop();
  }
  await wholeCall(ua, await startApp(t, server));
  await settled(t, server);
});

void t.test('an application that does not read does not fill the memory', { buffered: true }, async (t) => {
  const server = await startServer(t, { timers: quick, graceMs: 100, answerTimeoutMs: 300 });
  const ua = await startUdp(t, server);
  const before = bytesInUse();
  const deaf = await RawApp.ready(server.adminPort, secret, ['message']);
  deaf.socket.pause();
  const body = 'x'.repeat(20_000);
  for (let sent = 0; sent < 1500; sent += 1) {
    ua.leg().send('MESSAGE', { headers: [['Content-Type', 'text/plain']], body });
    if (sent % 10 === 9) await new Promise((resolve) => setImmediate(resolve));
  }
  await settled(t, server, 8000);
  const grown = bytesInUse() + process.memoryUsage().external - before;
  t.ok(grown < 64 * 1024 * 1024, `${Math.round(grown / 1024 / 1024)} MB`);
  await deaf.stop();
  await wholeCall(ua, await startApp(t, server));
});

void t.test('one application cannot touch the calls of another', { buffered: true }, async (t) => {
  const server = await startServer(t, { timers: quick, graceMs: 100 });
  const ua = await startUdp(t, server);
  const owner = await startApp(t, server, allVerbs);
  const call = await callIn(ua, owner);
  const other = await startApp(t, server, []);
  const transactionId = metaOf(call.invite).transactionId;
  const late = `sip|${transactionId}|\r\nSIP/2.0 486 Busy\r\nContent-Length: 0\r\n\r\n`;
  t.equal((await other.ask(late))[0], 'NOK', 'a transaction that is answered');
  await hangUp(call, ua, owner);
  await settled(t, server);
});
