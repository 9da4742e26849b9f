// One fetch: what is written, and all that is refused.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { FetchGuard, readableUrl } from '../../src/sounds/index.js';
import { fetchSound, type FetchRequest } from '../../src/sounds/sound-fetcher.js';
import { loopbackGuard, webServer } from './web-server.js';

const folder = mkdtempSync(join(tmpdir(), 'partyline-fetch-'));
t.teardown(() => rmSync(folder, { recursive: true, force: true }));
const to = join(folder, 'sound');

function fetchIt(url: string, more: Partial<FetchRequest> = {}) {
  return fetchSound({ url, to, guard: loopbackGuard, limits: { bytes: 1000, ms: 5000 }, ...more });
}

void t.test('a sound, straight and after a redirect; not again when it has not changed', async (t) => {
  const { base } = await webServer(t, ({ url, headers }, response) => {
    if (url === '/moved') response.writeHead(302, { location: '/sound' }).end();
    else if (headers['if-none-match'] === '"1"') response.writeHead(304).end();
    else response.writeHead(200, { etag: '"1"', 'last-modified': 'today' }).end('samples');
  });
  const fetched = await fetchIt(`${base}/moved`);
  t.strictSame(fetched, { kind: 'written', validators: { etag: '"1"', modified: 'today' } });
  t.equal(readFileSync(to, 'utf8'), 'samples');
  t.strictSame(await fetchIt(`${base}/sound`, { known: { etag: '"1"' } }), { kind: 'unchanged' });
});

void t.test('too large, with and without a length that says so', async (t) => {
  const { base } = await webServer(t, (_request, response) => {
    response.write(Buffer.alloc(600));
    response.end(Buffer.alloc(600));
  });
  await t.rejects(fetchIt(base), { name: 'SoundError', message: /larger than 1000/ });
});

void t.test('a server that never ends is given up', async (t) => {
  const { base } = await webServer(t, (_request, response) => void response.write('a'));
  await t.rejects(fetchIt(base, { limits: { bytes: 1000, ms: 200 } }), /not fetched within 0.2 s/);
});

void t.test('other answers, and redirects without end', async (t) => {
  const { base, asked } = await webServer(t, ({ url }, response) => {
    if (url === '/round') response.writeHead(301, { location: '/round' }).end();
    else response.writeHead(404).end();
  });
  await t.rejects(fetchIt(`${base}/nothing`), /answered 404/);
  asked.length = 0;
  await t.rejects(fetchIt(`${base}/round`), /redirects too often/);
  t.equal(asked.length, 4);
});

void t.test('no address that the guard refuses is connected to', async (t) => {
  const guarded = await webServer(t, (_request, response) => response.end('secret'));
  const { port } = new URL(guarded.base);
  const guard = new FetchGuard();
  for (const host of ['127.0.0.1', 'localhost', '[::1]', '2130706433', '0x7f.1', '[::ffff:127.0.0.1]']) {
    await t.rejects(fetchIt(`http://${host}:${port}/`, { guard }), /may not be fetched from/, host);
  }
  const { base } = await webServer(t, (_request, response) =>
    response.writeHead(302, { location: `http://127.0.0.2:${port}/` }).end(),
  );
  await t.rejects(fetchIt(base), /may not be fetched from 127.0.0.2/, 'nor after a redirect');
  t.equal(guarded.asked.length, 0);
});

void t.test('what is no URL of a sound', async (t) => {
  for (const url of [
    'file:///etc/passwd',
    'ftp://example.com/a',
    'nothing',
    'http://',
    `http://a/${'a'.repeat(2048)}`,
  ]) {
    await t.rejects(fetchIt(url), /^its URL/, url.slice(0, 30));
  }
  await t.rejects(fetchIt('http://user:pass@example.com/'), /password/);
  t.equal(readableUrl('http://a.example/b.wav?token=secret#x'), 'http://a.example/b.wav');
});
