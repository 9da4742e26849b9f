// The hold music that the set-up has made: quieter than a voice but not lost, whole on a telephone, without a seam.
import { join } from 'node:path';
import t from 'tap';
import { listen, loudness, peak, runtime } from './listening.js';

const music = listen(join(runtime, 'music', 'hold.wav'));
const power = (samples: Float64Array) => samples.reduce((sum, sample) => sum + sample ** 2, 0);

void t.test('length and loudness', (t) => {
  const seconds = music.length / 16_000;
  const measured = loudness(music);
  t.ok(seconds >= 60 && seconds <= 120, `${seconds} s`);
  t.ok(measured >= -25 && measured <= -22, `${measured} LUFS, the prompts have -22`);
  t.ok(peak(music) < 0.5, `peak ${peak(music)}`);
  t.end();
});

void t.test('it is even: no 3 seconds stand out or get lost', (t) => {
  for (let at = 0; at + 48_000 <= music.length; at += 48_000) {
    const part = loudness(music.subarray(at, at + 48_000));
    t.ok(part > -27 && part < -21, `${at / 16_000} s: ${part} LUFS`);
  }
  t.end();
});

void t.test('it begins softly and joins its own end', (t) => {
  const step = Math.abs((music[0] ?? 1) - (music.at(-1) ?? 0));
  const usual = power(music.map((sample, n) => sample - (music[n - 1] ?? sample))) / music.length;
  t.ok(step <= Math.sqrt(usual), `a step of ${step}; between samples ${Math.sqrt(usual)} are usual`);
  const average = power(music) / music.length;
  t.ok(power(music.subarray(0, 160)) / 160 < average / 4, 'the first 10 ms');
  t.end();
});

void t.test('what a telephone does not carry is not in it', (t) => {
  // Every 8 seconds, 64 ms in bins of 15.6 Hz.
  let inside = 0;
  let all = 0;
  for (let at = 0; at + 1024 <= music.length; at += 128_000) {
    for (let bin = 1; bin < 512; bin++) {
      let [re, im] = [0, 0];
      for (let n = 0; n < 1024; n++) {
        const value = (music[at + 64_000 + n] ?? 0) * (0.5 - 0.5 * Math.cos((2 * Math.PI * n) / 1024));
        re += value * Math.cos((2 * Math.PI * bin * n) / 1024);
        im += value * Math.sin((2 * Math.PI * bin * n) / 1024);
      }
      const energy = re ** 2 + im ** 2;
      all += energy;
      if (bin * 15.625 >= 280 && bin * 15.625 <= 3420) inside += energy;
    }
  }
  t.ok(inside / all > 0.97, `${inside / all} of the energy`);
  t.end();
});
