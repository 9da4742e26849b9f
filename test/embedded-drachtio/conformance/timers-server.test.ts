// The server transactions of RFC 3261 section 17.2 and the dialogs above them, over real datagrams with T1 at 20 ms.
import t from 'tap';
import { callIn, gaps, hangUp } from './support/calls.js';
import { quick, startApp, startServer, startUdp } from './support/live-server.js';
import { metaOf } from './support/raw-app.js';
import { settled } from './support/settled.js';
import { header, sdp, tagOf } from './support/sip-text.js';

// The tests mostly wait for timers: several wait at once.
t.jobs = 4;

const finals = (status: number) => (message: { status?: number; headers: Array<[string, string]> }) =>
  message.status === status &&
  message.headers.some(([name, value]) => name === 'cseq' && value.endsWith('INVITE'));

void t.test(
  '200 is said again at pauses from T1 to T2 until the ACK comes, then never more',
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
    await ua.inbox.reach('200s', 6, finals(200));
    const pauses = gaps(ua.inbox.history.filter(finals(200)));
    t.ok((pauses[0] ?? 0) < 100 && Math.max(...pauses) < 3 * quick.t2, `${pauses.join(' ')} ms`);
    t.ok((pauses[4] ?? 0) > (pauses[0] ?? 0), 'growing');
    leg.ack(await ua.response('INVITE', 200));
    await app.request('ACK');
    const atAck = ua.inbox.count(finals(200));
    await app.reply(app.sendRequest(`OPTIONS sip:127.0.0.1:${silent.port} SIP/2.0`));
    await app.response('OPTIONS', 408);
    t.ok(ua.inbox.count(finals(200)) <= atAck + 1, 'silence since');
    leg.send('BYE');
    app.answer(await app.request('BYE'), 200);
    await ua.response('BYE', 200);
    await settled(t, server);
  },
);

void t.test(
  'no ACK in 64 × T1: BYE to the peer and an unsolicited BYE to the application',
  { buffered: true },
  async (t) => {
    const server = await startServer(t, { timers: quick });
    const [app, ua] = [await startApp(t, server), await startUdp(t, server)];
    const leg = ua.leg();
    leg.invite();
    const echo = await app.reply(app.answer(await app.request('INVITE'), 200, { body: sdp(50000) }));
    const bye = await ua.request('BYE');
    t.match(header(bye, 'reason'), /^SIP\s*;\s*cause=200\s*;\s*text="ACK timeout"$/);
    ua.answer(bye, 200);
    const told = await app.request('BYE');
    t.equal(told.tokens[8], 'unsolicited');
    t.equal(told.tokens[9], metaOf(echo).dialogId);
    await settled(t, server);
  },
);

void t.test(
  'timer G: a refusal is said again until the ACK, which the application never sees',
  { buffered: true },
  async (t) => {
    const server = await startServer(t, { timers: quick });
    const [app, ua] = [await startApp(t, server), await startUdp(t, server)];
    const leg = ua.leg();
    const text = leg.invite();
    await app.reply(app.answer(await app.request('INVITE'), 486));
    await ua.inbox.reach('486s', 4, finals(486));
    leg.ackRefusal(await ua.response('INVITE', 486), text);
    await settled(t, server);
    t.equal(
      app.inbox.count((frame) => frame.sip?.method === 'ACK'),
      0,
    );
  },
);

void t.test('timer H: without any ACK the refusal ends by itself', { buffered: true }, async (t) => {
  const server = await startServer(t, { timers: quick });
  const [app, ua] = [await startApp(t, server), await startUdp(t, server)];
  ua.leg().invite();
  await app.reply(app.answer(await app.request('INVITE'), 486));
  await settled(t, server);
  const copies = ua.inbox.count(finals(486));
  // 0, 20, 60, 140, 300 ms, then every 160 ms until 1,280 ms.
  t.ok(copies >= 8 && copies <= 12, `${copies} times`);
});

void t.test(
  'an INVITE that comes again gets what was last said: 100, 180, 486',
  { buffered: true },
  async (t) => {
    const server = await startServer(t, { timers: quick });
    const [app, ua] = [await startApp(t, server), await startUdp(t, server)];
    const leg = ua.leg();
    const text = leg.invite();
    const invite = await app.request('INVITE');
    const trying = await ua.response('INVITE', 100);
    ua.send(text);
    await ua.again(trying);
    await app.reply(app.answer(invite, 180));
    const ringing = await ua.response('INVITE', 180);
    ua.send(text);
    await ua.again(ringing);
    await app.reply(app.answer(invite, 486));
    const busy = await ua.response('INVITE', 486);
    t.equal(tagOf(busy, 'to'), tagOf(ringing, 'to'), 'one To tag for all of them');
    ua.send(text);
    await ua.again(busy);
    leg.ackRefusal(busy, text);
    t.equal(
      app.inbox.count((frame) => frame.sip?.method === 'INVITE'),
      1,
      'one INVITE for the application',
    );
    await settled(t, server);
  },
);

