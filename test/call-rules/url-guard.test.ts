import t from 'tap';
import { UrlGuard, UrlRefused } from '../../src/calls/index.js';

const own = { address: '192.168.1.20', ports: [8000, 5060] };
const strict = new UrlGuard({ allowPrivate: false, own });
const open = new UrlGuard({ allowPrivate: true, own });

void t.test('public addresses and names are allowed', async (t) => {
  for (const url of ['https://example.com/a', 'http://user:pass@9.9.9.9:8000/', 'http://[2620:fe::fe]/']) {
    t.equal(strict.parse(url).href, url);
  }
});

void t.test('private ones only where the settings allow it', async (t) => {
  for (const url of [
    'http://10.0.0.1/',
    'http://172.16.3.4/',
    'http://192.168.1.5/',
    'http://192.168.1.20:9000/',
    'http://100.64.0.1/',
    'http://127.0.0.1:9000/',
    'http://2130706433:9000/',
    'http://0x7f.1:9000/',
    'http://localhost:9000/',
    'http://a.localhost.:9000/',
    'http://[::1]:9000/',
    'http://[fd00::1]/',
  ]) {
    t.throws(() => strict.parse(url), UrlRefused, url);
    t.ok(open.parse(url), url);
  }
});

void t.test('the box itself, and what is no host, never', async (t) => {
  for (const url of [
    'http://192.168.1.20:8000/',
    'http://127.0.0.1:8000/',
    'http://127.9.9.9:5060/',
    'http://localhost:8000/',
    'http://[::1]:8000/',
    'http://[::ffff:127.0.0.1]:8000/',
    'http://0.0.0.0/',
    'http://0/',
    'http://169.254.169.254/latest/meta-data',
    'http://224.0.0.1/',
    'http://255.255.255.255/',
    'http://[::]/',
    'http://[::ffff:7f00:1]:9000/',
    'http://[64:ff9b::7f00:1]/',
    'http://[fe80::1]/',
    'http://[2002:7f00:1::]/',
  ]) {
    t.throws(() => open.parse(url), UrlRefused, url);
  }
});

void t.test('other schemes, nonsense, and too much', async (t) => {
  for (const url of [
    'ftp://example.com/',
    'file:///etc/passwd',
    'example.com',
    '',
    `http://a/${'x'.repeat(2048)}`,
  ]) {
    t.throws(() => open.parse(url), UrlRefused, url.slice(0, 40));
  }
});

void t.test('a name is judged by its address', async (t) => {
  const url = new URL('http://localhost:8000/');
  await new Promise<void>((done) => {
    open.lookupFor(url)('localhost', {}, (error) => {
      t.match(error, { message: 'leads to the box itself' });
      done();
    });
  });
});
