// The application goes away: dialogs wait for it for a grace, then the peers are told; a caller who waits for an
// answer is not left waiting. What an application that comes back finds.
import t from 'tap';
import { callIn, callOut, hangUp, pickUp } from './support/calls.js';
import { allVerbs, quick, secret, startApp, startServer, startUdp } from './support/live-server.js';
import { metaOf, RawApp } from './support/raw-app.js';
import { settled } from './support/settled.js';
import { header, tagOf } from './support/sip-text.js';

// The tests mostly wait for timers: several wait at once.
t.jobs = 4;

void t.test(
  'an application that returns within the grace has its dialogs, of both kinds',
  { buffered: true },
  async (t) => {
    const server = await startServer(t, { timers: quick, graceMs: 5000 });
    const ua = await startUdp(t, server);
    const lost = await RawApp.ready(server.adminPort, secret, allVerbs);
    const inward = await callIn(ua, lost);
    const outward = await callOut(ua, lost);
    const { dialogId } = await pickUp(outward, ua, lost);
    await lost.reply(lost.sendRequest(`ACK sip:bob@127.0.0.1:${ua.port} SIP/2.0`, { dialogId }));
    await ua.request('ACK');
    await lost.stop();

    const back = await startApp(t, server);
    inward.leg.send('INFO', { headers: [['Content-Type', 'text/plain']], body: 'still there?' });
    const info = await back.request('INFO');
    t.equal(metaOf(info).dialogId, inward.dialogId, 'the peer’s request comes under the old dialogId');
    await back.reply(back.answer(info, 200));
    await ua.response('INFO', 200);

    const bye = back.sendRequest('BYE sip:placeholder SIP/2.0', { dialogId });
    t.equal((await back.reply(bye)).tokens[3], 'OK', 'and the application can hang up by it');
    ua.answer(await ua.request('BYE'), 200);
    await back.response('BYE', 200);
    await hangUp(inward, ua, back);
    t.equal(
      ua.inbox.count((message) => message.method === 'BYE'),
      1,
      'nobody else was hung up',
    );
    await settled(t, server);
  },
);

void t.test('after the grace every peer gets BYE', { buffered: true }, async (t) => {
  const server = await startServer(t, { timers: quick, graceMs: 150 });
  const ua = await startUdp(t, server);
  const lost = await RawApp.ready(server.adminPort, secret, allVerbs);
  const calls = [await callIn(ua, lost), await callIn(ua, lost), await callIn(ua, lost)];
  await lost.stop();
  const told = new Set<string>();
  for (const call of calls) {
    const bye = await ua.request('BYE');
    t.equal(tagOf(bye, 'to').length > 0 && tagOf(bye, 'from').length > 0, true, call.dialogId);
    told.add(header(bye, 'call-id'));
    ua.answer(bye, 200);
  }
  t.equal(told.size, 3);
  await settled(t, server);
});

void t.test(
  'a caller without an answer is answered when the application goes',
  { buffered: true },
  async (t) => {
    const server = await startServer(t, { timers: quick, graceMs: 100 });
    const ua = await startUdp(t, server);
    const lost = await RawApp.ready(server.adminPort, secret, allVerbs);
    const leg = ua.leg();
    const text = leg.invite();
    await lost.request('INVITE');
    ua.leg().send('OPTIONS');
    await lost.request('OPTIONS');
    await lost.stop();
    const refusal = await ua.inbox.take('a refusal of INVITE', (message) => {
      return (message.status ?? 0) >= 400 && header(message, 'cseq').endsWith('INVITE');
    });
    leg.ackRefusal(refusal, text);
    t.ok((refusal.status ?? 0) >= 500, `${refusal.status}`);
    t.ok(((await ua.response('OPTIONS')).status ?? 0) >= 400);
    await settled(t, server);
  },
);

void t.test(
  'a call of the application’s that still rings is cancelled when the application goes',
  async (t) => {
    const server = await startServer(t, { timers: quick, graceMs: 100 });
    const ua = await startUdp(t, server);
    const lost = await RawApp.ready(server.adminPort, secret, allVerbs);
    const call = await callOut(ua, lost);
    ua.answer(call.invite, 180, { toTag: call.toTag });
    await lost.response('INVITE', 180);
    await lost.stop();
    const cancel = await ua.request('CANCEL');
    t.equal(header(cancel, 'via'), header(call.invite, 'via'));
    ua.answer(cancel, 200);
    ua.answer(call.invite, 487, { toTag: call.toTag });
    await ua.request('ACK');
    await settled(t, server);
  },
);

