// Comfort noise: as strong as it is asked for, the same on narrow and wide phones, without a seam.
import t from 'tap';
import { renderNoise } from '../../src/rtp/noise.js';
import { amplitude, rms, windowed } from '../phone/goertzel.js';

void t.test('its strength is that of samples spread evenly between both peaks', (t) => {
  for (const peak of [3.2768, 32.768, 328]) {
    const { rate, samples } = renderNoise(peak);
    t.equal(rate, 16_000);
    t.ok(Math.abs(20 * Math.log10((rms(samples) * Math.sqrt(3)) / peak)) < 0.3, `${peak}: ${rms(samples)}`);
  }
  t.ok(
    renderNoise(0).samples.every((sample) => sample === 0),
    'none',
  );
  for (const bad of [-1, 40_000, NaN]) t.throws(() => renderNoise(bad), RangeError);
  t.end();
});

void t.test('it lies in the telephone band, and the end joins the beginning', (t) => {
  const { samples } = renderNoise(328);
  const input = windowed(samples.subarray(0, 16_000));
  const mean = (from: number, to: number) => {
    let sum = 0;
    for (let hz = from; hz < to; hz += 10) sum += amplitude(input, hz, 16_000) ** 2;
    return Math.sqrt((10 * sum) / (to - from));
  };
  const inside = mean(300, 3400);
  t.ok(mean(4500, 7900) < inside / 30, `beyond the band ${mean(4500, 7900)}, inside ${inside}`);
  t.ok(Math.abs(mean(300, 1500) / inside - 1) < 0.2, 'evenly');
  for (const edge of [samples.subarray(0, 800), samples.subarray(-800)])
    t.ok(Math.abs(20 * Math.log10(rms(edge) / rms(samples))) < 2, `50 ms at an end: ${rms(edge)}`);
  t.end();
});
