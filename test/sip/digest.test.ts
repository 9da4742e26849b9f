// Digest as the one who asks: the examples of the RFCs, what is wrong, and what a hostile header can do.
import { createHash } from 'node:crypto';
import t from 'tap';
import { digestAnswers, digestChallenge, isRightDigest } from '../../src/sip/index.js';

/** RFC 2617 §3.5. */
const rfc2617 =
  'Digest username="Mufasa", realm="testrealm@host.com", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", ' +
  'uri="/dir/index.html", qop=auth, nc=00000001, cnonce="0a4f113b", ' +
  'response="6629fae49393a05397450978507c4ef1", opaque="5ccc069c403ebaf9f0171e9517f40e41"';
const secret = { username: 'Mufasa', password: 'Circle Of Life' };

/** RFC 7616 §3.9.1, whose digest RFC 8760 takes over. */
const rfc7616 =
  'Digest username="Mufasa", realm="http-auth@example.org", uri="/dir/index.html", algorithm=SHA-256, ' +
  'nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", nc=00000001, ' +
  'cnonce="f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ", qop=auth, ' +
  'response="753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"';

function right(header: string, method: string, given: { username?: string; password: string }): boolean {
  return digestAnswers(header).some((answer) => isRightDigest(answer, method, given));
}

void t.test('the examples of the RFCs are right', (t) => {
  t.ok(right(rfc2617, 'GET', secret));
  t.ok(right(rfc7616, 'GET', { username: 'Mufasa', password: 'Circle of Life' }));
  t.ok(right(rfc2617, 'GET', { password: secret.password }), 'any name, where none is asked for');
  const md5 = (text: string) => createHash('md5').update(text).digest('hex');
  const old = md5(`${md5('a:r:p')}:n:${md5('INVITE:sip:1@h')}`);
  const header = `Digest username="a",realm="r",nonce="n",uri="sip:1@h",response="${old.toUpperCase()}"`;
  t.ok(right(header, 'INVITE', { username: 'a', password: 'p' }), 'without qop, as RFC 2069 has it');
  t.end();
});

void t.test('everything else is wrong', (t) => {
  t.notOk(right(rfc2617, 'GET', { ...secret, password: 'circle of life' }));
  t.notOk(right(rfc2617, 'GET', { ...secret, username: 'mufasa' }));
  t.notOk(right(rfc2617, 'INVITE', secret));
  t.notOk(right(rfc2617.replace('0a4f113b', '0a4f113c'), 'GET', secret));
  t.notOk(right(rfc2617.replace('qop=auth', 'qop=auth-int'), 'GET', secret));
  t.notOk(right(rfc2617.replace('qop=auth', 'algorithm=MD5-sess, qop=auth'), 'GET', secret));
  t.notOk(right(rfc2617.replace(/response="[^"]*"/, 'response=""'), 'GET', secret));
  t.end();
});

void t.test('several answers in one header, as drachtio-srf joins them', (t) => {
  t.equal(digestAnswers(`${rfc7616},${rfc2617}`).length, 2);
  t.ok(right(`${rfc7616},${rfc2617}`, 'GET', secret));
  t.equal(digestAnswers(Array(50).fill(rfc2617).join(',').slice(0, 4000)).length, 4, 'not more than four');
  t.end();
});

void t.test('what is no answer', (t) => {
  for (const header of [
    undefined,
    '',
    'Basic YWRhOnNlY3JldA==',
    'Digest',
    'Digest ,,,===,"',
    'Digest username="a"',
    `Digest ${'a'.repeat(10_000)}`,
    'Digest __proto__="x", constructor="y"',
  ])
    t.same(digestAnswers(header), [], String(header).slice(0, 40));
  t.match(digestAnswers('digest username="a\\"b",realm="",nonce="n",uri="u",response=AB'), [
    { username: 'a"b', realm: '', response: 'ab', algorithm: 'MD5' },
  ]);
  t.end();
});

void t.test('the challenge', (t) => {
  t.equal(digestChallenge('r', 'n', false), 'Digest realm="r", nonce="n", algorithm=MD5, qop="auth"');
  t.match(digestChallenge('r', 'n', true), /algorithm=MD5, qop="auth", stale=true$/);
  t.end();
});
