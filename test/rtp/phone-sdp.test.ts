import t from 'tap';
import { findPhoneCodec } from '../../src/rtp/codecs.js';
import { NoCodecError, SdpError } from '../../src/rtp/errors.js';
import {
  answerBody,
  innerSdp,
  mirrored,
  offerBody,
  offerForRtpengine,
  readInnerSdp,
  readPhoneSdp,
  roomSdp,
  withHead,
} from '../../src/rtp/phone-sdp.js';

function sdp(...media: readonly string[]): string {
  return ['v=0', 'o=- 1 1 IN IP4 10.0.0.5', 's=-', 'c=IN IP4 10.0.0.5', 't=0 0', ...media, ''].join('\r\n');
}

const desk = sdp(
  'm=audio 4000 RTP/AVP 9 0 8 101',
  'a=rtpmap:9 G722/8000',
  'a=rtpmap:101 telephone-event/8000',
  'a=fmtp:101 0-16',
  'a=ptime:20',
);

void t.test('the first codec of the phone is taken, with its key presses', async (t) => {
  const phone = readPhoneSdp(desk);
  t.match(phone, {
    codec: { name: 'G722' },
    payload: { type: 9, rtpmap: 'G722/8000' },
    events: { type: 101, rtpmap: 'telephone-event/8000', fmtp: '0-16' },
    direction: 'sendrecv',
    address: '10.0.0.5',
    port: 4000,
  });
});

void t.test('static payload types need no rtpmap, names no case', async (t) => {
  t.equal(readPhoneSdp(sdp('m=audio 4000 RTP/AVP 8 0')).codec.name, 'PCMA');
  t.equal(readPhoneSdp(sdp('m=audio 4000 RTP/AVP 96', 'a=rtpmap:96 pcmu/8000')).codec.name, 'PCMU');
});

void t.test('a codec that can report key presses goes before one that cannot', async (t) => {
  const opusFirst = sdp(
    'm=audio 4000 RTP/AVP 111 0 101',
    'a=rtpmap:111 opus/48000/2',
    'a=rtpmap:101 telephone-event/8000',
  );
  t.equal(readPhoneSdp(opusFirst).codec.name, 'PCMU');
  const withEvents =
    opusFirst.replace('111 0 101', '111 0 101 102') + 'a=rtpmap:102 telephone-event/48000\r\n';
  t.match(readPhoneSdp(withEvents), { codec: { name: 'opus' }, events: { type: 102 } });
  t.match(readPhoneSdp(sdp('m=audio 4000 RTP/AVP 111', 'a=rtpmap:111 opus/48000/2')), {
    codec: { name: 'opus' },
    events: undefined,
  });
});

void t.test('costly codecs are the last resort', async (t) => {
  t.equal(readPhoneSdp(sdp('m=audio 4000 RTP/AVP 18 8')).codec.name, 'PCMA');
  t.equal(readPhoneSdp(sdp('m=audio 4000 RTP/AVP 18')).codec.name, 'G729');
});

void t.test('a re-INVITE keeps the codec in use if the phone still knows it', async (t) => {
  t.equal(readPhoneSdp(desk, findPhoneCodec('PCMA', 8000)).codec.name, 'PCMA');
  t.equal(readPhoneSdp(desk, findPhoneCodec('opus', 48_000)).codec.name, 'G722');
});

void t.test('hold in both ways', async (t) => {
  t.equal(readPhoneSdp(`${desk}a=sendonly\r\n`).direction, 'sendonly');
  t.equal(
    readPhoneSdp(desk.replace('t=0 0', 't=0 0\r\na=inactive')).direction,
    'inactive',
    'for the whole session',
  );
  t.equal(readPhoneSdp(desk.replace('c=IN IP4 10.0.0.5', 'c=IN IP4 0.0.0.0')).direction, 'sendonly');
  t.same((['sendrecv', 'sendonly', 'recvonly', 'inactive'] as const).map(mirrored), [
    'sendrecv',
    'recvonly',
    'sendonly',
    'inactive',
  ]);
});

void t.test('what cannot be used', async (t) => {
  for (const [what, text, error] of [
    ['empty', '', SdpError],
    ['no SDP', 'hello', SdpError],
    ['no media', sdp(), SdpError],
    ['video', sdp('m=video 4000 RTP/AVP 97'), SdpError],
    ['rejected line', sdp('m=audio 0 RTP/AVP 0'), SdpError],
    ['other transport', sdp('m=audio 4000 TCP/RTP/AVP 0'), SdpError],
    ['unknown codec', sdp('m=audio 4000 RTP/AVP 97', 'a=rtpmap:97 iLBC/8000'), NoCodecError],
    ['no address', desk.replace('c=IN IP4 10.0.0.5\r\n', ''), SdpError],
    ['IPv6', desk.replaceAll('IP4 10.0.0.5', 'IP6 ::1'), SdpError],
    ['host name', desk.replaceAll('IP4 10.0.0.5', 'IP4 phone.local'), SdpError],
    ['port', sdp('m=audio 70000 RTP/AVP 0'), SdpError],
    ['many lines', sdp(...Array.from({ length: 17 }, () => 'm=video 1 RTP/AVP 1')), SdpError],
    ['long', desk + 'a=x\r\n'.repeat(8000), SdpError],
  ] as const) {
    t.throws(() => readPhoneSdp(text), error, what);
  }
});

