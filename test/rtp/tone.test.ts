import t from 'tap';
import { renderTone, ToneError } from '../../src/rtp/index.js';
import { amplitude, windowed } from '../phone/goertzel.js';

function level(samples: Int16Array, hz: number, fromMs: number, toMs: number): number {
  return amplitude(windowed(samples.subarray(16 * fromMs, 16 * toMs)), hz, 16_000);
}

/** Peak of one tone at that level: 0 dBm0 is 6.16 dB under what a sine of twice the full range would have. */
function peak(dbm0: number): number {
  return 32_767 * Math.SQRT2 * 10 ** ((dbm0 - 6.16) / 20);
}

void t.test('two frequencies, then silence', async (t) => {
  const { samples, rate } = renderTone('%(300,200,523,659)');
  t.equal(rate, 16_000);
  t.equal(samples.length, 16 * 500);
  t.ok(Math.abs(level(samples, 523, 0, 300) / peak(-7) - 1) < 0.03);
  t.ok(Math.abs(level(samples, 659, 0, 300) / peak(-7) - 1) < 0.03);
  t.ok(samples.subarray(16 * 300).every((sample) => sample === 0));
});

void t.test('volume and fading', async (t) => {
  const { samples } = renderTone(
    'tone_stream://v=-7;>=2;+=.1;%(300,0,523,659);v=-7;>=3;+=.1;%(800,0,659,783)',
  );
  t.equal(samples.length, 16 * 1100);
  // 0.1 dB every 2 ms: 10 dB in 200 ms.
  const early = level(samples, 523, 0, 60);
  const late = level(samples, 523, 200, 260);
  t.ok(Math.abs(20 * Math.log10(early / late) - 10) < 0.5, 'fades by 10 dB in 200 ms');
  t.ok(level(samples, 783, 300, 360) > peak(-9), 'the second begins loud again');
  const rising = renderTone('v=-30;<=2;+=.1;%(400,0,1000)').samples;
  t.ok(level(rising, 1000, 300, 400) > 4 * level(rising, 1000, 0, 100));
  const quiet = renderTone('v=-20;%(200,0,1000)').samples;
  t.ok(Math.abs(level(quiet, 1000, 0, 200) / peak(-20) - 1) < 0.03);
});

void t.test('loops of a tone, of the whole, and without end', async (t) => {
  t.equal(renderTone('l=3;%(100,100,440)').samples.length, 16 * 600);
  t.equal(renderTone('L=2;%(100,0,440);%(50,0,880)').samples.length, 16 * 300);
  t.equal(renderTone('tone_stream://%(100,100,440);loops=3').samples.length, 16 * 600);
  t.equal(renderTone('%(2000,4000,440,480);loops=-1').samples.length, 16 * 30_000, 'cut at 30 s');
  t.equal(renderTone('l=-1;%(100,100,440)').samples.length, 16 * 30_000);
  t.equal(renderTone('d=200;w=50;%(-1,-1,440)').samples.length, 16 * 250);
});

void t.test('silence, and clipping instead of overflow', async (t) => {
  t.ok(renderTone('%(500,0,0)').samples.every((sample) => sample === 0));
  const loud = renderTone('v=0;%(100,0,400,500,600,700)').samples;
  t.ok(loud.includes(32_767) && loud.includes(-32_768));
});

void t.test('what cannot be read', async (t) => {
  for (const text of [
    '',
    'v=-7',
    'hello',
    '%(1,2',
    '%(a,b,c)',
    '%(100,0,1,2,3,4,5,6,7,8,9)',
    '%(100,0,9000)',
    '%(31000,0,440)',
    'x=1;%(100,0,440)',
    '%(,,)',
    `${'%(1,0,1);'.repeat(300)}`,
  ]) {
    t.throws(() => renderTone(text), ToneError, text.slice(0, 30));
  }
});
