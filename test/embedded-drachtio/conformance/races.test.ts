// What crosses, comes twice, comes late or never comes: dialogs end exactly once and nothing is left behind.
import t from 'tap';
import { callIn, callOut, hangUp, pickUp, wholeCall } from './support/calls.js';
import { quick, startApp, startServer, startTcp, startUdp } from './support/live-server.js';
import { takeFromAny } from './support/inbox.js';
import { metaOf } from './support/raw-app.js';
import { settled } from './support/settled.js';
import { header, sdp, tagOf } from './support/sip-text.js';
import { fresh } from './support/user-agent.js';

// The tests mostly wait for timers: several wait at once.
t.jobs = 4;

void t.test(
  'the application’s BYE waits for the caller’s ACK (RFC 3261 section 15)',
  { buffered: true },
  async (t) => {
    const server = await startServer(t, { timers: quick });
    const [app, ua] = [await startApp(t, server), await startUdp(t, server)];
    for (const acknowledged of [true, false]) {
      const leg = ua.leg();
      leg.invite();
      const echo = await app.reply(app.answer(await app.request('INVITE'), 200, { body: sdp(50000) }));
      const ok = await ua.response('INVITE', 200);
      const { dialogId } = metaOf(echo);
      const sent = await app.reply(app.sendRequest('BYE sip:placeholder SIP/2.0', { dialogId }));
      t.equal(sent.tokens[3], 'OK');
      await ua.again(ok);
      t.equal(
        ua.inbox.count((message) => message.method === 'BYE' && header(message, 'call-id') === leg.callId),
        0,
        'not yet',
      );
      if (acknowledged) leg.ack(ok);
      const bye = await ua.request('BYE');
      t.equal(header(bye, 'reason'), '', 'it is the application’s');
      ua.answer(bye, 200);
      await app.response('BYE', 200);
    }
    await settled(t, server);
    t.equal(
      app.inbox.count((frame) => frame.tokens[8] === 'unsolicited'),
      0,
    );
  },
);

void t.test('both hang up at once: each gets its answer', { buffered: true }, async (t) => {
  const server = await startServer(t, { timers: quick });
  const [app, ua] = [await startApp(t, server), await startUdp(t, server)];
  const call = await callIn(ua, app);
  await app.reply(app.sendRequest('BYE sip:placeholder SIP/2.0', { dialogId: call.dialogId }));
  const bye = await ua.request('BYE');
  call.leg.send('BYE');
  await app.reply(app.answer(await app.request('BYE'), 200));
  t.equal((await ua.response('BYE')).status, 200);
  ua.answer(bye, 481);
  await app.response('BYE', 481);
  await settled(t, server);
});

void t.test(
  'a re-INVITE before the ACK takes its place, and the call goes on',
  { buffered: true },
  async (t) => {
    const server = await startServer(t, { timers: quick });
    const [app, ua, silent] = [
      await startApp(t, server),
      await startUdp(t, server),
      await startUdp(t, server),
    ];
    const leg = ua.leg();
    leg.invite();
    await app.reply(app.answer(await app.request('INVITE'), 200, { body: sdp(50000) }));
    leg.toTag = tagOf(await ua.response('INVITE', 200), 'to');
    leg.invite();
    await app.reply(app.answer(await app.request('INVITE'), 200, { body: sdp(50002) }));
    const ok = await ua.inbox.take(
      '200 to the second',
      (message) => message.status === 200 && header(message, 'cseq') === '2 INVITE',
    );
    leg.ack(ok);
    const { dialogId } = metaOf(await app.request('ACK'));
    // Timed out, which takes as long as the missing ACK would have been waited for.
    await app.reply(app.sendRequest(`OPTIONS sip:127.0.0.1:${silent.port} SIP/2.0`));
    await app.response('OPTIONS', 408);
    t.equal(
      ua.inbox.count((message) => message.method === 'BYE'),
      0,
    );
    await hangUp({ leg, dialogId }, ua, app);
    await settled(t, server);
  },
);

void t.test(
  'an application that never acknowledges: ACK and BYE after 64 × T1',
  { buffered: true },
  async (t) => {
    const server = await startServer(t, { timers: quick });
    const [app, ua] = [await startApp(t, server), await startUdp(t, server)];
    const call = await callOut(ua, app);
    const { dialogId } = await pickUp(call, ua, app);
    t.equal(tagOf(await ua.request('ACK'), 'to'), call.toTag);
    ua.answer(await ua.request('BYE'), 200);
    const told = await app.request('BYE');
    t.same([told.tokens[8], told.tokens[9]], ['unsolicited', dialogId]);
    await settled(t, server);
  },
);

void t.test(
  'timer C: who rings and then falls silent is cancelled, and the application told 408',
  { buffered: true },
  async (t) => {
    const server = await startServer(t, { timers: { ...quick, c: 300 } });
    const [app, ua] = [await startApp(t, server), await startUdp(t, server)];
    const call = await callOut(ua, app);
    ua.answer(call.invite, 180, { toTag: call.toTag });
    await app.response('INVITE', 180);
    const cancel = await ua.request('CANCEL');
    t.equal(header(cancel, 'via'), header(call.invite, 'via'));
    ua.answer(cancel, 200);
    await app.response('INVITE', 408);
    await settled(t, server);
  },
);

