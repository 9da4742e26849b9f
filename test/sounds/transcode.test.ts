// Whole files through all steps.
import { readFileSync } from 'node:fs';
import t from 'tap';
import { isMp3 } from '../../src/sounds/mp3-file.js';
import { transcode } from '../../src/sounds/transcode.js';
import { mp3Fixture, peakAt, sine, wave16, db } from './signals.js';

const minute = 60_000;
/** Peak of a sine of −22 LUFS at 1 kHz: −3.01 LUFS is full scale. */
const tonePeak = 10 ** ((-22 + 3.01) / 20);

void t.test('WAV and MP3 of a tone: 16 kHz, the loudness of the prompts, the right length', async (t) => {
  for (const [name, file] of [
    ['wav', wave16(sine(1000, 2, 44_100, 0.9), 44_100)],
    ['mp3', readFileSync(mp3Fixture)],
  ] as const) {
    const { samples, loudness } = await transcode(file, minute);
    t.ok(Math.abs(samples.length - 32_000) < 1200, `${name}: ${samples.length} samples`);
    t.ok(Math.abs(loudness + 22) < 0.2, `${name}: ${loudness.toFixed(2)} LUFS`);
    const middle = Float32Array.from(samples.subarray(8000, 24_000), (sample) => sample / 32_768);
    t.ok(Math.abs(db(peakAt(middle, 1000, 16_000) / tonePeak)) < 0.3, `${name}: the tone's level`);
  }
});

void t.test('what is no sound, or too much of it', async (t) => {
  const refused = (file: Buffer, message: RegExp) =>
    t.rejects(transcode(file, 1000), { name: 'SoundError', message });
  await refused(Buffer.from('<html>not found</html>'), /neither a WAV nor an MP3/);
  await refused(Buffer.alloc(0), /neither/);
  await refused(wave16(sine(1000, 1.1, 8000), 8000), /longer than/);
  await refused(readFileSync(mp3Fixture), /longer than/);
  await refused(wave16(new Float32Array(0), 8000), /no sound in it/);
  await refused(Buffer.from(`ID3${'nothing but words '.repeat(200)}`), /no sound in it/);
  t.notOk(isMp3(Buffer.from([0xff, 0xf1, 0x50, 0x80])), 'AAC');
});
