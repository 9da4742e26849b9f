// Nobody reaches for the volume: every kind of sound that the box plays lies within 3 LU of every other. Measured with the
// standard as it is printed (listening.ts), not with the code that made them so.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { entryTone, exitTone } from '../../src/conference/defaults.js';
import { SoundCache } from '../../src/rtp/index.js';
import { auHeaderLength } from '../../src/sounds/au-file.js';
import { evened, target } from '../../src/sounds/level.js';
import { transcode } from '../../src/sounds/transcode.js';
import { sine, wave16 } from '../sounds/signals.js';
import { listen, loudness, runtime } from './listening.js';

const folder = mkdtempSync(join(tmpdir(), 'partyline-loudness-'));
t.teardown(() => rmSync(folder, { recursive: true, force: true }));
const cache = new SoundCache(folder);

const floats = (samples: Int16Array) => Float64Array.from(samples, (sample) => sample / 32_768);

/** An .au file of ours. */
function samplesOf(path: string): Float64Array {
  const bytes = Buffer.from(readFileSync(path).subarray(auHeaderLength)).swap16();
  return floats(new Int16Array(bytes.buffer, bytes.byteOffset, bytes.length / 2));
}

const prompts = join(runtime, 'prompts');

void t.test('prompts, music, tones, and what people give the box', async (t) => {
  const sounds = new Map<string, Float64Array>([['music', listen(join(runtime, 'music', 'hold.wav'))]]);
  for (const language of readdirSync(prompts)) {
    // All of them are measured in prompts.test.ts; here a few stand for them.
    for (const name of ['conf-welcome', 'conf-alone', 'conf-muted', 'digit-6'])
      sounds.set(`${language}/${name}`, listen(join(prompts, language, `${name}.wav`)));
  }
  for (const [name, tone] of [
    ['entry tone', entryTone],
    ['exit tone', exitTone],
    ['beep', '%(500,0,440)'],
    ['a long tone at full level', 'v=0;%(2000,0,1000)'],
    ['four tones at once', '%(1000,0,400,600,800,1000)'],
  ] as const) {
    sounds.set(name, samplesOf(await cache.tone(tone)));
  }
  for (const [name, peak] of [
    ['a loud sound from outside', 0.9],
    ['a soft one', 0.01],
  ] as const) {
    const { samples } = await transcode(wave16(sine(700, 2, 44_100, peak), 44_100), 60_000);
    sounds.set(name, floats(samples));
  }
  for (const peak of [0.02, 0.8]) {
    const said = Int16Array.from(sine(400, 1, 16_000, peak), (sample) => Math.round(32_767 * sample));
    sounds.set(`a name said at ${peak}`, floats(evened(said, 20)));
  }
  const measured = [...sounds].map(([name, samples]) => [name, loudness(samples)] as const);
  for (const [name, lufs] of measured) {
    t.ok(Math.abs(lufs - target) <= 2.5, `${name}: ${lufs.toFixed(1)} LUFS`);
  }
  const all = measured.map(([, lufs]) => lufs);
  const spread = Math.max(...all) - Math.min(...all);
  t.ok(spread <= 3, `${spread.toFixed(1)} LU between the loudest and the softest`);
});

void t.test('a tone that was written softer stays softer', async (t) => {
  const soft = loudness(samplesOf(await cache.tone('v=-30;%(500,0,440)')));
  t.ok(soft < target - 10, `${soft.toFixed(1)} LUFS`);
});
