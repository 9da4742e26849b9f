// The application is drachtio-srf itself, unmodified: calls in and out, changed, put on hold, hung up, cancelled,
// challenged and lost. What it makes of the server is what the product will see.
import { createHash } from 'node:crypto';
import { once, type EventEmitter } from 'node:events';
import type { Test } from 'tap';
import t from 'tap';
import Srf from 'drachtio-srf';
import { type EmbeddedDrachtio } from '../../../src/embedded-drachtio/index.js';
import { quick, secret, startServer, startUdp } from './support/live-server.js';
import { settled } from './support/settled.js';
import { header, sdp, tagOf } from './support/sip-text.js';
import { type UdpAgent } from './support/user-agent.js';

// The tests mostly wait for timers: several wait at once.
t.jobs = 4;

// What is used of drachtio-srf here, as it is and not as its own types have it.
interface Message extends EventEmitter {
  status: number;
  body: string;
  cancel(done: () => void): void;
}
interface Reply {
  send(status: number, options?: object): void;
}
interface Dialog extends EventEmitter {
  sip: { callId: string; localTag: string; remoteTag: string };
  local: { sdp: string; contact: string };
  remote: { sdp: string };
  socket: { destroy(): void };
  modify(sdp: string): Promise<string>;
  request(options: object): Promise<Message>;
  destroy(): Promise<unknown>;
}
type Handler = (req: Message, res: Reply) => void;
interface App extends EventEmitter {
  connect(options: object): void;
  disconnect(): void;
  invite(handler: Handler): void;
  options(handler: Handler): void;
  createUAS(req: Message, res: Reply, options: object): Promise<Dialog>;
  createUAC(uri: string, options: object, callbacks?: object): Promise<Dialog>;
  request(uri: string, options: object, done: (error: unknown, req: Message) => void): void;
}

interface Bench {
  server: EmbeddedDrachtio;
  srf: App;
  ua: UdpAgent;
}

/** A server, a telephone, and drachtio-srf connected and routed. */
async function bench(t: Test, prepare: (srf: App) => void = () => undefined): Promise<Bench> {
  const server = await startServer(t, { timers: quick, graceMs: 3000 });
  const ua = await startUdp(t, server);
  const srf = new Srf() as unknown as App;
  prepare(srf);
  srf.connect({ host: '127.0.0.1', port: server.adminPort, secret });
  const [error] = (await once(srf, 'connect')) as [Error | null];
  t.notOk(error);
  t.teardown(() => srf.disconnect());
  // What leaves the server after the routes were sent proves that they have arrived.
  srf.request(`sip:127.0.0.1:${ua.port}`, { method: 'NOTIFY' }, () => undefined);
  ua.answer(await ua.request('NOTIFY'), 200, { toTag: 'n' });
  return { server, srf, ua };
}

/** A promise and the functions that settle it. */
function deferred<T>(): {
  promise: Promise<T>;
  resolve: (value: T) => void;
  reject: (error: unknown) => void;
} {
  let resolve: (value: T) => void = () => undefined;
  let reject: (error: unknown) => void = () => undefined;
  const promise = new Promise<T>((yes, no) => ([resolve, reject] = [yes, no]));
  return { promise, resolve, reject };
}

/** A bench whose application answers the next call, and the dialog it gets. */
async function answering(t: Test, headers = {}): Promise<Bench & { answered: Promise<Dialog> }> {
  const handler = deferred<Dialog>();
  const made = await bench(t, (srf) => {
    srf.invite((req, res) => {
      srf.createUAS(req, res, { localSdp: sdp(50000), headers }).then(handler.resolve, handler.reject);
    });
  });
  return { ...made, answered: handler.promise };
}

const answer = (
  ua: UdpAgent,
  port: number,
): { toTag: string; headers: Array<[string, string]>; body: string } => ({
  toTag: 'bob',
  headers: [
    ['Contact', ua.contact],
    ['Content-Type', 'application/sdp'],
  ],
  body: sdp(port),
});