void t.test('cancelled, but it rings and rings: 487 after 64 × T1', { buffered: true }, async (t) => {
  const server = await startServer(t, { timers: quick });
  const [app, ua] = [await startApp(t, server), await startUdp(t, server)];
  const call = await callOut(ua, app);
  const ring = (): void => ua.answer(call.invite, 180, { toTag: call.toTag });
  ring();
  await app.response('INVITE', 180);
  const { transactionId } = call;
  await app.reply(app.sendRequest(`CANCEL sip:bob@127.0.0.1:${ua.port} SIP/2.0`, { transactionId }));
  ua.answer(await ua.request('CANCEL'), 200);
  const ringing = setInterval(ring, 50);
  t.teardown(() => clearInterval(ringing));
  await app.response('INVITE', 487);
  clearInterval(ringing);
  await settled(t, server);
});

void t.test(
  'the second leg is hung up once, however often it answers, and legs without end are not served',
  { buffered: true },
  async (t) => {
    const server = await startServer(t, { timers: quick });
    const [app, ua] = [await startApp(t, server), await startUdp(t, server)];
    const call = await callOut(ua, app);
    const { dialogId } = await pickUp(call, ua, app);
    await app.reply(app.sendRequest(`ACK sip:bob@127.0.0.1:${ua.port} SIP/2.0`, { dialogId }));
    await ua.request('ACK');
    for (let leg = 0; leg < 40; leg += 1)
      for (let round = 0; round < 2; round += 1)
        ua.answer(call.invite, 200, { toTag: `leg${leg}`, headers: [['Contact', ua.contact]] });
    await app.reply(app.sendRequest('BYE sip:placeholder SIP/2.0', { dialogId }));
    const last = await ua.inbox.take(
      'the BYE of the call',
      (message) => message.method === 'BYE' && tagOf(message, 'to') === call.toTag,
    );
    ua.answer(last, 200);
    await app.response('BYE', 200);
    const hungUp = ua.inbox.history.filter(
      (message) => message.method === 'BYE' && tagOf(message, 'to').startsWith('leg'),
    );
    t.equal(new Set(hungUp.map((bye) => bye.raw)).size, 16, 'sixteen legs, one BYE each');
    await settled(t, server);
  },
);

void t.test(
  'a copy by another way gets 482 as long as the first one is remembered (RFC 3261 section 8.2.2.2)',
  { buffered: true },
  async (t) => {
    const server = await startServer(t, { timers: quick });
    const [app, ua] = [await startApp(t, server), await startUdp(t, server)];
    const call = await callIn(ua, app);
    const copy = call.text.replace(/branch=[^;]+/, `branch=${fresh('z9hG4bK-')}`);
    ua.send(copy);
    call.leg.ackRefusal(await ua.response('INVITE', 482), copy);
    await hangUp(call, ua, app);
    t.equal(
      app.inbox.count((frame) => frame.sip?.method === 'INVITE'),
      1,
    );
    await settled(t, server);
  },
);

void t.test('two applications take calls in turn, whole calls too', { buffered: true }, async (t) => {
  const server = await startServer(t, { timers: quick });
  const apps = [await startApp(t, server), await startApp(t, server)];
  const ua = await startUdp(t, server);
  for (let round = 0; round < 6; round += 1) {
    const leg = ua.leg();
    const text = leg.invite();
    const inboxes = apps.map(({ inbox }) => inbox);
    const { index, item } = await takeFromAny(inboxes, 'INVITE', ({ sip }) => sip?.method === 'INVITE');
    apps[index]?.answer(item, 486);
    leg.ackRefusal(await ua.response('INVITE', 486), text);
  }
  const share = apps.map((app) => app.inbox.count((frame) => frame.sip?.method === 'INVITE'));
  t.same(share, [3, 3]);
});

void t.test(
  'TCP: a lone line end is no message that has begun, three pings in one piece are three',
  { buffered: true },
  async (t) => {
    const server = await startServer(t, { timers: quick, limits: { messageMs: 50 } });
    const [app, ua] = [await startApp(t, server), await startTcp(t, server)];
    ua.send('\r\n');
    await new Promise((resolve) => setTimeout(resolve, 200));
    await wholeCall(ua, app);
    ua.send('\r\n\r\n'.repeat(3));
    await wholeCall(ua, app);
    t.equal(ua.pongs, 3);
    await settled(t, server);
  },
);

void t.test('TCP: who begins a message and does not go on is cut off', { buffered: true }, async (t) => {
  const server = await startServer(t, { timers: quick, limits: { messageMs: 50 } });
  const ua = await startTcp(t, server);
  const closed = new Promise((resolve) => ua.connection.once('close', resolve));
  ua.send('OPTIONS sip:conf');
  await closed;
  t.equal(server.counters().tcpSlowPeers, 1);
});
