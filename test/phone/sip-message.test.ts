// Reading and writing SIP: folded and compact headers, lists, bounds, addresses, and TCP streams in pieces.
import { once } from 'node:events';
import { connect } from 'node:net';
import t from 'tap';

import { parseUri, responseTo, SipMessage, tagOf, uriOf } from './sip-message.js';
import { SipTransport } from './sip-transport.js';

const invite = [
  'INVITE sip:3000@127.0.0.1 SIP/2.0',
  'v: SIP/2.0/UDP a;branch=z9hG4bKone, SIP/2.0/UDP b;branch=two',
  'f: "Smith, John" <sip:john@a>;tag=77',
  't: <sip:3000@127.0.0.1>',
  'i: x@y',
  'CSeq: 7',
  ' INVITE',
  'm: <sip:john@a:5062>',
  'Record-Route: <sip:p1;lr>,<sip:p2;lr>',
  'l: 3',
  '',
  'abcdef',
].join('\r\n');

void t.test('a message is read and answered', (t) => {
  const message = SipMessage.parse(Buffer.from(invite))!;
  t.equal(message.method, 'INVITE');
  t.equal(message.all('Via').length, 2);
  t.equal(message.branch, 'z9hG4bKone');
  t.same(message.all('from'), ['"Smith, John" <sip:john@a>;tag=77']);
  t.same(message.cseq, { number: 7, method: 'INVITE' });
  t.equal(message.body, 'abc');
  t.equal(tagOf(message.get('from')), '77');
  t.equal(uriOf(message.get('contact')!), 'sip:john@a:5062');
  const response = SipMessage.parse(Buffer.from(responseTo(message, 180, 'Ringing', 'mine').toString()))!;
  t.equal(response.status, 180);
  t.equal(response.get('to'), '<sip:3000@127.0.0.1>;tag=mine');
  t.equal(response.all('record-route').length, 2);
  t.end();
});

void t.test('what is no message is none', (t) => {
  for (const text of [
    '',
    '\r\n\r\n',
    'hello',
    'INVITE sip:a',
    'SIP/2.0 99 x\r\n\r\n',
    `${invite.slice(0, 40)}\r\nnonsense\r\n\r\n`,
  ]) {
    t.equal(SipMessage.parse(Buffer.from(text)), undefined, JSON.stringify(text));
  }
  t.equal(SipMessage.parse(Buffer.alloc(70_000, 'a')), undefined);
  t.end();
});

void t.test('addresses', (t) => {
  t.match(parseUri('sip:a@1.2.3.4:5070;transport=TCP'), {
    user: 'a',
    host: '1.2.3.4',
    port: 5070,
    transport: 'tcp',
  });
  t.match(parseUri('sip:host'), { user: '', host: 'host', port: 5060 });
  t.throws(() => parseUri('tel:123'));
  t.end();
});

void t.test('TCP: messages in pieces and in one piece, keep-alives between them', async (t) => {
  const transport = new SipTransport('tcp', '127.0.0.1');
  await transport.start();
  t.teardown(() => transport.stop());
  const got: string[] = [];
  const three = new Promise<void>((resolve) => {
    transport.onMessage = (message) => {
      got.push(`${message.method}${message.body}`);
      if (got.length === 3) resolve();
    };
  });
  const socket = connect(transport.port, '127.0.0.1');
  await once(socket, 'connect');
  socket.setNoDelay(true);
  const one = invite.slice(0, -3);
  const stream = `\r\n\r\n${one}\r\n\r\n${one}${one}`;
  for (let at = 0; at < stream.length; at += 100) {
    await new Promise((resolve) => socket.write(stream.slice(at, at + 100), resolve));
  }
  await three;
  t.same(got, Array(3).fill('INVITEabc'));
  const closed = once(socket, 'close');
  socket.write(`${invite.replace('l: 3', 'l: 99999999')}`);
  await closed;
  t.pass('a message without end is cut off');
});