void t.test(
  'createUAS, INFO and re-INVITE from the peer, modify and INFO from us, BYE from the peer',
  async (t) => {
    const { server, ua, answered } = await answering(t, { 'User-Agent': 'app' });
    const leg = ua.leg();
    leg.invite();
    const ok = await ua.response('INVITE', 200);
    t.equal(header(ok, 'user-agent'), 'app');
    leg.ack(ok);
    const dialog = await answered;
    t.equal(dialog.remote.sdp, sdp(40000));
    t.equal(dialog.sip.remoteTag, leg.fromTag);

    const heard = once(dialog, 'info');
    leg.send('INFO', {
      headers: [['Content-Type', 'application/dtmf-relay']],
      body: 'Signal=5\r\nDuration=160\r\n',
    });
    const [req, res] = (await heard) as [Message, Reply];
    t.equal(req.body, 'Signal=5\r\nDuration=160\r\n');
    res.send(200);
    await ua.response('INFO', 200);

    const modified = once(dialog, 'modify');
    leg.invite({ body: sdp(40002) });
    const [reinvite, reply] = (await modified) as [Message, Reply];
    t.equal(reinvite.body, sdp(40002));
    reply.send(200, { body: dialog.local.sdp });
    leg.ack(await ua.response('INVITE', 200));

    const changing = dialog.modify(sdp(50002));
    const own = await ua.request('INVITE');
    t.equal(own.body, sdp(50002));
    ua.answer(own, 200, answer(ua, 40004));
    await ua.request('ACK');
    await changing;
    t.equal(dialog.remote.sdp, sdp(40004));

    const told = dialog.request({ method: 'INFO', headers: { 'Content-Type': 'text/plain' }, body: 'hello' });
    const info = await ua.request('INFO');
    t.equal(info.body, 'hello');
    ua.answer(info, 200);
    t.equal((await told).status, 200);

    const gone = once(dialog, 'destroy');
    leg.send('BYE');
    await gone;
    await ua.response('BYE', 200);
    await settled(t, server);
  },
);

void t.test(
  'createUAC: ringing, answered, hung up by us; and one the peer refuses',
  { buffered: true },
  async (t) => {
    const { server, srf, ua } = await bench(t);
    const statuses: number[] = [];
    const placed = srf.createUAC(
      `sip:bob@127.0.0.1:${ua.port}`,
      { localSdp: sdp(50000), callingNumber: '1000' },
      { cbProvisional: (res: Message) => statuses.push(res.status) },
    );
    const invite = await ua.request('INVITE');
    ua.answer(invite, 100);
    ua.answer(invite, 180, { toTag: 'bob', headers: [['Contact', ua.contact]] });
    ua.answer(invite, 200, answer(ua, 41000));
    const ack = await ua.request('ACK');
    t.equal(header(ack, 'cseq').split(' ')[0], header(invite, 'cseq').split(' ')[0]);
    const dialog = await placed;
    t.same(statuses, [180]);
    t.equal(dialog.sip.remoteTag, 'bob');
    t.match(dialog.local.contact, `127.0.0.1:${server.sipPort}`);
    const ended = dialog.destroy();
    ua.answer(await ua.request('BYE'), 200);
    await ended;

    // Listened to from the start: the refusal may reach the application before its ACK reaches the telephone.
    const refused = t.rejects(srf.createUAC(`sip:bob@127.0.0.1:${ua.port}`, { localSdp: sdp(50000) }), {
      message: /486/,
    });
    ua.answer(await ua.request('INVITE'), 486, { toTag: 'busy' });
    await ua.request('ACK');
    await refused;
    await settled(t, server);
  },
);

void t.test(
  'createUAC with a password: 401 to INVITE, 407 to the next, and the call stands',
  { buffered: true },
  async (t) => {
    const { server, srf, ua } = await bench(t);
    for (const [status, challenge, credentials] of [
      [401, 'WWW-Authenticate', 'authorization'],
      [407, 'Proxy-Authenticate', 'proxy-authorization'],
    ] as const) {
      const uri = `sip:bob@127.0.0.1:${ua.port}`;
      const placed = srf.createUAC(uri, {
        localSdp: sdp(50000),
        callingNumber: '1000',
        auth: { username: 'u', password: 'p' },
      });
      const first = await ua.request('INVITE');
      ua.answer(first, status, {
        toTag: 'ch',
        headers: [[challenge, 'Digest realm="test.local",nonce="abc",algorithm=MD5,qop="auth"']],
      });
      await ua.request('ACK');
      const second = await ua.request('INVITE');
      t.equal(header(second, 'call-id'), header(first, 'call-id'));
      t.equal(tagOf(second, 'from'), tagOf(first, 'from'));
      t.equal(parseInt(header(second, 'cseq')), parseInt(header(first, 'cseq')) + 1);
      const value = (name: string): string =>
        new RegExp(`\\b${name}="?([^",]+)`).exec(header(second, credentials))?.[1] ?? '';
      const md5 = (text: string): string => createHash('md5').update(text).digest('hex');
      const ha1 = md5('u:test.local:p');
      const ha2 = md5(`INVITE:${value('uri')}`);
      t.equal(
        value('response'),
        md5(`${ha1}:abc:${value('nc')}:${value('cnonce')}:auth:${ha2}`),
        'the digest holds',
      );
      ua.answer(second, 200, answer(ua, 41000));
      await ua.request('ACK');
      const dialog = await placed;
      const ended = dialog.destroy();
      const bye = await ua.request('BYE');
      t.ok(parseInt(header(bye, 'cseq')) > parseInt(header(second, 'cseq')), 'BYE counts on from there');
      ua.answer(bye, 200);
      await ended;
    }
    await settled(t, server);
  },
);

