// Where messages go: connections kept and made again, keep-alives, rport, Record-Route, loose routes, other hosts.
import t from 'tap';
import { callIn, callOut, hangUp, pickUp, wholeCall } from './support/calls.js';
import { quick, startApp, startServer, startTcp, startUdp } from './support/live-server.js';
import { settled } from './support/settled.js';
import { allHeaders, formatSip, header, tagOf } from './support/sip-text.js';
import { fresh, TcpAgent } from './support/user-agent.js';

// The tests mostly wait for timers: several wait at once.
t.jobs = 4;

void t.test(
  'TCP: answers and in-dialog requests go back over the caller’s connection',
  { buffered: true },
  async (t) => {
    const server = await startServer(t, { timers: quick });
    const [app, ua] = [await startApp(t, server), await startTcp(t, server)];
    const call = await callIn(ua, app);
    t.match(header(call.ok, 'contact'), /;transport=tcp>/);
    await app.reply(app.sendRequest('INFO sip:placeholder SIP/2.0', { dialogId: call.dialogId }));
    const info = await ua.request('INFO');
    t.match(header(info, 'via'), /^SIP\/2\.0\/TCP /);
    ua.answer(info, 200);
    await app.response('INFO', 200);
    await hangUp(call, ua, app);
    t.equal(ua.accepted, 0);
    t.equal(
      ua.inbox.count((message) => message.status === 200 && header(message, 'cseq') === '1 INVITE'),
      1,
      'said once',
    );
    await settled(t, server);
  },
);

void t.test(
  'TCP: several messages in one piece, one message in many pieces, keep-alives between',
  async (t) => {
    const server = await startServer(t, { timers: quick });
    const [app, ua] = [await startApp(t, server), await startTcp(t, server)];
    const [one, two] = [ua.leg(), ua.leg()];
    ua.send(`\r\n\r\n${one.text('OPTIONS')}${two.text('OPTIONS')}\r\n\r\n`);
    for (let round = 0; round < 2; round += 1) app.answer(await app.request('OPTIONS'), 200);
    await ua.response('OPTIONS', 200);
    await ua.response('OPTIONS', 200);
    const body = 'x'.repeat(3000);
    const text = ua.leg().text('MESSAGE', { headers: [['Content-Type', 'text/plain']], body });
    ua.connection.setNoDelay(true);
    for (let at = 0; at < text.length; at += 37) {
      ua.send(text.slice(at, at + 37));
      await new Promise((resolve) => setImmediate(resolve));
    }
    const message = await app.request('MESSAGE');
    t.equal(message.sip?.body, body);
    app.answer(message, 200);
    await ua.response('MESSAGE', 200);
    // RFC 5626 section 4.4.1: every CRLFCRLF is answered by one CRLF.
    t.equal(ua.pongs, 2);
  },
);

void t.test('TCP: a connection that is gone is made anew to the Contact', { buffered: true }, async (t) => {
  const server = await startServer(t, { timers: quick });
  const app = await startApp(t, server);
  const ua = await new TcpAgent(server.sipPort).start();
  const listener = await new TcpAgent(server.sipPort).listen();
  t.teardown(() => Promise.all([ua.stop(), listener.stop()]));
  ua.port = listener.port;
  const call = await callIn(ua, app);
  await ua.hangUp();
  await app.reply(app.sendRequest('BYE sip:placeholder SIP/2.0', { dialogId: call.dialogId }));
  const bye = await listener.request('BYE');
  t.equal(listener.accepted, 1);
  t.equal(header(bye, 'call-id'), call.leg.callId);
  listener.answer(bye, 200);
  await app.response('BYE', 200);
  await settled(t, server);
});

