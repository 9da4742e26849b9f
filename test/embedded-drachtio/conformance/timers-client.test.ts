// The client transactions of RFC 3261 section 17.1 and RFC 6026 over real datagrams, with T1 at 20 ms:
// what is said again, how often, and what the application hears of it.
import t from 'tap';
import { answerCall, callOut, gaps, pickUp } from './support/calls.js';
import { quick, startApp, startServer, startUdp } from './support/live-server.js';
import { settled } from './support/settled.js';
import { header, tagOf } from './support/sip-text.js';

// The tests mostly wait for timers: several wait at once.
t.jobs = 4;

/** The peer of this call never existed: a request to it times out, which serves as a clock of 64 × T1. */
const options = (port: number): string => `OPTIONS sip:127.0.0.1:${port} SIP/2.0`;

void t.test(
  'timers A and B: INVITE is said again at doubling pauses, then 408',
  { buffered: true },
  async (t) => {
    const server = await startServer(t, { timers: quick });
    const [app, ua] = [await startApp(t, server), await startUdp(t, server)];
    const call = await callOut(ua, app);
    const timeout = await app.response('INVITE', 408);
    t.equal(timeout.tokens[3], '0', 'nothing was on the wire');
    const copies = ua.inbox.history.filter((message) => message.method === 'INVITE');
    t.ok(copies.length >= 6 && copies.length <= 7, `${copies.length} INVITEs`);
    t.ok(copies.every((copy) => copy.raw === call.invite.raw));
    const pauses = gaps(copies);
    // A busy machine may stretch any one of them; the last is as long as all others together.
    t.equal(pauses.at(-1), Math.max(...pauses), `growing: ${pauses.join(' ')} ms`);
    await settled(t, server);
  },
);

void t.test(
  'timers E and F: another request is said again up to every T2, then 408',
  { buffered: true },
  async (t) => {
    const server = await startServer(t, { timers: quick });
    const [app, ua] = [await startApp(t, server), await startUdp(t, server)];
    await app.reply(app.sendRequest(options(ua.port)));
    await app.response('OPTIONS', 408);
    const copies = ua.inbox.history.filter((message) => message.method === 'OPTIONS');
    // 0, 20, 60, 140, 300 ms, then every 160 ms until 1,280 ms.
    t.ok(copies.length >= 8 && copies.length <= 12, `${copies.length} OPTIONS`);
    const pauses = gaps(copies);
    t.ok((pauses[0] ?? 0) < 100 && Math.max(...pauses) < 3 * quick.t2, `${pauses.join(' ')} ms`);
    await settled(t, server);
  },
);

void t.test(
  'a provisional response ends the retransmission of INVITE, a final one that of others',
  async (t) => {
    const server = await startServer(t, { timers: quick });
    const [app, ua, silent] = [
      await startApp(t, server),
      await startUdp(t, server),
      await startUdp(t, server),
    ];
    const call = await callOut(ua, app);
    ua.answer(call.invite, 100);
    await app.reply(app.sendRequest(options(ua.port)));
    ua.answer(await ua.request('OPTIONS'), 200, { toTag: 'o' });
    await app.response('OPTIONS', 200);
    await app.reply(app.sendRequest(options(silent.port)));
    await app.response('OPTIONS', 408);
    const count = (method: string): number => ua.inbox.count((message) => message.method === method);
    t.ok(count('INVITE') <= 3, `${count('INVITE')} INVITEs`);
    t.ok(count('OPTIONS') <= 3, `${count('OPTIONS')} OPTIONS`);
    t.equal(
      app.inbox.count((frame) => frame.sip?.status === 100),
      0,
      '100 is not passed on',
    );
    ua.answer(call.invite, 486, { toTag: call.toTag });
    await app.response('INVITE', 486);
    await settled(t, server);
  },
);

void t.test(
  'a refusal is acknowledged by the server, each time it comes, and passed on once',
  { buffered: true },
  async (t) => {
    const server = await startServer(t, { timers: quick });
    const [app, ua] = [await startApp(t, server), await startUdp(t, server)];
    const call = await callOut(ua, app);
    for (let round = 0; round < 3; round += 1) {
      ua.answer(call.invite, 486, { toTag: call.toTag });
      const ack = await ua.request('ACK');
      t.equal(header(ack, 'via'), header(call.invite, 'via'), 'in the same transaction');
      t.equal(tagOf(ack, 'to'), call.toTag);
      t.equal(header(ack, 'cseq').split(' ')[0], header(call.invite, 'cseq').split(' ')[0]);
    }
    await app.response('INVITE', 486);
    t.equal(
      app.inbox.count((frame) => frame.sip?.status === 486),
      1,
    );
    const late = await app.ask(
      `sip||none\r\nACK sip:bob@127.0.0.1:${ua.port} SIP/2.0\r\nContent-Length: 0\r\n\r\n`,
    );
    t.equal(late[0], 'NOK', 'the application’s own ACK is refused and nothing closed');
    t.same(await app.ask('ping'), ['OK', 'pong']);
    await settled(t, server);
  },
);