void t.test('a peer that hangs up within the grace is answered', { buffered: true }, async (t) => {
  const server = await startServer(t, { timers: quick, graceMs: 5000 });
  const ua = await startUdp(t, server);
  const lost = await RawApp.ready(server.adminPort, secret, allVerbs);
  const call = await callIn(ua, lost);
  await lost.stop();
  // Another connection, refused, is proof that the server has read the end of the first one.
  const next = await RawApp.connect(server.adminPort);
  await next.ask('authenticate|wrong|');
  await next.closed;
  call.leg.send('BYE');
  t.equal((await ua.response('BYE')).status, 200);
  await settled(t, server);
});

void t.test('who comes back hears of the calls that ended meanwhile', { buffered: true }, async (t) => {
  const server = await startServer(t, { timers: quick, graceMs: 5000 });
  const ua = await startUdp(t, server);
  const lost = await RawApp.ready(server.adminPort, secret, allVerbs);
  const calls = [await callIn(ua, lost), await callIn(ua, lost)];
  // The end of the first call is on its way to the application when that goes.
  calls[0]?.leg.send('BYE');
  await lost.request('BYE');
  await lost.stop();
  t.equal((await ua.response('BYE')).status, 200, 'a BYE cannot fail');
  calls[1]?.leg.send('BYE');
  await ua.response('BYE', 200);
  const back = await startApp(t, server);
  const told = [await back.request('BYE'), await back.request('BYE')];
  t.same(
    told.map((frame) => frame.tokens[8]),
    ['unsolicited', 'unsolicited'],
  );
  t.same(
    told.map((frame) => frame.tokens[9]),
    calls.map(({ dialogId }) => dialogId),
  );
  await settled(t, server);
  const next = await startApp(t, server);
  await next.ok('ping');
  t.equal(
    next.inbox.count((frame) => frame.kind === 'sip'),
    0,
    'once',
  );
});

void t.test(
  'the application goes between its 200 and the ACK, in both directions: nobody crashes, everybody is told',
  { buffered: true },
  async (t) => {
    const server = await startServer(t, { timers: quick, graceMs: 5000 });
    const ua = await startUdp(t, server);
    const lost = await RawApp.ready(server.adminPort, secret, allVerbs);
    const acknowledged = ua.leg();
    acknowledged.invite();
    const echo = await lost.reply(lost.answer(await lost.request('INVITE'), 200, { body: 'v=0\r\n' }));
    const ok = await ua.response('INVITE', 200);
    ua.leg().invite();
    await lost.reply(lost.answer(await lost.request('INVITE'), 200, { body: 'v=0\r\n' }));
    const outward = await callOut(ua, lost);
    await pickUp(outward, ua, lost);
    await lost.stop();
    acknowledged.ack(ok);
    // The one without an ACK, and the one that nobody acknowledged for us.
    for (let round = 0; round < 2; round += 1) ua.answer(await ua.request('BYE'), 200);
    const back = await startApp(t, server);
    for (let round = 0; round < 2; round += 1) t.equal((await back.request('BYE')).tokens[8], 'unsolicited');
    const { dialogId } = metaOf(echo);
    await back.reply(back.sendRequest('BYE sip:placeholder SIP/2.0', { dialogId }));
    ua.answer(await ua.request('BYE'), 200);
    await back.response('BYE', 200);
    await settled(t, server);
  },
);

void t.test(
  'a dialog belongs to the connection that speaks for it, though the old one is still open',
  { buffered: true },
  async (t) => {
    const server = await startServer(t, { timers: quick, graceMs: 100 });
    const ua = await startUdp(t, server);
    const old = await RawApp.ready(server.adminPort, secret, allVerbs);
    const call = await callIn(ua, old);
    const fresh = await startApp(t, server);
    await fresh.reply(fresh.sendRequest('INFO sip:placeholder SIP/2.0', { dialogId: call.dialogId }));
    ua.answer(await ua.request('INFO'), 200);
    await fresh.response('INFO', 200);
    await old.stop();
    call.leg.send('INFO');
    await fresh.reply(fresh.answer(await fresh.request('INFO'), 200));
    await ua.response('INFO', 200);
    await hangUp(call, ua, fresh);
    await settled(t, server);
  },
);

void t.test(
  'no application: INVITE gets 503, and stop() hangs up what is left',
  { buffered: true },
  async (t) => {
    const server = await startServer(t, { timers: quick });
    const ua = await startUdp(t, server);
    const leg = ua.leg();
    const text = leg.invite();
    const refusal = await ua.response('INVITE', 503);
    leg.ackRefusal(refusal, text);
    await settled(t, server);

    const app = await startApp(t, server);
    const call = await callIn(ua, app);
    const stopping = server.stop();
    const bye = await ua.request('BYE');
    t.equal(header(bye, 'call-id'), call.leg.callId);
    ua.answer(bye, 200);
    await stopping;
    await app.closed;
  },
);
