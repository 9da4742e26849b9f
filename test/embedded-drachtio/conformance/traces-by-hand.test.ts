// The captures with several connections, or with long silences, played by hand: 20, 24, 26 and 34.
import t from 'tap';
import { takeFromAny } from './support/inbox.js';
import { allVerbs, quick, secret, startApp, startServer, startUdp } from './support/live-server.js';
import { metaOf, RawApp, type Frame } from './support/raw-app.js';
import { header, sdp, tagOf } from './support/sip-text.js';

/** The application that gets the next request of this method, and the frame it got. */
async function whoever(apps: RawApp[], method: string): Promise<{ app: RawApp; frame: Frame }> {
  const inboxes = apps.map((app) => app.inbox);
  const { index, item } = await takeFromAny(inboxes, method, (frame) => frame.sip?.method === method);
  const app = apps[index];
  if (!app) throw new Error('no such application');
  return { app, frame: item };
}

void t.test('20-app-disconnect', async (t) => {
  // Different on purpose: the captured server answered 481 at once and nobody told the peer.
  const server = await startServer(t, { graceMs: 300 });
  const first = await startApp(t, server, ['invite']);
  const second = await RawApp.ready(server.adminPort, secret, ['invite']);
  const ua = await startUdp(t, server);

  const [busy, call] = [ua.leg(), ua.leg()];
  const busyInvite = busy.invite();
  const refusing = await whoever([first, second], 'INVITE');
  refusing.app.answer(refusing.frame, 486);
  busy.ackRefusal(await ua.response('INVITE', 486), busyInvite);

  call.invite();
  const owner = refusing.app === first ? second : first;
  const invite = await owner.request('INVITE');
  t.pass('round robin gave the next INVITE to the other application');
  owner.answer(invite, 200, { body: sdp(50000) });
  call.ack(await ua.response('INVITE', 200));
  const ack = await owner.request('ACK');
  const { dialogId } = metaOf(ack);
  await owner.stop();

  call.send('INFO');
  const info = await ua.response('INFO');
  t.not(info.status, 481, 'within the grace the dialog is still there');
  const bye = await ua.request('BYE', 3000);
  t.equal(header(bye, 'call-id'), call.callId, 'after the grace the peer is told');
  ua.answer(bye, 200);
  call.send('BYE');
  t.equal((await ua.response('BYE')).status, 481, 'and then the dialog is gone');
  t.ok(dialogId);
});

