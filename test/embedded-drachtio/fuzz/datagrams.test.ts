// Three thousand spoilt datagrams: the server stays up, an ordinary call goes through, and nothing is left of them.
import t from 'tap';
import { wholeCall } from '../conformance/support/calls.js';
import { quick, startApp, startServer, startUdp } from '../conformance/support/live-server.js';
import { settled } from '../conformance/support/settled.js';
import { answerEverything, bytesInUse, fence, seeds } from './bench.js';
import { mutate, Random } from './mutations.js';

// The tests mostly wait for timers: two wait at once.
t.jobs = 2;

const total = 3000;

for (const seed of [20261, 4475]) {
  void t.test(`seed ${seed}`, { buffered: true }, async (t) => {
    const server = await startServer(t, { timers: quick, graceMs: 200, answerTimeoutMs: 1000 });
    const app = await startApp(t, server);
    const ua = await startUdp(t, server);
    const random = new Random(seed);
    await wholeCall(ua, app);
    const before = bytesInUse();
    const stop = answerEverything(app);
    for (let sent = 0; sent < total / 2; sent += 1) {
      ua.send(mutate(random.pick(seeds(ua)), random));
      if (sent % 25 === 24) {
        await fence(ua);
        ua.inbox.takeAll();
        ua.inbox.history.length = 0;
      }
    }
    await settled(t, server, 8000);
    stop();
    t.same(await app.ask('ping'), ['OK', 'pong'], 'the application’s connection has lived through it');
    await wholeCall(ua, app);
    await settled(t, server);
    const grown = bytesInUse() - before;
    t.ok(grown < 24 * 1024 * 1024, `${Math.round(grown / 1024)} KB more than before`);
  });
}

void t.test('spoilt requests inside a live dialog do not end it', { buffered: true }, async (t) => {
  const server = await startServer(t, { timers: quick, answerTimeoutMs: 1000 });
  const app = await startApp(t, server);
  const ua = await startUdp(t, server);
  const random = new Random(3261);
  const leg = ua.leg();
  leg.invite();
  await app.reply(app.answer(await app.request('INVITE'), 200, { body: 'v=0\r\n' }));
  leg.ack(await ua.response('INVITE', 200));
  await app.request('ACK');
  const stop = answerEverything(app);
  for (let sent = 0; sent < 400; sent += 1) {
    // Spoilt from the method to the last header, but never a BYE, and never with a CSeq the next test needs.
    const text = leg.text(random.pick(['INFO', 'UPDATE', 'MESSAGE', 'NOTIFY']), { cseq: 2 + (sent % 5) });
    ua.send(mutate(text, random));
    if (sent % 25 === 24) await fence(ua);
  }
  stop();
  await fence(ua);
  app.inbox.takeAll();
  leg.cseq = 4_000_000;
  leg.send('INFO');
  await app.reply(app.answer(await app.request('INFO'), 200));
  await ua.inbox.take(
    '200 to INFO',
    (message) => message.raw.includes('4000001 INFO') && message.status === 200,
  );
  leg.send('BYE');
  await app.reply(app.answer(await app.request('BYE'), 200));
  await settled(t, server, 6000);
});
