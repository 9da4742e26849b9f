import { once } from 'node:events';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import t from 'tap';
import { arrivalLimits, limitArrival, mayTakeLong } from '../../src/http/arrival.js';

void t.test('a body that trickles in is given up, unless it may take long', async (t) => {
  const server = createServer((incoming, response) => {
    if (incoming.url === '/long') mayTakeLong(incoming);
    incoming.on('error', () => undefined);
    incoming.on('end', () => response.end('all of it'));
    incoming.resume();
  });
  limitArrival(server, { usual: 100, long: 60_000 });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const begin = (path: string) => {
    const sent = request({ port, path, method: 'POST', headers: { 'content-length': 2 } });
    sent.write('a');
    return sent;
  };
  const [usual, long] = [begin('/usual'), begin('/long')];
  const [error] = (await once(usual, 'error')) as [NodeJS.ErrnoException];
  t.equal(error.code, 'ECONNRESET');
  long.end('b');
  const [response] = (await once(long, 'response')) as [{ statusCode: number }];
  t.equal(response.statusCode, 200);
});

void t.test('the limits of a box', (t) => {
  const server = createServer();
  limitArrival(server);
  t.equal(server.headersTimeout, 30_000);
  t.equal(server.requestTimeout, arrivalLimits.long);
  t.end();
});
