import t from 'tap';
import { wifiOf, type NetworkSettings } from '../../../src/appliance/index.js';
import { networkFields, networkRecord, typedNetwork } from '../../../src/http/pages/network-form.js';

const password = 'correct horse';
const lobby: NetworkSettings = { name: 'lobby' };
const office: NetworkSettings = { name: 'lobby', wifi: { name: 'Office', key: true, country: 'DE' } };
const { wifi } = wifiOf({ name: 'Office', password, country: 'DE' });

/** What comes of a form with these fields. */
function typed(fields: Record<string, string>, present = lobby) {
  return typedNetwork(new URLSearchParams({ name: 'lobby', way: 'dhcp', ...fields }), present);
}

const form = { wifi: 'key', 'wifi-name': ' Office ', 'wifi-password': password, 'wifi-country': 'de' };

void t.test('a Wi-Fi that is typed has its key in place of the password', (t) => {
  t.strictSame(typed(form), { settings: { name: 'lobby', wifi } });
  t.notMatch(JSON.stringify(typed(form)), password);
  const fixed = { way: 'fixed', address: '10.0.0.5/24' };
  t.match(typed({ ...form, ...fixed }), { settings: { fixed: { address: '10.0.0.5' }, wifi } });
  t.end();
});

void t.test('off is off, whatever the fields below say', (t) => {
  for (const off of ['off', '', 'on'])
    t.strictSame(typed({ ...form, wifi: off, 'wifi-name': '' }, office), { settings: lobby }, off);
  t.strictSame(typed({}, office), { settings: lobby });
  t.end();
});

void t.test('no password keeps the present one of the same Wi-Fi, and none else', (t) => {
  const none = { ...form, 'wifi-password': '' };
  t.strictSame(typed(none, office), { settings: office });
  const mistake = { mistakes: { 'wifi-password': 'wifiNoPassword' } };
  t.strictSame(typed({ ...none, 'wifi-name': 'Guests' }, office), mistake);
  t.strictSame(typed(none), mistake);
  t.strictSame(typed(none, { name: 'lobby', wifi: { name: 'Office' } }), mistake, 'it was open');
  t.end();
});

void t.test('only who says so gets an open Wi-Fi', (t) => {
  const open = { settings: { name: 'lobby', wifi: { name: 'Office', country: 'DE' } } };
  t.strictSame(typed({ ...form, wifi: 'open' }, office), open, 'with a password in the field too');
  t.strictSame(typed({ ...form, wifi: 'open', 'wifi-password': '' }, office), open);
  t.end();
});

void t.test('every field has its own mistake, and others beside it', (t) => {
  const cases: [Record<string, string>, Record<string, string>][] = [
    [{ 'wifi-name': '' }, { 'wifi-name': 'wifiName' }],
    [{ 'wifi-name': 'ä'.repeat(17) }, { 'wifi-name': 'wifiName' }],
    [{ 'wifi-name': 'a\nb' }, { 'wifi-name': 'wifiName' }],
    [{ 'wifi-password': 'short' }, { 'wifi-password': 'wifiPassword' }],
    [{ 'wifi-password': 'a'.repeat(64) }, { 'wifi-password': 'wifiPassword' }],
    [{ 'wifi-password': 'schöne Grüße' }, { 'wifi-password': 'wifiPassword' }],
    [{ 'wifi-country': 'Germany' }, { 'wifi-country': 'wifiCountry' }],
    [
      { name: '-', way: 'fixed', address: 'x', 'wifi-country': '1' },
      { name: 'name', address: 'form', 'wifi-country': 'wifiCountry' },
    ],
  ];
  for (const [wrong, mistakes] of cases)
    t.strictSame(typed({ ...form, ...wrong }), { mistakes }, JSON.stringify(wrong));
  t.end();
});

void t.test('what is in force fills the form, but for the password', (t) => {
  const fields = Object.fromEntries(networkFields(office));
  t.match(fields, { wifi: 'key', 'wifi-name': 'Office', 'wifi-country': 'DE' });
  t.notOk('wifi-password' in fields);
  t.strictSame(typed(fields, office), { settings: office }, 'sent as it is, it changes nothing');
  t.equal(networkFields({ name: 'lobby', wifi: { name: 'Guests' } }).get('wifi'), 'open');
  t.equal(networkFields(lobby).get('wifi'), 'off');
  t.end();
});

void t.test('the record has no key, but says that there is a new one', (t) => {
  const of = (settings: NetworkSettings) => networkRecord(settings).network;
  t.strictSame(of(office), { name: 'lobby', address: 'DHCP', wifi: { name: 'Office', country: 'DE' } });
  t.match(of({ name: 'lobby', wifi: wifi! }), { wifi: { name: 'Office', password: '…' } });
  t.match(of({ name: 'lobby', wifi: { name: 'Guests' } }), { wifi: { open: true } });
  t.end();
});