void t.test(
  'TCP: outgoing calls share one connection; a dead host is an error, not a silence',
  { buffered: true },
  async (t) => {
    const server = await startServer(t, { timers: quick });
    const app = await startApp(t, server);
    const ua = await new TcpAgent(server.sipPort).listen();
    t.teardown(() => ua.stop());
    for (let round = 0; round < 2; round += 1) {
      const call = await callOut(ua, app);
      t.match(header(call.invite, 'contact'), /;transport=tcp>/);
      const { dialogId } = await pickUp(call, ua, app);
      await app.reply(
        app.sendRequest(`ACK sip:bob@127.0.0.1:${ua.port};transport=tcp SIP/2.0`, { dialogId }),
      );
      await ua.request('ACK');
      await app.reply(app.sendRequest('BYE sip:placeholder SIP/2.0', { dialogId }));
      ua.answer(await ua.request('BYE'), 200);
      await app.response('BYE', 200);
    }
    t.equal(ua.accepted, 1, 'one connection for both');
    const port = ua.port;
    await ua.stop();
    const reply = await app.reply(app.sendRequest(`OPTIONS sip:127.0.0.1:${port};transport=tcp SIP/2.0`));
    if (reply.tokens[3] === 'OK') {
      const failure = await app.response('OPTIONS');
      t.ok([408, 503].includes(failure.sip?.status ?? 0), `${failure.sip?.status}`);
    } else t.equal(reply.tokens[3], 'NOK');
    await settled(t, server);
  },
);

void t.test('UDP: a keep-alive is no message, and does no harm', { buffered: true }, async (t) => {
  const server = await startServer(t, { timers: quick });
  const [app, ua] = [await startApp(t, server), await startUdp(t, server)];
  for (const text of ['\r\n\r\n', '\r\n', '', '\0\0\0\0']) ua.send(text);
  await wholeCall(ua, app);
  await settled(t, server);
});

void t.test('rport: answers go to where the request came from (RFC 3581)', { buffered: true }, async (t) => {
  const server = await startServer(t, { timers: quick });
  const [app, ua] = [await startApp(t, server), await startUdp(t, server)];
  const send = (via: string): void => {
    const leg = ua.leg();
    const text = leg.text('OPTIONS').replace(/^Via: .*$/m, `Via: SIP/2.0/UDP ${via}`);
    ua.send(text);
  };
  send(`host.example.com:9;branch=${fresh('z9hG4bK-')};rport`);
  const first = await app.request('OPTIONS');
  await app.reply(app.answer(first, 200));
  const answer = await ua.response('OPTIONS', 200);
  t.match(header(answer, 'via'), new RegExp(`;rport=${ua.port}`));
  t.match(header(answer, 'via'), /;received=127\.0\.0\.1/);
  t.match(header(answer, 'via'), /host\.example\.com:9/, 'and sent-by stays as it was');

  send(`host.example.com:${ua.port};branch=${fresh('z9hG4bK-')}`);
  await app.reply(app.answer(await app.request('OPTIONS'), 200));
  t.match(
    header(await ua.response('OPTIONS', 200), 'via'),
    /;received=127\.0\.0\.1/,
    'no rport: sent-by’s port',
  );
});

void t.test(
  'Record-Route is copied into the 200 and is the route of what follows, both ways',
  { buffered: true },
  async (t) => {
    const server = await startServer(t, { timers: quick });
    const [app, ua] = [await startApp(t, server), await startUdp(t, server)];
    const routes = [`<sip:127.0.0.1:${ua.port};lr;p=1>`, '<sip:10.9.9.9:5060;lr;p=2>'];
    const call = await callIn(ua, app, { headers: routes.map((route) => ['Record-Route', route]) });
    t.same(allHeaders(call.ok, 'record-route'), routes);
    await app.reply(app.sendRequest('BYE sip:placeholder SIP/2.0', { dialogId: call.dialogId }));
    const bye = await ua.request('BYE');
    t.same(allHeaders(bye, 'route'), routes, 'as callee: in the order received');
    t.equal(bye.uri, `sip:alice@127.0.0.1:${ua.port}`);
    ua.answer(bye, 200);
    await app.response('BYE', 200);

    const out = await callOut(ua, app);
    ua.answer(out.invite, 200, {
      toTag: out.toTag,
      headers: [
        ['Record-Route', '<sip:10.9.9.9:5060;lr;p=2>'],
        ['Record-Route', `<sip:127.0.0.1:${ua.port};lr;p=1>`],
        ['Contact', '<sip:bob@10.8.8.8>'],
      ],
    });
    const { tokens } = await app.response('INVITE', 200);
    const dialogId = tokens[9] ?? '';
    await app.reply(app.sendRequest('ACK sip:bob@10.8.8.8 SIP/2.0', { dialogId }));
    const ack = await ua.request('ACK');
    t.same(allHeaders(ack, 'route'), routes, 'as caller: reversed');
    t.equal(ack.uri, 'sip:bob@10.8.8.8');
    await app.reply(app.sendRequest('BYE sip:placeholder SIP/2.0', { dialogId }));
    const last = await ua.request('BYE');
    t.same(allHeaders(last, 'route'), routes);
    t.equal(tagOf(last, 'to'), out.toTag);
    ua.answer(last, 200);
    await app.response('BYE', 200);
    await settled(t, server);
  },
);

