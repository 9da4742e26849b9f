// What can be called, and where it goes.
import t from 'tap';
import { isBox, parseDialTarget, sipUri, userPartOf } from '../../src/calls/dial-target.js';

void t.test('numbers and addresses', (t) => {
  t.same(parseDialTarget('+49301234'), { kind: 'number', number: '+49301234' });
  t.same(parseDialTarget('*21#'), { kind: 'number', number: '*21#' });
  t.same(parseDialTarget('sip:Ada@Example.com'), {
    kind: 'address',
    user: 'Ada',
    host: 'example.com',
    port: undefined,
    transport: 'udp',
  });
  t.match(parseDialTarget('SIP:192.0.2.1:5070;transport=TCP'), {
    user: '',
    host: '192.0.2.1',
    port: 5070,
    transport: 'tcp',
  });
  t.match(parseDialTarget('sip:%2321@h'), { user: '%2321' });
  t.end();
});

void t.test('what cannot be called', (t) => {
  for (const text of [
    '',
    'ada',
    '12 34',
    '1'.repeat(33),
    'tel:+4930',
    'sips:a@h',
    'sip:',
    'sip:@h',
    'sip:a@',
    'sip:a:secret@h',
    'sip:a@h:0',
    'sip:a@h:65536',
    'sip:a@h;transport=tls',
    'sip:a@h;lr',
    'sip:a@h?Subject=x',
    'sip:a@h\r\nX: y',
    'sip:a@h>',
    'sip:a@-h',
    `sip:${'a'.repeat(65)}@h`,
    `sip:a@${'h'.repeat(300)}`,
    'sip:a%@h',
    'sip:a@b@h',
  ])
    t.equal(parseDialTarget(text), undefined, JSON.stringify(text).slice(0, 40));
  t.end();
});

void t.test('addresses are written', (t) => {
  t.equal(sipUri('1', { host: 'h' }), 'sip:1@h');
  t.equal(sipUri('', { host: 'h', port: 5070 }, 'tcp'), 'sip:h:5070;transport=tcp');
  t.equal(userPartOf('+49*21#'), '+49*21%23');
  t.equal(userPartOf('a b"<'), 'a%20b%22%3C');
  t.end();
});

void t.test('the box itself', (t) => {
  const box = { host: '192.0.2.1', port: 5060 };
  t.ok(isBox({ host: '192.0.2.1' }, box));
  t.ok(isBox({ host: 'localhost', port: 5060 }, box));
  t.notOk(isBox({ host: '192.0.2.1', port: 5070 }, box));
  t.notOk(isBox({ host: '192.0.2.2' }, box));
  t.notOk(isBox({ host: '192.0.2.1' }, { ...box, port: 5080 }));
  t.end();
});