void t.test('REGISTER with a password, OPTIONS both ways', { buffered: true }, async (t) => {
  const { server, srf, ua } = await bench(t, (app) => app.options((_req, res) => res.send(200)));
  const registered = new Promise<number>((resolve, reject) => {
    srf.request(
      `sip:127.0.0.1:${ua.port}`,
      {
        method: 'REGISTER',
        headers: {
          To: '<sip:1000@127.0.0.1>',
          From: '<sip:1000@127.0.0.1>',
          Contact: '<sip:1000@localhost>',
          Expires: '300',
        },
        auth: { username: 'u', password: 'p' },
      },
      (err, req) => {
        if (err) reject(err as Error);
        else req.on('response', (res: Message) => resolve(res.status));
      },
    );
  });
  const first = await ua.request('REGISTER');
  t.match(header(first, 'contact'), `<sip:1000@127.0.0.1:${server.sipPort}>`);
  ua.answer(first, 401, {
    toTag: 'r',
    headers: [['WWW-Authenticate', 'Digest realm="r",nonce="n",algorithm=MD5']],
  });
  const second = await ua.request('REGISTER');
  t.match(header(second, 'authorization'), /^Digest username="u"/);
  ua.answer(second, 200, { toTag: 'r' });
  t.equal(await registered, 200);

  ua.leg().send('OPTIONS');
  t.equal((await ua.response('OPTIONS')).status, 200);
  await settled(t, server);
});

void t.test('cancelled by the caller, cancelled by us', { buffered: true }, async (t) => {
  const invited = deferred<Message>();
  const { server, srf, ua } = await bench(t, (app) => {
    app.invite((req, res) => {
      res.send(180);
      invited.resolve(req);
    });
  });
  const leg = ua.leg();
  const text = leg.invite();
  const req = await invited.promise;
  await ua.response('INVITE', 180);
  const cancelled = new Promise((resolve) => req.on('cancel', resolve));
  leg.cancel(text);
  await cancelled;
  leg.ackRefusal(await ua.response('INVITE', 487), text);

  let request: Message | undefined;
  const refused = t.rejects(
    srf.createUAC(
      `sip:bob@127.0.0.1:${ua.port}`,
      { localSdp: sdp(50000) },
      {
        cbRequest: (_err: unknown, sent: Message) => (request = sent),
        cbProvisional: () => request?.cancel(() => undefined),
      },
    ),
    { message: /487/ },
  );
  const invite = await ua.request('INVITE');
  ua.answer(invite, 180, { toTag: 'bob' });
  ua.answer(await ua.request('CANCEL'), 200);
  ua.answer(invite, 487, { toTag: 'bob' });
  await ua.request('ACK');
  await refused;
  await settled(t, server);
});

void t.test(
  'no ACK: the dialog ends with the reason; a dead dialog is ENODIALOG',
  { buffered: true },
  async (t) => {
    const { server, ua, answered } = await answering(t);
    ua.leg().invite();
    const dialog = await answered;
    const gone = once(dialog, 'destroy');
    ua.answer(await ua.request('BYE'), 200);
    const [, reason] = (await gone) as [unknown, string];
    t.equal(reason, 'ACK timeout');
    await t.rejects(dialog.request({ method: 'INFO' }), { code: 'ENODIALOG' });
    await settled(t, server);
  },
);

void t.test('delayed offer: the answer is in the ACK', { buffered: true }, async (t) => {
  const { server, ua, answered } = await answering(t);
  const leg = ua.leg();
  leg.send('INVITE');
  const ok = await ua.response('INVITE', 200);
  t.equal(ok.body, sdp(50000));
  const dialog = await answered;
  const acked = once(dialog, 'ack');
  leg.ack(ok, { headers: [['Content-Type', 'application/sdp']], body: sdp(40000) });
  const [ack] = (await acked) as [Message];
  t.equal(ack.body, sdp(40000));
  const ended = dialog.destroy();
  ua.answer(await ua.request('BYE'), 200);
  await ended;
  await settled(t, server);
});

void t.test(
  'the connection is lost and comes back: srf reconnects by itself and hears of its dialogs',
  async (t) => {
    const { server, srf, ua, answered } = await answering(t);
    const leg = ua.leg();
    leg.invite();
    leg.ack(await ua.response('INVITE', 200));
    const dialog = await answered;
    srf.on('error', () => undefined);
    const again = once(srf, 'connect');
    dialog.socket.destroy();
    await again;
    leg.send('OPTIONS');
    const status = (await ua.response('OPTIONS')).status ?? 0;
    t.ok(status > 0 && status !== 481, `the dialog is still known: ${status}`);
    leg.send('BYE');
    await ua.response('BYE');
    await settled(t, server);
  },
);

void t.test('wrong secret: srf says so', { buffered: true }, async (t) => {
  const server = await startServer(t);
  const srf = new Srf() as unknown as App;
  const reconnect = { maxAttempts: 1 };
  srf.connect({ host: '127.0.0.1', port: server.adminPort, secret: 'wrong', reconnect });
  const [error] = (await once(srf, 'connect')) as [Error | null];
  t.match(error?.message ?? '', /authenticate/);
  srf.disconnect();
});
