// What may be connected to.
import t from 'tap';
import { FetchGuard } from '../../src/sounds/index.js';

const own = () => ['127.0.0.1', '::1', '192.168.1.20', '93.184.216.34'];

void t.test('the Internet, and nothing else', (t) => {
  const guard = new FetchGuard({ own });
  for (const address of ['1.1.1.1', '172.32.0.1', '2606:4700::1111'])
    t.ok(guard.allows(address, 80), address);
  const refused = [
    ...['0.0.0.0', '10.0.0.1', '100.64.0.1', '127.0.0.1', '127.1.2.3', '169.254.169.254', '172.16.0.1'],
    ...['192.168.1.20', '192.168.9.9', '198.18.0.1', '224.0.0.1', '255.255.255.255', '192.0.2.1'],
    ...['::', '::1', 'fe80::1', 'fc00::1', 'fd12::1', 'ff02::1', '2001:db8::1', '2001::1', '2002:7f00:1::'],
    ...['::ffff:127.0.0.1', '::ffff:10.0.0.1', '::FFFF:10.0.0.1', '::ffff:7f00:1', '64:ff9b::7f00:1'],
    ...['', 'localhost', '127.1', '1.1.1.1.1'],
  ];
  for (const address of refused) t.notOk(guard.allows(address, 80), address);
  t.notOk(guard.allows('93.184.216.34', 80), 'the box itself, on the Internet');
  t.end();
});

void t.test('networks that are named; the box only by its own address', (t) => {
  const guard = new FetchGuard({
    own,
    allowed: [
      { address: '192.168.1.0', prefix: 24 },
      { address: 'fd00::', prefix: 8 },
    ],
  });
  t.ok(guard.allows('192.168.1.5', 80));
  t.ok(guard.allows('fd12::1', 80));
  t.notOk(guard.allows('192.168.2.5', 80));
  t.notOk(guard.allows('192.168.1.20', 80), 'the box itself');
  // 192.168.1.20 is c0a8:114; URLs are read so that the second form is what arrives here.
  for (const dressed of [
    '::ffff:192.168.1.20',
    '::ffff:c0a8:114',
    '0:0:0:0:0:FFFF:C0A8:0114',
    '0::ffff:192.168.1.20',
  ])
    t.notOk(guard.allows(dressed, 80), `the box itself as ${dressed}`);
  t.ok(guard.allows('::ffff:c0a8:105', 80), 'another machine in the same dress');
  t.ok(new FetchGuard({ own, allowed: [{ address: '127.0.0.1', prefix: 32 }] }).allows('127.0.0.1', 80));
  t.end();
});

void t.test('a network that holds everything does not name the box', (t) => {
  const guard = new FetchGuard({
    own,
    allowed: [
      { address: '0.0.0.0', prefix: 0 },
      { address: '::', prefix: 0 },
    ],
  });
  t.ok(guard.allows('10.1.2.3', 80));
  t.ok(guard.allows('fd12::1', 80));
  for (const box of ['127.0.0.1', '127.0.0.2', '0.0.0.0', '::', '::1', '::ffff:7f00:2', '93.184.216.34'])
    t.notOk(guard.allows(box, 80), box);
  const named = new FetchGuard({ own, allowed: [{ address: '0:0::1', prefix: 128 }] });
  t.ok(named.allows('::1', 80), 'the box by its address, however that is written');
  t.end();
});

void t.test('of this machine what is not the box, when the machine is named', (t) => {
  const guard = new FetchGuard({ own, allowed: [{ address: '192.168.1.20', prefix: 32 }], ownPorts: [8000] });
  t.ok(guard.allows('192.168.1.20', 8001));
  t.notOk(guard.allows('192.168.1.20', 8000));
  t.notOk(guard.allows('::ffff:c0a8:114', 8000));
  t.ok(guard.allows('1.1.1.1', 8000));
  t.end();
});

void t.test('what a URL says by itself', (t) => {
  const guard = new FetchGuard({ own, allowed: [{ address: '127.0.0.1', prefix: 32 }], ownPorts: [80, 443] });
  for (const url of ['http://1.1.1.1/', 'https://a.example/', 'http://127.0.0.1:81/', 'http://localhost:81/'])
    t.doesNotThrow(() => guard.check(new URL(url)), url);
  for (const url of [
    ...['http://127.0.0.1/', 'https://127.0.0.1/', 'http://localhost/', 'http://a.localhost./'],
    ...['http://2130706433/', 'http://0x7f.1/', 'http://[::1]:81/', 'http://[::ffff:127.0.0.1]/'],
    ...['http://10.0.0.1/', 'http://[fe80::1]/'],
  ])
    t.throws(() => guard.check(new URL(url)), { name: 'AddressRefused' }, url);
  t.end();
});

void t.test('a name is judged by its address when it is connected to', async (t) => {
  const guard = new FetchGuard({ own });
  const found = new Promise<unknown>((resolve) =>
    guard.lookupFor(new URL('http://localhost/'))('localhost', {}, (error) => resolve(error)),
  );
  t.match(await found, { name: 'AddressRefused', host: 'localhost' });
});