void t.test(
  'another request that comes again is absorbed, then gets the same answer (timer J)',
  async (t) => {
    const server = await startServer(t, { timers: quick });
    const [app, ua] = [await startApp(t, server), await startUdp(t, server)];
    const text = ua.leg().send('OPTIONS');
    const asked = await app.request('OPTIONS');
    ua.send(text);
    await app.reply(app.answer(asked, 200));
    const answer = await ua.response('OPTIONS', 200);
    ua.send(text);
    await ua.again(answer);
    t.equal(
      app.inbox.count((frame) => frame.sip?.method === 'OPTIONS'),
      1,
    );
    await settled(t, server);
  },
);

void t.test(
  'CANCEL: of nothing 481, said twice 200 twice and one for the application',
  { buffered: true },
  async (t) => {
    const server = await startServer(t, { timers: quick });
    const [app, ua] = [await startApp(t, server), await startUdp(t, server)];
    const unknown = ua.leg();
    unknown.cancel(unknown.text('INVITE'));
    t.equal((await ua.response('CANCEL')).status, 481);

    const leg = ua.leg();
    const text = leg.invite();
    await app.request('INVITE');
    const cancel = leg.cancel(text);
    const cancelled = await ua.response('CANCEL', 200);
    ua.send(cancel);
    await ua.again(cancelled);
    leg.ackRefusal(await ua.response('INVITE', 487), text);
    await app.request('CANCEL');
    await settled(t, server);
    t.equal(
      app.inbox.count((frame) => frame.sip?.method === 'CANCEL'),
      1,
    );
  },
);

void t.test(
  'a re-INVITE on top of a pending one is refused 500 with Retry-After (RFC 3261 section 14.2)',
  async (t) => {
    const server = await startServer(t, { timers: quick });
    const [app, ua] = [await startApp(t, server), await startUdp(t, server)];
    const call = await callIn(ua, app);
    call.leg.invite();
    const first = await app.request('INVITE');
    const text = call.leg.invite();
    const refusal = await ua.response('INVITE', 500);
    t.match(header(refusal, 'retry-after'), /^\d+/);
    call.leg.ackRefusal(refusal, text);
    await app.reply(app.answer(first, 200, { body: sdp(50002) }));
    const ok = await ua.response('INVITE', 200);
    call.leg.ack(ok);
    t.equal(metaOf(await app.request('ACK')).dialogId, call.dialogId);
    await hangUp(call, ua, app);
    await settled(t, server);
  },
);

void t.test(
  '100rel: the provisional response is said again until PRACK, and PRACK for nothing gets 481',
  async (t) => {
    const server = await startServer(t, { timers: quick });
    const [app, ua] = [await startApp(t, server), await startUdp(t, server)];
    const leg = ua.leg();
    leg.invite({ headers: [['Supported', '100rel']] });
    const invite = await app.request('INVITE');
    await app.reply(app.answer(invite, 183, { headers: ['Require: 100rel'], body: sdp(50000) }));
    const progress = await ua.response('INVITE', 183);
    await ua.inbox.reach('183s', 3, finals(183));
    leg.toTag = tagOf(progress, 'to');
    leg.target = /<([^>]+)>/.exec(header(progress, 'contact'))?.[1] ?? leg.target;
    const rseq = Number(header(progress, 'rseq'));
    t.ok(rseq > 0);
    leg.send('PRACK', { headers: [['RAck', `${rseq + 7} 1 INVITE`]] });
    t.equal((await ua.response('PRACK')).status, 481, 'no such RSeq');
    leg.send('PRACK', { headers: [['RAck', `${rseq} 1 INVITE`]] });
    const prack = await app.request('PRACK');
    await app.reply(app.answer(prack, 200));
    await ua.response('PRACK', 200);
    await app.reply(app.answer(invite, 200, { body: sdp(50000) }));
    const ok = await ua.response('INVITE', 200);
    leg.ack(ok);
    const { dialogId } = metaOf(await app.request('ACK'));
    leg.send('BYE');
    const bye = await app.request('BYE');
    t.equal(metaOf(bye).dialogId, dialogId);
    app.answer(bye, 200);
    await ua.response('BYE', 200);
    await settled(t, server);
  },
);
