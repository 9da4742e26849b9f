// Registration, challenged calls, an outbound proxy and requests outside of calls, against a small server of the test.
import { createHash } from 'node:crypto';
import t from 'tap';

import { answerChallenge } from './digest.js';
import { Phone } from './phone.js';
import { responseTo, SipMessage } from './sip-message.js';
import { type ServerTransaction, Transactions } from './sip-transactions.js';
import { SipTransport } from './sip-transport.js';

const md5 = (text: string): string => createHash('md5').update(text).digest('hex');

/** Whether the request carries the right digest for anna / secret. */
function authorized(request: SipMessage, header: string): boolean {
  const value = request.get(header) ?? '';
  const get = (name: string): string => new RegExp(`[ ,]${name}="?([^",]+)`).exec(value)?.[1] ?? '';
  const a1 = md5(`anna:box:secret`);
  const a2 = md5(`${request.method}:${get('uri')}`);
  const due = md5(`${a1}:abc:${get('nc')}:${get('cnonce')}:auth:${a2}`);
  return get('nonce') === 'abc' && get('uri') === request.uri && get('response') === due;
}

async function server(
  onRequest: (request: SipMessage, transaction: ServerTransaction) => void,
): Promise<SipTransport> {
  const transport = new SipTransport('udp', '127.0.0.1');
  const transactions = new Transactions(transport);
  await transport.start();
  transactions.start();
  transactions.onRequest = onRequest;
  t.teardown(async () => {
    transactions.stop();
    await transport.stop();
  });
  return transport;
}

void t.test('REGISTER and INVITE answer their challenges', async (t) => {
  const seen: SipMessage[] = [];
  const { port } = await server((request, transaction) => {
    seen.push(request);
    const proxy = request.method === 'INVITE';
    const status = authorized(request, proxy ? 'proxy-authorization' : 'authorization')
      ? request.method === 'REGISTER'
        ? 200
        : 486
      : proxy
        ? 407
        : 401;
    const response = responseTo(request, status, 'Whatever', 'there');
    if (status === 401)
      response.add('WWW-Authenticate', 'Digest realm="box", nonce="abc", qop="auth,auth-int"');
    if (status === 407) response.add('Proxy-Authenticate', 'Digest realm="box", nonce="abc", qop="auth"');
    transaction.respond(response);
  });
  const phone = await new Phone({
    user: 'anna',
    displayName: 'Anna "A"',
    proxy: `sip:127.0.0.1:${port}`,
  }).start();
  t.teardown(() => phone.stop());
  await t.rejects(phone.register(`sip:127.0.0.1:${port}`, { user: 'anna', password: 'wrong' }), /401/);
  await phone.register(`sip:127.0.0.1:${port}`, { user: 'anna', password: 'secret' });
  t.match(await phone.call('3000').ended(), { code: 486 });
  t.equal(seen.at(-1)?.uri, `sip:3000@127.0.0.1:${port}`);
  t.match(seen.at(-1)?.get('from'), /^"Anna \\"A\\"" <sip:anna@/);
  await phone.unregister();
  t.equal(seen.at(-1)?.get('expires'), '0');
  t.equal(new Set(seen.filter(({ method }) => method === 'REGISTER').map(({ callId }) => callId)).size, 1);
  t.equal((await phone.ask('OPTIONS', `sip:127.0.0.1:${port}`)).status, 486);
});

void t.test('repeated requests are counted', async (t) => {
  let times = 0;
  const transport = new SipTransport('udp', '127.0.0.1');
  await transport.start();
  t.teardown(() => transport.stop());
  transport.onMessage = (request, from) => {
    if (++times === 2) transport.send(responseTo(request, 404, 'Not Found', 'x'), from);
  };
  const phone = await new Phone().start();
  t.teardown(() => phone.stop());
  t.match(await phone.call(`sip:x@127.0.0.1:${transport.port}`).ended(), { code: 404 });
  t.equal(phone.retransmissions, 1);
});

void t.test('requests in the dialog follow the record route', async (t) => {
  const methods: string[] = [];
  const bob = await new Phone({ user: 'bob', autoAnswer: true }).start();
  // A proxy that only stays on the path: it passes everything on and swaps nothing.
  const proxy = new SipTransport('udp', '127.0.0.1');
  await proxy.start();
  let alicePort = 0;
  proxy.onMessage = (message) => {
    if (message.isRequest) {
      methods.push(`${message.method}${message.get('route') ? ' routed' : ''}`);
      message.prepend('Via', `SIP/2.0/UDP 127.0.0.1:${proxy.port};branch=z9hG4bK${message.branch}`);
      message.prepend('Record-Route', `<sip:127.0.0.1:${proxy.port};lr>`);
      proxy.send(message, { host: '127.0.0.1', port: bob.port });
    } else {
      const [, ...vias] = message.all('via');
      message.remove('via');
      for (const via of vias) message.add('Via', via);
      proxy.send(message, { host: '127.0.0.1', port: alicePort });
    }
  };
  const alice = await new Phone({ user: 'alice', proxy: `sip:127.0.0.1:${proxy.port}` }).start();
  alicePort = alice.port;
  t.teardown(async () => {
    await Promise.all([alice.stop(), bob.stop()]);
    await proxy.stop();
  });
  const call = alice.call(bob.uri);
  await call.answered();
  await call.hold();
  await call.hangup();
  t.same(methods, ['INVITE', 'ACK routed', 'INVITE routed', 'ACK routed', 'BYE routed']);
});

void t.test('digest without qop, the example of RFC 2617 with its RFC 2069 answer', (t) => {
  const challenge = SipMessage.response(401, 'Unauthorized').add(
    'WWW-Authenticate',
    'Digest realm="testrealm@host.com", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", opaque="5ccc"',
  );
  const header = answerChallenge(challenge, 'GET', '/dir/index.html', {
    user: 'Mufasa',
    password: 'Circle Of Life',
  });
  t.match(header?.value, /response="670fd8c2df070c60b045671b8b24ff02".*opaque="5ccc"/);
  t.equal(
    answerChallenge(SipMessage.response(401, 'x'), 'GET', '/', { user: 'a', password: 'b' }),
    undefined,
  );
  t.end();
});
