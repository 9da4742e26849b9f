import { readFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import t from 'tap';
import { bundleUrl, companyNetworks, fetchBundle, FetchFailed } from '../../src/appliance/fetch-bundle.js';
import { FetchGuard } from '../../src/sounds/index.js';
import { scratchFolder, type Test } from '../store/scratch.js';

async function serve(t: Test, answer: RequestListener): Promise<string> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const here = new FetchGuard({ allowed: [{ address: '127.0.0.1', prefix: 32 }] });

function get(
  t: Test,
  url: string,
  options: { guard?: FetchGuard; most?: number; signal?: AbortSignal } = {},
) {
  const to = join(scratchFolder(t), 'bundle');
  const told: [number, number | undefined][] = [];
  const { guard = here, most = 1000, signal = new AbortController().signal } = options;
  const onBytes = (...seen: [number, number | undefined]) => void told.push(seen);
  const done = fetchBundle({ url, to, guard, most, patienceMs: 5000, signal, onBytes });
  return { to, told, done };
}

void t.test('a file is fetched over a redirect, and how far it is', async (t) => {
  const url = await serve(t, (request, response) => {
    if (request.url === '/new') response.end('x'.repeat(500));
    else response.writeHead(302, { location: '/new' }).end();
  });
  const { to, told, done } = get(t, `${url}/old`);
  await done;
  t.equal(readFileSync(to, 'utf8').length, 500);
  t.strictSame(told.at(-1), [500, 500]);
});

void t.test('what cannot be had is told with its reason', async (t) => {
  const url = await serve(t, (request, response) => {
    switch (request.url) {
      case '/large':
        return response.writeHead(200, { 'content-length': '1001' }).end('x'.repeat(1001));
      case '/endless':
        return response.end('x'.repeat(1001));
      case '/cut':
        response.writeHead(200, { 'content-length': '900' }).write('x', () => response.destroy());
        return;
      case '/round':
        return response.writeHead(302, { location: '/round' }).end();
      case '/elsewhere':
        return response.writeHead(302, { location: 'file:///etc/passwd' }).end();
      case '/inside':
        return response.writeHead(302, { location: 'http://127.0.0.2:9022/' }).end();
      default:
        return response.writeHead(404).end();
    }
  });
  const cases = [
    ['/missing', 'answer'],
    ['/large', 'too-large'],
    ['/endless', 'too-large'],
    ['/cut', 'connection'],
    ['/round', 'answer'],
    ['/elsewhere', 'url'],
    ['/inside', 'address'],
  ] as const;
  for (const [path, why] of cases)
    await t.rejects(get(t, url + path).done, { name: 'FetchFailed', why }, path);
  await t.rejects(get(t, 'http://127.0.0.1:9/').done, { name: 'FetchFailed', why: 'connection' });
});

void t.test('the company’s network may be fetched from, the box itself may not', async (t) => {
  const url = await serve(t, (_request, response) => response.end('x'));
  const guard = new FetchGuard({ allowed: companyNetworks, own: () => ['192.168.1.20'] });
  await t.rejects(get(t, url, { guard }).done, { name: 'FetchFailed', why: 'address' });
  await t.rejects(get(t, 'http://192.168.1.20/x', { guard }).done, { name: 'FetchFailed', why: 'address' });
  for (const address of ['192.168.1.5', '10.1.2.3', '172.20.0.1', 'fd00::5', '9.9.9.9'])
    t.ok(guard.allows(address, 80), address);
  for (const address of ['169.254.1.1', 'fe80::1', '224.0.0.1']) t.notOk(guard.allows(address, 80), address);
});

void t.test('a download is given up when nobody wants it any more', async (t) => {
  const url = await serve(t, (_request, response) => void response.write('x'));
  const abort = new AbortController();
  const { told, done } = get(t, url, { signal: abort.signal });
  const watch = setInterval(() => told.length > 0 && abort.abort(), 5);
  t.teardown(() => clearInterval(watch));
  await t.rejects(done, FetchFailed);
});

void t.test('what is no URL of a web server', (t) => {
  for (const text of ['', 'update.raucb', 'ftp://x/y', 'http://a:b@x/y', `http://x/${'y'.repeat(2048)}`])
    t.throws(() => bundleUrl(text), { name: 'FetchFailed', why: 'url' }, text);
  t.equal(bundleUrl('/b', new URL('http://x/a')).href, 'http://x/b');
  t.end();
});
