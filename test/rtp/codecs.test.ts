// What a codec makes of the wishes of a conference.
import t from 'tap';
import { findPhoneCodec, innerFor, innerRate, packetMsFor, phoneCodecs } from '../../src/rtp/codecs.js';

const codecOf = (name: string, rate = 8000) => findPhoneCodec(name, rate)!;

void t.test(
  'a narrow room speaks G.711 inside with every phone, a wide one gives opus its whole band',
  (t) => {
    for (const codec of phoneCodecs) {
      t.equal(innerFor(codec), codec.inner, codec.name);
      t.equal(innerFor(codec, 16_000), codec.inner, codec.name);
      const full = codec.name === 'opus' ? 'L16/48000' : codec.inner;
      t.equal(innerFor(codec, 48_000), full, codec.name);
      t.match(innerFor(codec, 8000), codec.name === 'PCMU' ? 'PCMU' : /^PCM[UA]$/, codec.name);
    }
    t.equal(innerFor(codecOf('PCMA'), 8000), 'PCMA', 'nothing is transcoded for it');
    t.strictSame(
      (['PCMU', 'PCMA', 'L16/16000', 'L16/48000'] as const).map(innerRate),
      [8000, 8000, 16_000, 48_000],
    );
    t.end();
  },
);

void t.test('packets are as long as is wanted, as the codec can, and as the phone takes', (t) => {
  const pcmu = codecOf('PCMU');
  const opus = codecOf('opus', 48_000);
  t.equal(packetMsFor(pcmu, 40), 40);
  t.equal(packetMsFor(pcmu, 40, 30), 30, 'a=maxptime:30');
  t.equal(packetMsFor(pcmu, 40, 5), 20, 'a phone that takes nothing at all is sent the usual');
  t.equal(packetMsFor(codecOf('G722'), 60), 20);
  t.equal(packetMsFor(opus, 40), 40);
  t.equal(packetMsFor(opus, 30), 20, 'the shorter of two');
  t.equal(packetMsFor(opus, 120), 60);
  t.equal(packetMsFor(opus, 120, 25), 20);
  t.end();
});