void t.test(
  'RFC 6026: a 200 that comes again before the ACK is absorbed, after it is acknowledged again',
  async (t) => {
    const server = await startServer(t, { timers: quick });
    const [app, ua] = [await startApp(t, server), await startUdp(t, server)];
    const call = await callOut(ua, app);
    const { dialogId } = await pickUp(call, ua, app);
    answerCall(call, ua);
    await app.ok('ping');
    await app.reply(app.sendRequest(`ACK sip:bob@127.0.0.1:${ua.port} SIP/2.0`, { dialogId }));
    const ack = await ua.request('ACK');
    for (let round = 0; round < 3; round += 1) {
      answerCall(call, ua);
      t.equal((await ua.request('ACK')).raw, ack.raw, 'the same ACK');
    }
    await app.ok('ping');
    t.equal(
      app.inbox.count((frame) => frame.sip?.status === 200),
      1,
      'the application hears of one',
    );
    await app.reply(app.sendRequest('BYE sip:placeholder SIP/2.0', { dialogId }));
    ua.answer(await ua.request('BYE'), 200);
    await app.response('BYE', 200);
    await settled(t, server);
  },
);

void t.test(
  'CANCEL waits for the first provisional response (RFC 3261 section 9.1)',
  { buffered: true },
  async (t) => {
    const server = await startServer(t, { timers: quick });
    const [app, ua] = [await startApp(t, server), await startUdp(t, server)];
    const call = await callOut(ua, app);
    const start = `CANCEL sip:bob@127.0.0.1:${ua.port} SIP/2.0`;
    const cancelled = app.sendRequest(start, { transactionId: call.transactionId });
    t.equal((await app.reply(cancelled)).tokens[3], 'OK');
    await ua.inbox.reach('a retransmission of INVITE', 2, (message) => message.method === 'INVITE');
    t.equal(
      ua.inbox.count((message) => message.method === 'CANCEL'),
      0,
      'not yet',
    );
    ua.answer(call.invite, 180, { toTag: call.toTag });
    const cancel = await ua.request('CANCEL');
    t.equal(header(cancel, 'via'), header(call.invite, 'via'));
    ua.answer(cancel, 200);
    ua.answer(call.invite, 487, { toTag: call.toTag });
    await ua.request('ACK');
    await app.response('INVITE', 487);
    t.equal(
      app.inbox.count((frame) => frame.sip?.status === 200),
      0,
      'the 200 to CANCEL is swallowed',
    );
    await settled(t, server);
  },
);

void t.test(
  'a 200 that crosses the CANCEL: the peer gets its ACK and then BYE',
  { buffered: true },
  async (t) => {
    const server = await startServer(t, { timers: quick });
    const [app, ua] = [await startApp(t, server), await startUdp(t, server)];
    const call = await callOut(ua, app);
    ua.answer(call.invite, 180, { toTag: call.toTag });
    await app.response('INVITE', 180);
    const start = `CANCEL sip:bob@127.0.0.1:${ua.port} SIP/2.0`;
    await app.reply(app.sendRequest(start, { transactionId: call.transactionId }));
    const cancel = await ua.request('CANCEL');
    answerCall(call, ua);
    ua.answer(cancel, 200);
    const final = await app.inbox.take('the outcome of INVITE', (frame) => (frame.sip?.status ?? 0) >= 200);
    const dialogId = final.tokens[9] ?? '';
    // drachtio-srf acknowledges whatever final response it is given.
    const ack = await app.reply(app.sendRequest(`ACK sip:bob@127.0.0.1:${ua.port} SIP/2.0`, { dialogId }));
    t.ok(['OK', 'NOK'].includes(ack.tokens[3] ?? ''));
    t.equal(tagOf(await ua.request('ACK'), 'to'), call.toTag);
    const bye = await ua.request('BYE');
    t.equal(tagOf(bye, 'to'), call.toTag);
    ua.answer(bye, 200);
    if (final.sip?.status === 200) {
      const told = await app.request('BYE');
      t.equal(told.tokens[8], 'unsolicited');
      t.equal(told.tokens[2], 'application');
    }
    await settled(t, server);
  },
);

void t.test(
  'two legs answer: the first is the call, the second is acknowledged and hung up',
  { buffered: true },
  async (t) => {
    const server = await startServer(t, { timers: quick });
    const [app, ua] = [await startApp(t, server), await startUdp(t, server)];
    const call = await callOut(ua, app);
    const { dialogId } = await pickUp(call, ua, app);
    await app.reply(app.sendRequest(`ACK sip:bob@127.0.0.1:${ua.port} SIP/2.0`, { dialogId }));
    await ua.request('ACK');
    for (let round = 0; round < 2; round += 1) {
      ua.answer(call.invite, 200, { toTag: 'other', headers: [['Contact', ua.contact]], body: '' });
      t.equal(tagOf(await ua.request('ACK'), 'to'), 'other');
    }
    const bye = await ua.request('BYE');
    t.equal(tagOf(bye, 'to'), 'other');
    t.equal(header(bye, 'call-id'), header(call.invite, 'call-id'));
    ua.answer(bye, 200);
    await app.ok('ping');
    t.equal(
      app.inbox.count((frame) => frame.sip?.status === 200),
      1,
      'the application hears of one',
    );
    await app.reply(app.sendRequest('BYE sip:placeholder SIP/2.0', { dialogId }));
    const last = await ua.inbox.take(
      'the BYE of the first leg',
      (message) => message.method === 'BYE' && tagOf(message, 'to') === call.toTag,
    );
    ua.answer(last, 200);
    await app.response('BYE', 200);
    await settled(t, server);
  },
);
