import t from 'tap';
import { networkSettingsOf, sameNetwork, staticAddressOf } from '../../src/appliance/index.js';

void t.test('an address that one machine can have, with its neighbours', (t) => {
  const of = (address: string, gateway?: string, dns: string[] = []) =>
    staticAddressOf({ address, gateway, dns });
  t.strictSame(of('192.168.1.20/24', '192.168.1.1', ['9.9.9.9']), {
    fixed: { address: '192.168.1.20', prefix: 24, gateway: '192.168.1.1', dns: ['9.9.9.9'] },
  });
  for (const wrong of ['192.168.1.20', '192.168.1.20/7', '192.168.1.20/24/1', '1.2.3/24', '127.0.0.1/8'])
    t.equal(of(wrong).fault, 'form', wrong);
  for (const edge of ['10.0.0.0/8', '10.255.255.255/8']) t.equal(of(edge).fault, 'edge', edge);
  for (const gateway of ['10.1.0.1', '10.0.0.5', 'router', ''])
    t.equal(of('10.0.0.5/24', gateway).fault, 'gateway', gateway);
  t.match(of('10.0.0.5/24', undefined, ['9.9.9.9', 'x']), { fault: 'dns', fixed: { dns: ['9.9.9.9'] } });
  t.end();
});

void t.test('settings from a file or a request are taken whole or not at all', (t) => {
  const fixed = { address: '10.0.0.5', prefix: 24, gateway: '10.0.0.1', dns: ['10.0.0.1'] };
  t.strictSame(networkSettingsOf({ name: 'Lobby', fixed, more: 1 }), { name: 'lobby', fixed });
  t.strictSame(networkSettingsOf({ name: 'lobby' }), { name: 'lobby' });
  const wifi = { name: 'Office', key: 'a'.repeat(64), country: 'DE' };
  t.strictSame(networkSettingsOf({ name: 'lobby', wifi, fixed }), { name: 'lobby', wifi, fixed });
  t.strictSame(networkSettingsOf({ name: 'lobby', wifi: null }), { name: 'lobby' });
  const wrong: unknown[] = [
    undefined,
    null,
    [],
    'lobby',
    {},
    { name: 'two words' },
    { name: '-' },
    { name: '4711' },
    { name: 'a'.repeat(64) },
    { name: 'lobby\n[Match]' },
    { name: 'lobby', fixed: null },
    { name: 'lobby', fixed: { ...fixed, address: '10.0.0.5\nDHCP=yes' } },
    { name: 'lobby', fixed: { ...fixed, prefix: 31 } },
    { name: 'lobby', fixed: { ...fixed, prefix: '24' } },
    { name: 'lobby', fixed: { ...fixed, gateway: '10.9.0.1' } },
    { name: 'lobby', fixed: { ...fixed, gateway: 1 } },
    { name: 'lobby', fixed: { ...fixed, dns: '10.0.0.1' } },
    { name: 'lobby', fixed: { ...fixed, dns: ['x'] } },
    { name: 'lobby', wifi: 'Office' },
    { name: 'lobby', wifi: { ...wifi, key: 'short' } },
    { name: 'lobby', fixed: { ...fixed, dns: ['1.1.1.1', '1.1.1.2', '1.1.1.3', '1.1.1.4'] } },
  ];
  for (const value of wrong) t.equal(networkSettingsOf(value), undefined, JSON.stringify(value));
  t.end();
});

void t.test('settings that say the same are the same', (t) => {
  const fixed = { address: '10.0.0.5', prefix: 24, dns: ['10.0.0.1'] };
  t.ok(sameNetwork({ name: 'a', fixed }, { fixed: { ...fixed, dns: ['10.0.0.1'] }, name: 'a' }));
  t.notOk(sameNetwork({ name: 'a', fixed }, { name: 'a' }));
  t.notOk(sameNetwork({ name: 'a', fixed }, { name: 'a', fixed: { ...fixed, gateway: '10.0.0.1' } }));
  t.notOk(sameNetwork({ name: 'a' }, { name: 'b' }));
  t.notOk(sameNetwork({ name: 'a' }, { name: 'a', wifi: { name: 'Office' } }));
  t.ok(
    sameNetwork(
      { name: 'a', wifi: { name: 'Office', key: true } },
      { name: 'a', wifi: { name: 'Office', key: true } },
    ),
  );
  t.end();
});
