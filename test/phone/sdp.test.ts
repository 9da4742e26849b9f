// Session descriptions: what is written can be read, odd ones are understood, directions are answered as RFC 3264 says.
import t from 'tap';

import { answerDirection, formatSdp, parseSdp } from './sdp.js';
import { newSrtpKey } from './srtp.js';

void t.test('written and read again', (t) => {
  const key = newSrtpKey();
  const audio = {
    address: '127.0.0.1',
    port: 5_004,
    rtcpPort: 5_005,
    protocol: 'RTP/SAVP',
    formats: [
      { payloadType: 111, name: 'opus', clockRate: 48_000, channels: 2, parameters: 'useinbandfec=0' },
      { payloadType: 0, name: 'pcmu', clockRate: 8_000, channels: 1 },
      { payloadType: 101, name: 'telephone-event', clockRate: 8_000, channels: 1, parameters: '0-15' },
    ],
    direction: 'sendonly' as const,
    ptime: 20,
    crypto: [{ tag: 1, suite: 'AES_CM_128_HMAC_SHA1_80', key }],
  };
  t.same(parseSdp(formatSdp(audio, { id: 1, version: 2, user: 'x' })), audio);
  t.end();
});

void t.test('static types without rtpmap, address of the session, unknown formats, a second stream', (t) => {
  const text = [
    'v=0',
    'o=- 1 1 IN IP4 10.0.0.9',
    's=-',
    'c=IN IP4 10.0.0.9',
    't=0 0',
    'a=inactive',
    'm=audio 4000 RTP/AVP 9 0 8 18 96',
    'a=rtcp:4100',
    'm=video 4002 RTP/AVP 97',
    'c=IN IP4 10.0.0.10',
    '',
  ].join('\r\n');
  const audio = parseSdp(text);
  t.match(audio, { address: '10.0.0.9', port: 4_000, rtcpPort: 4_100, direction: 'inactive' });
  t.same(
    audio.formats.map(({ name }) => name),
    ['g722', 'pcmu', 'pcma'],
  );
  t.throws(() => parseSdp('v=0\r\nm=video 1 RTP/AVP 97\r\n'), /no audio/);
  t.end();
});

void t.test('directions', (t) => {
  t.equal(answerDirection('sendonly', 'sendrecv'), 'recvonly');
  t.equal(answerDirection('recvonly', 'sendrecv'), 'sendonly');
  t.equal(answerDirection('inactive', 'sendrecv'), 'inactive');
  t.equal(answerDirection('sendrecv', 'sendonly'), 'sendonly');
  t.equal(answerDirection('sendonly', 'sendonly'), 'inactive');
  t.end();
});
