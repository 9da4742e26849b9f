// What the application may say and what the server makes of it: headers that are the server's own, refusals in the
// captured server's words, routes taken back, answers that come too late.
import t from 'tap';
import { callIn, callOut, hangUp, pickUp } from './support/calls.js';
import { quick, startApp, startServer, startUdp } from './support/live-server.js';
import { metaOf } from './support/raw-app.js';
import { settled } from './support/settled.js';
import { allHeaders, header, sdp, tagOf } from './support/sip-text.js';

// The tests mostly wait for timers: several wait at once.
t.jobs = 4;

void t.test(
  'headers that are the server’s own are not taken from the application',
  { buffered: true },
  async (t) => {
    const server = await startServer(t, { timers: quick });
    const [app, ua] = [await startApp(t, server), await startUdp(t, server)];
    const leg = ua.leg();
    leg.invite({ headers: [['Record-Route', `<sip:127.0.0.1:${ua.port};lr>`]] });
    const invite = await app.request('INVITE');
    const headers = [
      'Via: SIP/2.0/UDP 10.0.0.1;branch=z9hG4bKforged',
      'Record-Route: <sip:10.0.0.1;lr>',
      'RSeq: 7',
      'X-Kept: yes',
      'Content-Type: application/sdp',
    ];
    await app.reply(app.answer(invite, 200, { headers, body: sdp(50000) }));
    const ok = await ua.response('INVITE', 200);
    t.same(allHeaders(ok, 'via').length, 1);
    t.match(header(ok, 'via'), leg.branch);
    t.same(allHeaders(ok, 'record-route'), [`<sip:127.0.0.1:${ua.port};lr>`]);
    t.equal(header(ok, 'rseq'), '');
    t.equal(header(ok, 'x-kept'), 'yes');
    t.same(allHeaders(ok, 'content-type'), ['application/sdp']);
    t.same(allHeaders(ok, 'content-length'), [String(ok.body.length)]);
    leg.ack(ok);
    await app.request('ACK');
    leg.send('BYE');
    await app.reply(app.answer(await app.request('BYE'), 200));
    await settled(t, server);
  },
);

void t.test(
  'a Contact, a To tag and a Content-Type of the application’s are kept',
  { buffered: true },
  async (t) => {
    const server = await startServer(t, { timers: quick });
    const [app, ua] = [await startApp(t, server), await startUdp(t, server)];
    const leg = ua.leg();
    leg.invite();
    const invite = await app.request('INVITE');
    const { transactionId } = metaOf(invite);
    const to = `<sip:conf@127.0.0.1:${server.sipPort}>;tag=chosen`;
    const own = `sip|${transactionId}|\r\nSIP/2.0 200 OK\r\nto: ${to}\r\nContact: <sip:room@127.0.0.1:${server.sipPort}>\r\n`;
    const id = app.send(`${own}Content-Type: application/x-other\r\nContent-Length: 3\r\n\r\nv=0`);
    t.equal((await app.reply(id)).tokens[3], 'OK');
    const ok = await ua.response('INVITE', 200);
    t.equal(tagOf(ok, 'to'), 'chosen');
    t.equal(header(ok, 'contact'), `<sip:room@127.0.0.1:${server.sipPort}>`);
    t.equal(header(ok, 'content-type'), 'application/x-other');
    leg.ack(ok);
    await app.request('ACK');
    leg.send('BYE');
    await app.reply(app.answer(await app.request('BYE'), 200));
    await settled(t, server);
  },
);

void t.test(
  'Content-Length of the application’s is a guess: bytes are counted',
  { buffered: true },
  async (t) => {
    const server = await startServer(t, { timers: quick });
    const [app, ua] = [await startApp(t, server), await startUdp(t, server)];
    for (const claimed of ['Content-Length: 2\r\n', 'Content-Length: 9000\r\n', '']) {
      const body = Buffer.from('äöü€ in the room', 'utf8').toString('latin1');
      const start = `MESSAGE sip:127.0.0.1:${ua.port} SIP/2.0\r\nContent-Type: text/plain;charset=utf-8\r\n`;
      const id = app.send(`sip||\r\n${start}${claimed}\r\n${body}`);
      t.equal((await app.reply(id)).tokens[3], 'OK');
      const message = await ua.request('MESSAGE');
      t.equal(message.body, body);
      t.equal(header(message, 'content-length'), String(body.length));
      ua.answer(message, 200, { toTag: 'm' });
      await app.response('MESSAGE', 200);
    }
    await settled(t, server);
  },
);

void t.test('refusals in the captured server’s words', { buffered: true }, async (t) => {
  const server = await startServer(t, { timers: quick });
  const [app, ua] = [await startApp(t, server), await startUdp(t, server)];
  const self = `sip:x@127.0.0.1:${server.sipPort}`;
  const refusals: Array<[string, RegExp]> = [
    [`sip||\r\nOPTIONS ${self} SIP/2.0\r\n\r\n`, /^can not send request to myself$/],
    [
      `sip||\r\nOPTIONS sip:x@127.0.0.1:${ua.port};transport=tls SIP/2.0\r\n\r\n`,
      /^requested protocol\/transport not available$/,
    ],
    [`sip||\r\nMESSAGE sip:x@127.0.0.1:${ua.port} SIP/2.0\r\n\r\nno type`, /^missing content-type$/],
    ['sip||\r\nOPTIONS sip: SIP/2.0\r\n\r\n', /^invalid request-uri/],
    ['sip||gone\r\nINFO sip:placeholder SIP/2.0\r\n\r\n', /unable to find dialog for dialog id provided$/],
    ['sip|gone|\r\nSIP/2.0 200 OK\r\n\r\n', /^Response not sent due to unknown transaction$/],
  ];
  for (const [rest, reason] of refusals) {
    const [outcome, text] = await app.ask(rest);
    t.equal(outcome, 'NOK', rest.split('\r\n')[1] ?? '');
    t.match(text ?? '', reason);
  }
  t.same(await app.ask('ping'), ['OK', 'pong'], 'and the connection stays');
  t.equal(ua.inbox.history.length, 0, 'nothing was on the wire');
  await settled(t, server);
});

