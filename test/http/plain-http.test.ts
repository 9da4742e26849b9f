// HTTP without TLS, switched off for the APIs: what goes on, and what is refused.
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:http';
import { join } from 'node:path';
import t from 'tap';
import { WebSocket } from 'ws';
import { Certificate, HttpsServer } from '../../src/http/index.js';
import { isFromBox } from '../../src/http/plain-http.js';
import { takeUpgrades } from '../../src/http/upgrades.js';
import { silentLog } from '../../src/log.js';
import { freePort } from '../calls/box.js';
import { scratchFolder } from '../store/scratch.js';
import { accountId } from './credentials.js';
import { Api } from './kazoo/api.js';
import { EventClient } from './kazoo/event-client.js';

void t.test('what comes from the box itself', (t) => {
  t.equal(isFromBox({ remoteAddress: '127.0.0.1', localAddress: '127.0.0.1' }), true);
  t.equal(isFromBox({ remoteAddress: '::ffff:127.0.0.7' }), true);
  t.equal(isFromBox({ remoteAddress: '::1' }), true);
  t.equal(isFromBox({ remoteAddress: '192.0.2.1', localAddress: '192.0.2.1' }), true, 'by its own address');
  t.equal(isFromBox({ remoteAddress: '192.0.2.7', localAddress: '192.0.2.1' }), false);
  t.equal(isFromBox({ remoteAddress: '1270.0.0.1.example' }), false);
  t.equal(isFromBox({ remoteAddress: undefined }), false, 'who has gone is nobody');
  t.end();
});

void t.test('the APIs are refused without TLS, with one exception', async (t) => {
  const api = await Api.start(t);
  const ask = async (address: string, path = '/accounts/{A}/conferences') =>
    (await api.send('GET', path, undefined, {}, address)).status;
  await api.plain.allow(false, 'ada');
  t.equal(await ask('192.0.2.99'), 200, 'there is no HTTPS in its place');
  api.httpsPort = 8443;
  const refused = await api.send('GET', '/accounts/{A}/conferences');
  t.match(refused, { status: 403, body: { status: 'error', message: /HTTPS only, on port 8443/ } });
  t.equal(await ask('192.0.2.99', '/nothing'), 403, 'not even what there is can be asked');
  t.equal(await ask('192.0.2.99', '/openapi.json'), 403);
  t.equal(
    (await api.app.inject({ url: '/%762/openapi.json' })).statusCode,
    200,
    'inject comes from loopback',
  );
  const disguised = { url: '/%762/openapi.json', remoteAddress: '192.0.2.99' };
  t.equal((await api.app.inject(disguised)).statusCode, 403);
  t.equal(await ask('127.0.0.1'), 200);
  t.equal((await api.app.inject({ url: '/health', remoteAddress: '192.0.2.99' })).statusCode, 200);
  await api.plain.allow(true, 'ada');
  t.equal(await ask('192.0.2.99'), 200);
});

void t.test('a WebSocket is refused in the same way, and opened by HTTPS', async (t) => {
  const api = await Api.start(t);
  const port = await freePort();
  const certificate = new Certificate({
    folder: join(scratchFolder(t), 'c'),
    names: ['127.0.0.1'],
    log: silentLog,
  });
  const https = new HttpsServer({ address: '127.0.0.1', port, certificate, log: silentLog });
  const limits = { maxConnections: 10 };
  await api.app.listen({ host: '127.0.0.1', port: 0 });
  await https.start(api.app.routing, limits, (...upgrade) => api.app.server.emit('upgrade', ...upgrade));
  t.teardown(() => https.stop());
  const client = await EventClient.open(`wss://127.0.0.1:${port}/`, { rejectUnauthorized: false });
  t.teardown(() => client.socket.terminate());
  t.match(await client.subscribe(api.token, accountId, 'conference.event.*.*'), { status: 'success' });

  let served = 0;
  const server = createServer();
  takeUpgrades(
    server,
    () => void served++,
    () => Promise.resolve(true),
  );
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => server.close());
  const refused = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  refused.on('error', () => undefined);
  const [, response] = (await once(refused, 'unexpected-response')) as [unknown, { statusCode: number }];
  t.equal(response.statusCode, 403);
  refused.terminate();
  t.equal(served, 0);
});
