import t from 'tap';
import { finalStatus, isNgPong, ngPing, optionsRequest } from '../../src/box/health-probes.js';

const box = { address: '192.0.2.5', port: 5060 };
const sender = { address: '192.0.2.5', port: 40_000 };

void t.test('the ping is bencoded, and only its own pong counts', (t) => {
  t.match(ngPing, /^\S+ d7:command4:pinge$/);
  t.ok(isNgPong(`${ngPing.split(' ', 1)[0]} d6:result4:ponge`));
  t.notOk(isNgPong('other d6:result4:ponge'));
  t.notOk(isNgPong(`${ngPing.split(' ', 1)[0]} d6:result5:errore`));
  t.end();
});

void t.test('OPTIONS has what RFC 3261 8.1.1 asks of every request', (t) => {
  const request = optionsRequest(box, sender, 'one');
  t.match(request, /^OPTIONS sip:192\.0\.2\.5:5060 SIP\/2\.0\r\n/);
  for (const header of ['Via', 'Max-Forwards', 'From', 'To', 'Call-ID', 'CSeq']) {
    t.match(request, new RegExp(`\r\n${header}: `), header);
  }
  t.ok(request.endsWith('\r\n\r\n'));
  t.end();
});

void t.test('the answer is the final one to this request', (t) => {
  const answer = (status: string, branch: string) =>
    `SIP/2.0 ${status}\r\nVia: SIP/2.0/UDP 192.0.2.5:40000;branch=z9hG4bK${branch};rport=40000\r\n\r\n`;
  t.equal(finalStatus(answer('200 OK', 'one'), 'one'), 200);
  t.equal(finalStatus(answer('503 Service Unavailable', 'one'), 'one'), 503);
  t.equal(finalStatus(answer('100 Trying', 'one'), 'one'), undefined);
  t.equal(finalStatus(answer('200 OK', 'other'), 'one'), undefined);
  t.equal(finalStatus('OPTIONS sip:x SIP/2.0\r\n\r\n', 'one'), undefined);
  t.end();
});