void t.test(
  'the fifth token is the next hop, whatever the request URI says',
  { buffered: true },
  async (t) => {
    const server = await startServer(t, { timers: quick });
    const [app, ua] = [await startApp(t, server), await startUdp(t, server)];
    const proxy = `sip:127.0.0.1:${ua.port}`;
    const call = await callOut(ua, app, { uri: 'sip:bob@10.7.7.7', proxy });
    t.equal(call.invite.uri, 'sip:bob@10.7.7.7');
    ua.answer(call.invite, 486, { toTag: call.toTag });
    await ua.request('ACK');
    await app.response('INVITE', 486);
    await settled(t, server);
  },
);

void t.test('a peer behind NAT is reached where it sends from', { buffered: true }, async (t) => {
  const server = await startServer(t, { timers: quick });
  const [app, ua] = [await startApp(t, server), await startUdp(t, server)];
  const leg = ua.leg();
  const text = leg.text('INVITE').replace(/^Contact: .*$/m, 'Contact: <sip:alice@192.168.77.77:5060>');
  ua.send(text);
  const invite = await app.request('INVITE');
  const echo = await app.reply(app.answer(invite, 200, { body: 'v=0\r\n' }));
  leg.ack(await ua.response('INVITE', 200));
  await app.request('ACK');
  await app.reply(app.sendRequest('BYE sip:placeholder SIP/2.0', { dialogId: echo.tokens[11] ?? '' }));
  const bye = await ua.request('BYE');
  t.equal(bye.uri, 'sip:alice@192.168.77.77:5060');
  ua.answer(bye, 200);
  await app.response('BYE', 200);
  await settled(t, server);
});

void t.test('externalAddress stands in Contact and for localhost', { buffered: true }, async (t) => {
  const server = await startServer(t, { timers: quick, externalAddress: '203.0.113.7' });
  const [app, ua] = [await startApp(t, server), await startUdp(t, server)];
  const call = await callIn(ua, app);
  t.match(header(call.ok, 'contact'), /203\.0\.113\.7/);
  const out = await callOut(ua, app);
  t.match(header(out.invite, 'from'), /@203\.0\.113\.7/);
  t.match(header(out.invite, 'contact'), /@203\.0\.113\.7/);
  ua.answer(out.invite, 486, { toTag: out.toTag });
  await app.response('INVITE', 486);
  await hangUp(call, ua, app);
});

void t.test('a response that belongs to nothing is dropped', { buffered: true }, async (t) => {
  const server = await startServer(t, { timers: quick });
  const [app, ua] = [await startApp(t, server), await startUdp(t, server)];
  const stray = formatSip('SIP/2.0 200 OK', [
    ['Via', `SIP/2.0/UDP 127.0.0.1:${server.sipPort};branch=z9hG4bKnobody`],
    ['From', '<sip:a@b>;tag=1'],
    ['To', '<sip:c@d>;tag=2'],
    ['Call-ID', 'nobody'],
    ['CSeq', '1 INVITE'],
  ]);
  ua.send(stray);
  await wholeCall(ua, app);
  t.equal(
    app.inbox.count((frame) => frame.sip?.status !== undefined && frame.kind === 'sip'),
    0,
  );
  await settled(t, server);
});
