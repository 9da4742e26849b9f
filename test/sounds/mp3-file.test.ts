// MP3 files as they come, and as they come damaged.
import { readFileSync } from 'node:fs';
import t from 'tap';
import { isMp3, readMp3 } from '../../src/sounds/mp3-file.js';
import { db, mp3Fixture, peakAt } from './signals.js';

const fixture = readFileSync(mp3Fixture);

async function read(file: Buffer): Promise<number[]> {
  const samples: number[] = [];
  for await (const block of readMp3(file)) {
    t.equal(block.rate, 44_100);
    samples.push(...block.samples);
  }
  return samples;
}

void t.test('a file is known by its first bytes', (t) => {
  t.ok(isMp3(fixture));
  t.ok(isMp3(Buffer.from('ID3\u0004')));
  t.notOk(isMp3(Buffer.from([0xff, 0xf1, 0x50, 0x80])), 'AAC');
  t.notOk(isMp3(Buffer.from([0xff, 0xfb])), 'too short');
  t.notOk(isMp3(Buffer.from('RIFF')));
  t.end();
});

void t.test('the level of what was put in; what a file that is cut off still has', async (t) => {
  const samples = await read(fixture);
  t.ok(Math.abs(samples.length - 88_200) < 3500);
  // The encoder itself takes 0.4 dB away.
  t.ok(Math.abs(db(peakAt(samples.slice(20_000, 60_000), 1000, 44_100) / (8000 / 32_768))) < 0.6);
  const half = await read(fixture.subarray(0, fixture.length / 2));
  t.ok(half.length > 35_000 && half.length < 50_000);
});

void t.test('damaged files come to an end', async (t) => {
  let seed = 7;
  const random = (below: number) => (seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31) % below;
  for (let turn = 0; turn < 40; turn++) {
    const damaged = Buffer.from(fixture);
    for (let n = 0; n <= random(30); n++) damaged[4 + random(fixture.length - 4)] = random(256);
    try {
      for await (const { samples } of readMp3(damaged)) if (samples.some(Number.isNaN)) t.fail('no number');
    } catch (error) {
      t.match(error, { name: 'SoundError' });
    }
  }
  t.pass('all of them');
});
