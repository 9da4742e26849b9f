// Every format of samples, and files that lie.
import t from 'tap';
import { isWave, readWave } from '../../src/sounds/wave-file.js';
import { db, peakAt, sine, wave16, waveOf, type WaveOptions } from './signals.js';

const tone = sine(1000, 0.2, 8000, 0.5);

function read(file: Buffer): number[] {
  return [...readWave(file)].flatMap(({ samples }) => [...samples]);
}

/** The tone's samples by a function that writes one of them. */
function bytes(width: number, write: (buffer: Buffer, sample: number, at: number) => void): Buffer {
  const data = Buffer.alloc(width * tone.length);
  tone.forEach((sample, n) => write(data, sample, n * width));
  return data;
}

/** ITU-T G.711 the long way round: the code whose value is nearest. */
function nearest(table: readonly number[], sample: number): number {
  const wanted = sample * 32_768;
  let best = 0;
  table.forEach((value, code) => {
    if (Math.abs(value - wanted) < Math.abs((table[best] ?? 0) - wanted)) best = code;
  });
  return best;
}

function decoded(kind: number): number[] {
  const all = Buffer.from(Array.from({ length: 256 }, (_, code) => code));
  return read(waveOf(all, { rate: 8000, kind, bits: 8 })).map((sample) => sample * 32_768);
}

void t.test('every format of samples', (t) => {
  const [aLaw, muLaw] = [decoded(6), decoded(7)];
  const formats: [string, Omit<WaveOptions, 'rate'>, Buffer][] = [
    ['8 bit', { bits: 8 }, bytes(1, (b, s, at) => b.writeUInt8(128 + Math.round(s * 127), at))],
    ['16 bit', {}, bytes(2, (b, s, at) => b.writeInt16LE(Math.round(s * 32_767), at))],
    ['24 bit', { bits: 24 }, bytes(3, (b, s, at) => b.writeIntLE(Math.round(s * 8_388_607), at, 3))],
    ['32 bit', { bits: 32 }, bytes(4, (b, s, at) => b.writeInt32LE(Math.round(s * 2_147_483_647), at))],
    ['float', { kind: 3, bits: 32 }, bytes(4, (b, s, at) => b.writeFloatLE(s, at))],
    ['double', { kind: 3, bits: 64 }, bytes(8, (b, s, at) => b.writeDoubleLE(s, at))],
    ['A-law', { kind: 6, bits: 8 }, bytes(1, (b, s, at) => b.writeUInt8(nearest(aLaw, s), at))],
    ['µ-law', { kind: 7, bits: 8 }, bytes(1, (b, s, at) => b.writeUInt8(nearest(muLaw, s), at))],
  ];
  for (const [name, options, data] of formats) {
    for (const extensible of [false, true]) {
      const samples = read(waveOf(data, { rate: 8000, ...options, extensible }));
      t.equal(samples.length, tone.length, name);
      t.ok(Math.abs(db(peakAt(samples, 1000, 8000) / 0.5)) < 0.1, `${name}, level`);
    }
  }
  t.end();
});

void t.test('G.711 as the tables say', (t) => {
  // ITU-T G.711, tables 1a and 2a: the ends and the middle of the scales, at 13 and 14 bit.
  t.strictSame(
    [0xaa, 0x2a, 0xd5, 0x55].map((code) => decoded(6)[code]),
    [32_256, -32_256, 8, -8],
  );
  t.strictSame(
    [0x80, 0x00, 0xff, 0xfe].map((code) => Math.abs(decoded(7)[code]!)),
    [32_124, 32_124, 0, 8],
  );
  t.end();
});

void t.test('two channels become their mean', (t) => {
  const data = Buffer.alloc(8);
  [1000, 3000, -2000, 2000].forEach((sample, n) => data.writeInt16LE(sample, 2 * n));
  t.strictSame(read(waveOf(data, { rate: 8000, channels: 2 })), [2000 / 32_768, 0]);
  t.end();
});

void t.test('floating point that is no number, or out of bounds, is silence', (t) => {
  const data = Buffer.alloc(16);
  [NaN, Infinity, 1e38, 0.5].forEach((sample, n) => data.writeFloatLE(sample, 4 * n));
  t.strictSame(read(waveOf(data, { rate: 8000, kind: 3, bits: 32 })), [0, 0, 0, 0.5]);
  t.end();
});

void t.test('files that lie or are cut off', (t) => {
  const whole = wave16(tone, 8000);
  const longer = Buffer.from(whole);
  longer.writeUInt32LE(0xffffffff, longer.indexOf('data') + 4);
  t.equal(read(longer).length, tone.length, 'a length beyond the end');
  t.equal(read(whole.subarray(0, whole.length - 101)).length, tone.length - 51, 'cut off');
  t.throws(() => read(whole.subarray(0, 20)), { name: 'SoundError' });
  t.throws(() => read(waveOf(Buffer.alloc(8), { rate: 8000, channels: 9 })), { message: /9 channels/ });
  t.throws(() => read(waveOf(Buffer.alloc(8), { rate: 1 })), { message: /1 Hz/ });
  t.throws(() => read(waveOf(Buffer.alloc(8), { rate: 8000, kind: 0x55 })), { message: /format 85/ });
  t.throws(() => read(waveOf(Buffer.alloc(8), { rate: 8000, bits: 12 })), { name: 'SoundError' });
  t.notOk(isWave(Buffer.from('RIFF')));
  for (let n = 12; n < 80; n++) {
    for (const value of [0, 1, 0x7f, 0xff]) {
      const damaged = Buffer.from(whole);
      damaged[n] = value;
      try {
        t.ok(read(damaged).length <= 2 * tone.length);
      } catch (error) {
        t.match(error, { name: 'SoundError' });
      }
    }
  }
  t.end();
});
