// What a profile says of packets and sampling rates, and what it gets.
import t from 'tap';
import { audioFormatOf, unavailableOf } from '../../src/conference/audio-format.js';
import { documentWith } from './documents.js';

void t.test('interval: only where the document names it, in steps that the mixer bears', (t) => {
  t.strictSame(audioFormatOf(documentWith({})), { rate: 16_000 });
  for (const [interval, packetMs] of [
    [10, 10],
    [14, 10],
    [15, 20],
    [20, 20],
    [33, 30],
    [60, 60],
    [120, 120],
  ] as const) {
    t.equal(audioFormatOf(documentWith({ profile: { interval } })).packetMs, packetMs, String(interval));
  }
  t.end();
});

void t.test('rate: the nearest of those that a telephone codec has', (t) => {
  for (const [rate, used] of [
    [8000, 8000],
    [12_000, 16_000],
    [16_000, 16_000],
    [24_000, 16_000],
    [32_000, 48_000],
    [48_000, 48_000],
  ] as const) {
    t.equal(audioFormatOf(documentWith({ profile: { rate } })).rate, used, String(rate));
  }
  t.equal(audioFormatOf(documentWith({ profile_name: 'page' })).rate, 8000, 'as the page profile says');
  t.equal(audioFormatOf(documentWith({ profile_name: 'page', profile: { rate: 16_000 } })).rate, 16_000);
  t.end();
});

void t.test('what is not to be had is named, what nobody asked for is not', (t) => {
  t.strictSame(unavailableOf(documentWith({})), []);
  t.strictSame(unavailableOf(documentWith({ profile: { interval: 40, rate: 8000 } })), []);
  t.strictSame(unavailableOf(documentWith({ profile: { interval: 33, rate: 44_100 } })), [
    { field: 'profile.interval', asked: 33, used: 30 },
    { field: 'profile.rate', asked: 44_100, used: 48_000 },
  ]);
  t.end();
});