void t.test('24-raw-admin-probes', async (t) => {
  const server = await startServer(t);
  const ua = await startUdp(t, server);

  await t.test('1 and 2: route and sip without authenticate', async (t) => {
    // Different on purpose: the captured server obeyed. Here nothing works before the secret was given.
    for (const rest of [
      'route|message',
      'sip||\r\nOPTIONS sip:127.0.0.1:9 SIP/2.0\r\nContent-Length: 0\r\n\r\n',
      'ping',
    ]) {
      const app = await RawApp.connect(server.adminPort);
      const [outcome] = await app.ask(rest).catch(() => ['closed']);
      t.not(outcome, 'OK', rest.replace(/\r\n.*/s, ''));
      await app.stop();
    }
    const leg = ua.leg();
    leg.send('MESSAGE', { headers: [['Content-Type', 'text/plain']], body: 'hi' });
    t.equal((await ua.response('MESSAGE')).status, 503, 'so nobody routes MESSAGE');
  });

  await t.test('3: frames merged and split anywhere, also inside the length', async (t) => {
    const app = await startApp(t, server, []);
    const one = `7#p1|ping`;
    app.socket.write(`${one}${one.replace('p1', 'p2')}`);
    t.equal((await app.reply('p1')).tokens.slice(3).join('|'), 'OK|pong');
    t.equal((await app.reply('p2')).tokens.slice(3).join('|'), 'OK|pong');
    app.socket.setNoDelay(true);
    for (const character of '10#p4444|ping') {
      app.socket.write(character);
      await new Promise((resolve) => setImmediate(resolve));
    }
    t.equal((await app.reply('p4444')).tokens.slice(3).join('|'), 'OK|pong');
  });

  await t.test('4: an unknown kind is answered NO and the connection closed', async (t) => {
    const app = await startApp(t, server, []);
    t.same(await app.ask('bogus|x'), ['NO', 'Unknown message type']);
    await app.closed;
  });

  await t.test('5: a frame of absurd length closes the connection', async (t) => {
    // Different on purpose: 120,000 bytes are more than the captured server could hold; ours sets its own limit.
    const app = await startApp(t, server, []);
    app.socket.write('999999999#');
    await app.closed;
    t.pass('closed');
  });

  await t.test('6 and 7: a Call-ID with bars in it', async (t) => {
    // Different on purpose: dialogIds are made here, so that the peer’s Call-ID cannot shift the tokens.
    const app = await startApp(t, server);
    const leg = ua.leg();
    Object.assign(leg, { callId: 'ev|il@ua' });
    leg.invite();
    const invite = await app.request('INVITE');
    t.equal(invite.tokens.length, 13, 'as many tokens as for any other INVITE');
    const echo = await app.reply(app.answer(invite, 200, { body: sdp(50000) }));
    t.equal(echo.tokens[12], '', 'nothing is shifted');
    const { dialogId } = metaOf(echo);
    t.ok(dialogId);
    leg.ack(await ua.response('INVITE', 200));
    t.equal(metaOf(await app.request('ACK')).dialogId, dialogId);
    leg.send('BYE');
    const bye = await app.request('BYE');
    t.equal(metaOf(bye).dialogId, dialogId);
    app.answer(bye, 200);
    t.equal((await ua.response('BYE')).status, 200);
    await app.stop();
  });

  await t.test('8: a route sent twice counts once', async (t) => {
    // Different on purpose: the captured server then gave that application twice its share.
    const twice = await startApp(t, server, ['message', 'message']);
    const once = await startApp(t, server, ['message']);
    for (let index = 0; index < 6; index += 1) {
      ua.leg().send('MESSAGE', { headers: [['Content-Type', 'text/plain']], body: 'x' });
      const asked = await whoever([twice, once], 'MESSAGE');
      asked.app.answer(asked.frame, 200);
      await ua.response('MESSAGE', 200);
    }
    const share = (app: RawApp): number => app.inbox.count((frame) => frame.sip?.method === 'MESSAGE');
    t.same([share(twice), share(once)], [3, 3]);
    await Promise.all([twice.stop(), once.stop()]);
  });

  await t.test('9: all applications gone', async (t) => {
    ua.leg().send('MESSAGE', { headers: [['Content-Type', 'text/plain']], body: 'x' });
    t.equal((await ua.response('MESSAGE')).status, 503);
  });
});

void t.test('26-app-never-answers', async (t) => {
  // Different on purpose: with the captured server the caller got nothing in 75 s.
  const server = await startServer(t, { answerTimeoutMs: 200, timers: quick });
  const app = await startApp(t, server);
  const ua = await startUdp(t, server);
  ua.leg().send('MESSAGE', { headers: [['Content-Type', 'text/plain']], body: 'x' });
  await app.request('MESSAGE');
  const answer = await ua.response('MESSAGE');
  t.ok((answer.status ?? 0) >= 400, `answered ${answer.status}`);
  t.ok(tagOf(answer, 'to'), 'with a To tag of its own');

  const leg = ua.leg();
  const text = leg.invite();
  const invite = await app.request('INVITE');
  const refusal = await ua.inbox.take('a refusal', (message) => (message.status ?? 0) >= 400);
  leg.ackRefusal(refusal, text);
  t.same(await app.reply(app.answer(invite, 200, { body: sdp(1) })).then((reply) => reply.tokens.slice(3)), [
    'NOK',
    'Response not sent due to unknown transaction',
  ]);
});

void t.test('34-frame-size-limits', async (t) => {
  // Different on purpose: every size the captured server choked on must work, alone and pipelined.
  const server = await startServer(t);
  const app = await startApp(t, server, allVerbs);
  const padded = (id: string, size: number): string => `${id}|ping|`.padEnd(size, 'x');
  for (const size of [4000, 12000, 12220, 12228, 12229, 12400, 16000, 30000, 60009]) {
    const id = `s${size}`;
    app.frame(padded(id, size));
    t.equal((await app.reply(id)).tokens[3], 'OK', `${size} bytes`);
  }
  for (const [size, count] of [
    [300, 400],
    [5000, 100],
    [12000, 40],
  ] as const) {
    let all = '';
    for (let index = 0; index < count; index += 1) all += `${size}#${padded(`f${size}x${index}`, size)}`;
    app.socket.write(all);
    await app.inbox.reach(
      `${count} of ${size} bytes`,
      count,
      (frame) => frame.tokens[2]?.startsWith(`f${size}x`) ?? false,
    );
    t.pass(`${count} frames of ${size} bytes in one write`);
  }
});
