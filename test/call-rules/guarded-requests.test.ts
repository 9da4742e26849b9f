// What is refused before anything is sent; what goes over the wire is in test/http/catapult/callbacks.
import t from 'tap';
import { GuardedRequests, UrlRefused } from '../../src/calls/index.js';
import { FetchGuard } from '../../src/sounds/index.js';
import { webServer } from '../sounds/web-server.js';

const thisMachine = new GuardedRequests(
  new FetchGuard({ allowed: [{ address: '127.0.0.1', prefix: 32 }], ownPorts: [8000] }),
);

void t.test('what a URL says by itself', async (t) => {
  const strict = new GuardedRequests(new FetchGuard());
  for (const url of ['https://example.com/a', 'http://user:pass@9.9.9.9:8000/', 'http://[2620:fe::fe]/']) {
    t.equal(strict.parse(url).href, url);
  }
  for (const url of [
    ...['ftp://example.com/', 'file:///etc/passwd', 'example.com', ''],
    ...['http://10.0.0.1/', 'http://127.0.0.1:9000/', 'http://localhost:9000/', 'http://[::1]/'],
  ]) {
    t.throws(() => strict.parse(url), UrlRefused, url);
  }
  t.ok(thisMachine.parse('http://127.0.0.1:9000/'));
  t.throws(() => thisMachine.parse('http://127.0.0.1:8000/'), UrlRefused, 'the box itself');
});

void t.test('a name that leads to the box itself, only seen when it is looked up', async (t) => {
  const guard = new FetchGuard({ ownPorts: [8000] });
  const unaware = { check: () => undefined, lookupFor: (url: URL) => guard.lookupFor(url) };
  const requests = new GuardedRequests(unaware);
  const sent = requests.send('http://localhost:8000/', { method: 'GET', timeoutMs: 5000, mostBytes: 10 });
  await t.rejects(sent, UrlRefused);
});

void t.test('an answer that is too long', async (t) => {
  const { base: url } = await webServer(t, (_, response) => response.end('12345'));
  const options = { method: 'GET' as const, timeoutMs: 5000 };
  t.equal(await thisMachine.send(url, { ...options, mostBytes: 5 }), 200);
  await t.rejects(thisMachine.send(url, { ...options, mostBytes: 4 }), /more than 4 bytes/);
});
