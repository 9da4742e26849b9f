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
  t.end();
});

void t.test('what is damaged is not there', (t) => {
  const kept = pageNetworkText({ name: 'hall' }, '');
  for (const content of [undefined, '', '{', 'null', '[]', kept.slice(0, 20), kept.replace('hall', 'a b')])
    t.equal(pageNetworkOf(content, ''), undefined, String(content));
  t.end();
});

void t.test('it takes the place of name and address alone', (t) => {
  const box = parseBoxFile('name = lobby\naddress = 10.0.0.9/24\nwifi-name = Office\nstart-code = 471147');
  t.match(withNetwork(box, { name: 'hall', fixed }), {
    name: 'hall',
    fixed,
    wifi: { name: 'Office' },
    startCode: '471147',
  });
  t.notOk('fixed' in withNetwork(box, { name: 'hall' }), 'DHCP is a setting too');
  t.end();
});
