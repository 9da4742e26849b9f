import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { readWav, WavError, writeWav } from '../../src/rtp/index.js';
import { wavRate } from '../../src/rtp/wav.js';

const samples = Int16Array.from([0, 1, -1, 32_767, -32_768]);

void t.test('what is written can be read', async (t) => {
  t.same(readWav(writeWav(samples, 16_000)), { rate: 16_000, channels: 1, samples });
});

void t.test('other chunks are passed over; a length that lies is not believed', async (t) => {
  const file = writeWav(samples, 8000);
  const list = Buffer.from('LIST\x03\x00\x00\x00abc\x00', 'latin1');
  t.same(readWav(Buffer.concat([file.subarray(0, 12), list, file.subarray(12)])).samples, samples);
  file.writeUInt32LE(0xffffffff, 40);
  t.same(readWav(file).samples, samples);
});

void t.test('what is no WAV of ours', async (t) => {
  const file = writeWav(samples, 8000);
  const with8bit = Buffer.from(file);
  with8bit.writeUInt16LE(8, 34);
  const alaw = Buffer.from(file);
  alaw.writeUInt16LE(6, 20);
  for (const bad of [
    Buffer.alloc(0),
    Buffer.from('RIFF'),
    file.subarray(0, 30),
    with8bit,
    alaw,
    Buffer.alloc(100),
  ]) {
    t.throws(() => readWav(bad), WavError);
  }
  for (let length = 0; length < file.length; length++) {
    try {
      readWav(file.subarray(0, length));
    } catch (error) {
      if (!(error instanceof WavError)) t.fail(String(error));
    }
  }
});

void t.test('the rate alone', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'partyline-wav-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'a.wav');
  writeFileSync(path, writeWav(samples, 22_050));
  t.equal(await wavRate(path), 22_050);
  writeFileSync(path, 'ID3 nothing');
  t.equal(await wavRate(path), undefined);
  t.equal(await wavRate(join(folder, 'missing')), undefined);
});
