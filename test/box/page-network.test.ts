import t from 'tap';
import { parseBoxFile } from '../../src/box/box-file.js';
import { pageNetworkOf, pageNetworkText, withNetwork } from '../../src/box/page-network.js';

const fixed = { address: '10.0.0.5', prefix: 24, dns: [] };

void t.test('what the page set holds until the text changes', (t) => {
  const kept = pageNetworkText({ name: 'hall', fixed }, 'name = lobby\n');
  t.strictSame(pageNetworkOf(kept, 'name = lobby\n'), { name: 'hall', fixed });
  t.equal(pageNetworkOf(kept, 'name = lobby\n\n'), undefined, 'an empty line more is a change');
  t.equal(pageNetworkOf(kept, undefined), undefined);
  t.strictSame(pageNetworkOf(pageNetworkText({ name: 'hall' }, ''), undefined), { name: 'hall' });
  const settings = { name: 'hall', wifi: { name: 'Office', key: 'a'.repeat(64) } };
  t.strictSame(pageNetworkOf(pageNetworkText(settings, ''), ''), settings);
  t.end();
});

void t.test(
  'Wi-Fi that was switched off on the page stays off, and what was kept before the page had any leaves it alone',
  (t) => {
    const ofText = { name: 'Office' };
    const kept = pageNetworkText({ name: 'hall' }, '');
    t.strictSame(pageNetworkOf(kept, '', ofText), { name: 'hall' });
    t.strictSame(pageNetworkOf(kept.replace(',"wifi":null', ''), '', ofText), { name: 'hall', wifi: ofText });
    t.end();
  },
);

void t.test('what is damaged is not there', (t) => {
  const kept = pageNetworkText({ name: 'hall' }, '');
  for (const content of [undefined, '', '{', 'null', '[]', kept.slice(0, 20), kept.replace('hall', 'a b')])
    t.equal(pageNetworkOf(content, ''), undefined, String(content));
  const noKey = pageNetworkText({ name: 'hall', wifi: { name: 'Office', key: true } }, '');
  t.equal(pageNetworkOf(noKey, ''), undefined, 'a key that nobody knows');
  t.end();
});

void t.test('it takes the place of name, address and Wi-Fi alone', (t) => {
  const box = parseBoxFile('name = lobby\naddress = 10.0.0.9/24\nwifi-name = Office\nstart-code = 471147');
  t.match(withNetwork(box, { name: 'hall', fixed }), {
    name: 'hall',
    fixed,
    wifi: undefined,
    startCode: '471147',
  });
  t.notOk('fixed' in withNetwork(box, { name: 'hall' }), 'DHCP is a setting too');
  t.match(withNetwork(box, { name: 'hall', wifi: { name: 'Guests' } }), { wifi: { name: 'Guests' } });
  t.end();
});
