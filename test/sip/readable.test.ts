// The debug log shows SIP without what is secret in it.
import t from 'tap';
import { readable } from '../../src/sip/readable.js';

void t.test('proofs of passwords, keys of phones and of SRTP are left out', (t) => {
  const invite = readable(
    'INVITE sip:1@h SIP/2.0\r\nAuthorization: Digest username="a", response="b"\r\n' +
      'proxy-authorization : Digest x\r\nCSeq: 1 INVITE\r\n\r\na=crypto:1 AES inline:abc\r\n',
  );
  t.equal(
    invite,
    'INVITE sip:1@h SIP/2.0\r\nAuthorization: [hidden]\r\nproxy-authorization : [hidden]\r\n' +
      'CSeq: 1 INVITE\r\n\r\na=crypto:1 AES inline:[hidden]\r\n',
  );
  const info = readable('INFO sip:1@h SIP/2.0\r\nContent-Type: application/dtmf-relay\r\n\r\nSignal=5\r\n');
  t.notMatch(info, /Signal/);
  t.end();
});
