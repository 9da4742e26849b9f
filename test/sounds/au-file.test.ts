// What is played, and what is given back of it.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { auHeaderLength, wavOfAu, writeAu } from '../../src/sounds/index.js';
import { readWave } from '../../src/sounds/wave-file.js';

const folder = mkdtempSync(join(tmpdir(), 'partyline-au-'));
t.teardown(() => rmSync(folder, { recursive: true, force: true }));

void t.test('an .au file, and the same as WAV', async (t) => {
  // Longer than one part of the stream.
  const samples = Int16Array.from({ length: 70_001 }, (_, n) => ((n * 37) % 65_536) - 32_768);
  const au = writeAu({ samples, rate: 16_000, channels: 1 });
  t.equal(au.toString('latin1', 0, 4), '.snd');
  t.equal(au.readInt16BE(auHeaderLength + 2 * 5), samples[5]);
  const path = join(folder, 'a.au');
  writeFileSync(path, au);
  const { bytes, body } = wavOfAu(path, au.length, 16_000);
  const wav = Buffer.concat((await body.toArray()) as Buffer[]);
  t.equal(wav.length, bytes);
  const blocks = [...readWave(wav)];
  t.equal(blocks[0]?.rate, 16_000);
  const back = blocks.flatMap(({ samples }) => [...samples].map((sample) => sample * 32_768));
  t.strictSame(back, [...samples]);
});
