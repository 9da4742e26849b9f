import t from 'tap';
import { sameWifi, wifiOf } from '../../src/appliance/index.js';
import { wifiSettingsOf } from '../../src/appliance/wifi.js';

// IEEE 802.11i, annex H.4.3, test case 1.
const key = 'f42c6fc52df0ebef9ebb4b90b38a5f902e83fe1b135a70e23aed762e9710a12e';

void t.test("the password is a key at once, by the standard's own example", (t) => {
  t.strictSame(wifiOf({ name: 'IEEE', password: 'password', country: 'de' }), {
    wifi: { name: 'IEEE', key, country: 'DE' },
  });
  t.strictSame(wifiOf({ name: 'guests' }), { wifi: { name: 'guests' } });
  t.end();
});

void t.test('what of it is wrong is named, and none is open instead', (t) => {
  const name = (name: string) => wifiOf({ name }).fault;
  t.equal(name('ä'.repeat(16)), undefined, '32 bytes');
  for (const wrong of ['', 'ä'.repeat(16) + 'a', 'a\nb', 'a\u007f']) t.equal(name(wrong), 'name', wrong);
  const password = (password: string) => wifiOf({ name: 'x', password });
  for (const good of ['a'.repeat(8), 'a'.repeat(63), ' spaces ']) t.notOk(password(good).fault, good);
  for (const wrong of ['', 'a'.repeat(7), 'a'.repeat(64), 'pässword', 'tab\tinside'])
    t.strictSame(password(wrong), { fault: 'password' }, wrong);
  t.strictSame(wifiOf({ name: 'x', country: 'Germany' }), { wifi: { name: 'x' }, fault: 'country' });
  t.end();
});

void t.test('out of a file or a request it is whole or not there', (t) => {
  for (const good of [{ name: 'x' }, { name: 'x', key, country: 'DE' }, { name: 'x', key: true }])
    t.strictSame(wifiSettingsOf(good), good);
  t.strictSame(
    wifiSettingsOf({ name: 'x', password: 'password' }),
    { name: 'x' },
    'no password is taken over',
  );
  const wrong: unknown[] = [
    null,
    'x',
    {},
    { name: '' },
    { name: 'a\nb' },
    { name: 'x', key: '' },
    { name: 'x', key: null },
    { name: 'x', key: false },
    { name: 'x', key: key.slice(1) },
    { name: 'x', key: `${key}\n` },
    { name: 'x', country: 'de' },
    { name: 'x', country: 'D\n' },
    { name: 'x', country: '' },
  ];
  for (const value of wrong) t.equal(wifiSettingsOf(value), undefined, JSON.stringify(value));
  t.end();
});

void t.test('the same Wi-Fi, and another one', (t) => {
  t.ok(sameWifi(undefined, undefined));
  t.ok(sameWifi({ name: 'x', key }, { key, name: 'x' }));
  const others = [undefined, { name: 'x' }, { name: 'y', key }, { name: 'x', key, country: 'DE' }];
  for (const other of others) t.notOk(sameWifi({ name: 'x', key }, other), JSON.stringify(other));
  t.end();
});