void t.test('no garbage gets a crash out of it', async (t) => {
  let state = 7;
  const next = (below: number) => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) % below;
  for (let n = 0; n < 3000; n++) {
    const bytes = [...desk];
    for (let flips = 0; flips <= n % 8; flips++) {
      bytes[next(bytes.length)] = String.fromCharCode(32 + next(95));
    }
    if (n % 3 === 0) bytes.splice(next(bytes.length), next(40));
    try {
      const offer = offerForRtpengine(readPhoneSdp(bytes.join('')));
      if (/[^\r]\n|\r[^\n]/.test(offer)) t.fail(`a broken line: ${JSON.stringify(offer)}`);
    } catch (error) {
      if (!(error instanceof SdpError || error instanceof NoCodecError)) t.fail(String(error));
    }
  }
  t.pass('3,000 damaged offers');
});

void t.test('rtpengine hears of one codec and its key presses', async (t) => {
  t.equal(
    offerForRtpengine(readPhoneSdp(`${desk}a=recvonly\r\n`)),
    [
      'v=0',
      'o=- 1 1 IN IP4 10.0.0.5',
      's=-',
      'c=IN IP4 10.0.0.5',
      't=0 0',
      'm=audio 4000 RTP/AVP 9 101',
      'a=rtpmap:9 G722/8000',
      'a=rtpmap:101 telephone-event/8000',
      'a=fmtp:101 0-16',
      'a=recvonly',
      '',
    ].join('\r\n'),
  );
});

void t.test('of SRTP with and without: the first line that can be used, with its keys', async (t) => {
  const both = sdp(
    'm=audio 4002 RTP/SAVP 0',
    'a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:abcdefghijklmnopqrstuvwxyz0123456789ABCD',
    'm=audio 4000 RTP/AVP 0',
  );
  const phone = readPhoneSdp(both);
  t.equal(phone.index, 0);
  t.match(offerForRtpengine(phone), /RTP\/SAVP 0\r\n[^]*a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:abcd/);
  const odd = both.replace('RTP/SAVP 0', 'RTP/SAVP 97');
  t.equal(readPhoneSdp(odd).index, 1, 'a line without a codec of ours is passed over');
});

void t.test('the answer has a line for each line of the offer', async (t) => {
  const phone = readPhoneSdp(
    sdp(
      'm=video 5000 RTP/AVP 97',
      'a=mid:v',
      'm=audio 4000 RTP/AVP 0',
      'a=mid:a',
      'm=application 7 UDP/BFCP *',
    ),
  );
  const body = answerBody(
    'v=0\r\no=x 1 1 IN IP4 1.2.3.4\r\ns=-\r\nt=0 0\r\nm=audio 30000 RTP/AVP 0\r\nc=IN IP4 1.2.3.4\r\na=sendrecv\r\n',
    phone,
  );
  t.same(body.split('\r\n'), [
    'm=video 0 RTP/AVP 97',
    'a=mid:v',
    'm=audio 30000 RTP/AVP 0',
    'c=IN IP4 1.2.3.4',
    'a=sendrecv',
    'a=mid:a',
    'm=application 0 UDP/BFCP *',
    '',
  ]);
  t.match(withHead('1.2.3.4', { id: 7, version: 2 }, body), /^v=0\r\no=partyline 7 2 IN IP4 1\.2\.3\.4\r\n/);
});

void t.test('the inner side keeps payload types and clock rates; a room takes one codec', async (t) => {
  const side = readInnerSdp(
    sdp('m=audio 34000 RTP/AVP 96 101', 'a=rtpmap:96 opus/48000/2', 'a=rtpmap:101 telephone-event/48000'),
  );
  t.equal(side.port, 34000);
  t.match(
    innerSdp(side, 9, 'recvonly', 3),
    /o=- 1 3 IN IP4 10\.0\.0\.5[^]*c=IN IP4 10\.0\.0\.5[^]*m=audio 9 RTP\/AVP 96 101\r\na=rtpmap:96 opus\/48000\/2\r\na=rtpmap:101 telephone-event\/48000\r\na=recvonly/,
  );
  t.match(roomSdp(side), /m=audio 34000 RTP\/AVP 96\r\na=rtpmap:96 opus\/48000\/2\r\na=sendrecv\r\n$/);
  t.throws(() => readInnerSdp('v=0\r\n'), SdpError);
});

void t.test('a wish for stereo is not passed on', async (t) => {
  const phone = readPhoneSdp(
    sdp(
      'm=audio 4000 RTP/AVP 96',
      'a=rtpmap:96 opus/48000/2',
      'a=fmtp:96 stereo=1;sprop-stereo=1;maxplaybackrate=48000',
    ),
  );
  t.match(offerForRtpengine(phone), /a=fmtp:96 maxplaybackrate=48000\r\n/);
  const plain = readPhoneSdp(
    sdp('m=audio 4000 RTP/AVP 96', 'a=rtpmap:96 opus/48000/2', 'a=fmtp:96 stereo=1'),
  );
  t.notMatch(offerForRtpengine(plain), /fmtp/);
});

void t.test('the length of packets: read from the phone, told to rtpengine and to the phone', async (t) => {
  const phone = readPhoneSdp(`${desk}a=maxptime:60\r\n`);
  t.match(phone, { ptime: 20, maxptime: 60 });
  t.match(readPhoneSdp(sdp('m=audio 4000 RTP/AVP 0')), { ptime: undefined, maxptime: undefined });
  for (const nonsense of ['0', '-20', '100000', 'twenty']) {
    t.equal(readPhoneSdp(sdp('m=audio 4000 RTP/AVP 0', `a=ptime:${nonsense}`)).ptime, undefined, nonsense);
  }
  t.notMatch(offerForRtpengine(phone), /ptime/, 'where nobody wants another');
  t.match(offerForRtpengine(phone, 40), /a=ptime:40\r\n/);
  t.match(offerBody(30_000, 'sendrecv'), /a=ptime:20\r\n/);
  t.match(offerBody(30_000, 'sendrecv', 40), /a=ptime:40\r\n/);
});