void t.test(
  'a header with a line end in it cannot be smuggled in, nor a second message',
  { buffered: true },
  async (t) => {
    const server = await startServer(t, { timers: quick });
    const [app, ua] = [await startApp(t, server), await startUdp(t, server)];
    const start = `OPTIONS sip:127.0.0.1:${ua.port} SIP/2.0\r\nX-One: 1\rX-Two: 2\nX-Three: 3\r\n\r\n`;
    const reply = await app.reply(app.send(`sip||\r\n${start}`));
    if (reply.tokens[3] === 'OK') {
      const options = await ua.request('OPTIONS');
      t.notMatch(options.raw.replaceAll('\r\n', ''), /[\r\n]/, 'no bare line ends on the wire');
      ua.answer(options, 200, { toTag: 'o' });
      await app.response('OPTIONS', 200);
    } else t.equal(reply.tokens[3], 'NOK');
    await settled(t, server);
  },
);

void t.test(
  'remove_route: the verb is nobody’s any more, the other verbs stay',
  { buffered: true },
  async (t) => {
    const server = await startServer(t, { timers: quick });
    const [app, ua] = [await startApp(t, server, ['message', 'options']), await startUdp(t, server)];
    await app.ok('remove_route|message');
    ua.leg().send('MESSAGE', { headers: [['Content-Type', 'text/plain']], body: 'x' });
    t.equal((await ua.response('MESSAGE')).status, 503);
    ua.leg().send('OPTIONS');
    // Different on purpose: the captured server’s source drops all verbs of the application.
    await app.reply(app.answer(await app.request('OPTIONS'), 200));
    t.equal((await ua.response('OPTIONS')).status, 200);
    await settled(t, server);
  },
);

void t.test(
  'the echo of an outgoing request comes before its answer, however quick the answer is',
  async (t) => {
    const server = await startServer(t, { timers: quick });
    const [app, ua] = [await startApp(t, server), await startUdp(t, server)];
    for (let round = 0; round < 20; round += 1) {
      const id = app.sendRequest(`OPTIONS sip:127.0.0.1:${ua.port} SIP/2.0`);
      ua.answer(await ua.request('OPTIONS'), 200, { toTag: 'o' });
      const answer = await app.response('OPTIONS', 200);
      const echo = await app.reply(id);
      const { history } = app.inbox;
      t.ok(history.indexOf(echo) < history.indexOf(answer));
      t.equal(metaOf(echo).transactionId, metaOf(answer).transactionId);
    }
    await settled(t, server);
  },
);

void t.test('ids of the application’s are kept where it gives them', { buffered: true }, async (t) => {
  const server = await startServer(t, { timers: quick });
  const [app, ua] = [await startApp(t, server), await startUdp(t, server)];
  const call = await callOut(ua, app, { headers: ['Call-ID: mine@app', 'CSeq: 4711 INVITE'] });
  t.equal(header(call.invite, 'call-id'), 'mine@app');
  t.equal(header(call.invite, 'cseq'), '4711 INVITE');
  const { dialogId } = await pickUp(call, ua, app);
  await app.reply(app.sendRequest(`ACK sip:bob@127.0.0.1:${ua.port} SIP/2.0`, { dialogId }));
  t.equal(header(await ua.request('ACK'), 'cseq'), '4711 ACK');
  await app.reply(app.sendRequest('BYE sip:placeholder SIP/2.0', { dialogId }));
  const bye = await ua.request('BYE');
  t.equal(header(bye, 'cseq'), '4712 BYE', 'and counted on from');
  ua.answer(bye, 200);
  await app.response('BYE', 200);
  await settled(t, server);
});

void t.test(
  'one request over two ways is one request: the second copy gets 482 (RFC 3261 section 8.2.2.2)',
  async (t) => {
    const server = await startServer(t, { timers: quick });
    const [app, ua] = [await startApp(t, server), await startUdp(t, server)];
    const leg = ua.leg();
    const first = leg.invite({ cseq: 1 });
    const invite = await app.request('INVITE');
    const second = leg.invite({ cseq: 1 });
    const merged = await ua.response('INVITE', 482);
    leg.ackRefusal(merged, second);
    await app.reply(app.answer(invite, 486));
    leg.ackRefusal(await ua.response('INVITE', 486), first);
    t.equal(
      app.inbox.count((frame) => frame.sip?.method === 'INVITE'),
      1,
    );
    await settled(t, server);
  },
);

void t.test(
  'two calls at once are two calls: ids, tags and answers do not mix',
  { buffered: true },
  async (t) => {
    const server = await startServer(t, { timers: quick });
    const [app, ua] = [await startApp(t, server), await startUdp(t, server)];
    const calls = await Promise.all([1, 2, 3, 4, 5].map(() => callIn(ua, app)));
    t.equal(new Set(calls.map((call) => call.dialogId)).size, 5);
    t.equal(new Set(calls.map((call) => tagOf(call.ok, 'to'))).size, 5);
    for (const call of calls.reverse()) await hangUp(call, ua, app);
    await settled(t, server);
  },
);
