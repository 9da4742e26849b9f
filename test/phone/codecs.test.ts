// Every codec carries tones at unity and, where it is wideband, above the telephone band.
import t from 'tap';

import { type Codec, codecs } from './codecs.js';
import { amplitude, rms, windowed } from './goertzel.js';
import { toneSamples } from './tones.js';

/** Encodes and decodes two seconds of a tone in 20 ms frames; the last second. */
function through(codec: Codec, hz: number, level: number): Int16Array {
  const frame = codec.rate / 50;
  const samples = toneSamples([hz], level, codec.rate, 2 * codec.rate);
  const encoder = codec.encoder();
  const decoder = codec.decoder();
  const out: number[] = [];
  for (let at = 0; at < samples.length; at += frame) {
    out.push(...decoder.decode(encoder.encode(samples.subarray(at, at + frame))));
  }
  return Int16Array.from(out.slice(-codec.rate));
}

for (const codec of Object.values(codecs)) {
  void t.test(`${codec.name} carries tones at their level with little noise`, (t) => {
    for (const hz of [311, 1010, 3_000]) {
      for (const level of [300, 3_000, 15_000]) {
        const out = through(codec, hz, level);
        const got = amplitude(windowed(out), hz, codec.rate);
        const noise = Math.sqrt(Math.max(0, rms(out) ** 2 - got ** 2 / 2));
        t.ok(Math.abs(got - level) < level * 0.03, `${hz} Hz at ${level}: ${got.toFixed(0)}`);
        const most = codec.name === 'opus' ? 0.2 : 0.03;
        t.ok(noise < most * level, `noise ${noise.toFixed(1)} of ${level} at ${hz} Hz`);
      }
    }
    t.end();
  });
}

void t.test('G.722 and Opus carry 5 kHz', (t) => {
  for (const codec of [codecs.G722, codecs.opus]) {
    const got = amplitude(windowed(through(codec, 5_000, 3_000)), 5_000, codec.rate);
    t.ok(Math.abs(got - 3_000) < 150, `${codec.name} 5 kHz: ${got.toFixed(0)}`);
  }
  t.end();
});

void t.test('G.711 tables: known codes and their values', (t) => {
  const ulaw = codecs.PCMU;
  t.same(
    [...ulaw.encoder().encode(Int16Array.from([0, 32_767, -32_768, 8, -8]))],
    [0xff, 0x80, 0x00, 0xfe, 0x7e],
  );
  t.same([...ulaw.decoder().decode(Uint8Array.from([0xff, 0x80, 0x00, 0x7f]))], [0, 32_124, -32_124, 0]);
  const alaw = codecs.PCMA;
  t.same([...alaw.decoder().decode(Uint8Array.from([0xd5, 0x55, 0xaa, 0x2a]))], [8, -8, 32_256, -32_256]);
  for (let code = 0; code < 256; code++) {
    const again = alaw.encoder().encode(alaw.decoder().decode(Uint8Array.of(code)));
    t.equal(again[0], code);
  }
  t.end();
});
