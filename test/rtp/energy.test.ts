// How loud a packet is, for each codec that is spoken inside the box.
import t from 'tap';
import { loudnessOf } from '../../src/rtp/energy.js';
import { codecs } from '../phone/codecs.js';

const header = [0x80, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 7];

function packet(payload: Iterable<number>, first = 0x80, extra: readonly number[] = []): Uint8Array {
  return Uint8Array.from([first, ...header.slice(1), ...extra, ...payload]);
}

function l16(samples: readonly number[]): Buffer {
  const bytes = Buffer.alloc(samples.length * 2);
  samples.forEach((sample, n) => bytes.writeInt16BE(sample, 2 * n));
  return bytes;
}

function sine(length: number, peak: number): Int16Array {
  return Int16Array.from({ length }, (_, n) => Math.round(peak * Math.sin(n / 3)));
}

void t.test('L16 is the mean of the absolute samples', (t) => {
  t.strictSame(loudnessOf(packet(l16([100, -100, 32767, -32768])), 'L16/16000'), {
    energy: 16434,
    ms: 0.25,
  });
  t.strictSame(loudnessOf(packet(l16(new Array<number>(320).fill(-20))), 'L16/16000'), {
    energy: 20,
    ms: 20,
  });
  t.end();
});

void t.test('L16 of 48 kHz has three times the samples', (t) => {
  const loudness = loudnessOf(packet(l16(new Array<number>(960).fill(-20))), 'L16/48000');
  t.strictSame(loudness, { energy: 20, ms: 20 });
  t.end();
});

void t.test('G.711 is as loud as what was said', (t) => {
  for (const name of ['PCMU', 'PCMA'] as const) {
    for (const peak of [200, 3000, 20_000]) {
      const samples = sine(160, peak);
      const mean = samples.reduce((sum, sample) => sum + Math.abs(sample), 0) / 160;
      const loudness = loudnessOf(packet(codecs[name].encoder().encode(samples)), name);
      t.equal(loudness?.ms, 20);
      t.ok(Math.abs((loudness?.energy ?? 0) - mean) < mean * 0.04 + 4, `${name} at ${peak}`);
    }
  }
  t.end();
});

void t.test('silence is below the usual level', (t) => {
  t.equal(loudnessOf(packet(new Array<number>(160).fill(0xff)), 'PCMU')?.energy, 0);
  t.equal(loudnessOf(packet(new Array<number>(160).fill(0x7f)), 'PCMU')?.energy, 0);
  t.equal(loudnessOf(packet(new Array<number>(160).fill(0xd5)), 'PCMA')?.energy, 8);
  t.end();
});

void t.test('sources, an extension and padding are no audio', (t) => {
  const quiet = [0xff, 0xff];
  t.match(loudnessOf(packet(quiet, 0x82, new Array<number>(8).fill(0)), 'PCMU'), { energy: 0, ms: 0.25 });
  t.match(loudnessOf(packet(quiet, 0x90, [0, 0, 0, 1, 0, 0, 0, 0]), 'PCMU'), { energy: 0, ms: 0.25 });
  t.match(loudnessOf(packet([...quiet, 0, 2], 0xa0), 'PCMU'), { energy: 0, ms: 0.25 });
  t.end();
});

void t.test('what is no RTP, or has no audio, says nothing', (t) => {
  for (const wrong of [
    new Uint8Array(0),
    Uint8Array.from(header),
    packet([1], 0x00),
    packet([1, 200], 0xa0),
    packet([1], 0x8f),
    packet([0, 0, 0xff, 0xff], 0x90),
    packet([1], 0x90),
  ]) {
    t.equal(loudnessOf(wrong, 'PCMU'), undefined);
  }
  t.equal(loudnessOf(packet([1]), 'L16/16000'), undefined, 'half a sample');
  t.end();
});
