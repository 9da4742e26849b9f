// The receiver's statistics and its window on the audio, fed packet by packet.
import t from 'tap';

import { codecs } from './codecs.js';
import { type ClockTask, now, rtpClock } from './rtp-clock.js';
import { Ears } from './rtp-waits.js';
import { toneSamples } from './tones.js';

const codec = codecs.PCMU;
const tone = codec.encoder().encode(toneSamples([1_000], 3_000, 8_000, 8_000));

function packet(n: number, { type = 0, ssrc = 5, timestamp = n * 160 } = {}): Buffer {
  const bytes = Buffer.alloc(172);
  bytes[0] = 0x80;
  bytes[1] = type;
  bytes.writeUInt16BE(n & 0xffff, 2);
  bytes.writeUInt32BE(timestamp >>> 0, 4);
  bytes.writeUInt32BE(ssrc, 8);
  tone.copy(bytes, 12, (n % 50) * 160, ((n % 50) + 1) * 160);
  return bytes;
}

function ears(): Ears {
  const rx = new Ears();
  rx.setFormats(new Map([[0, codec]]), new Map([[101, 8_000]]));
  return rx;
}

void t.test('a clean stream over the end of the sequence numbers', (t) => {
  const rx = ears();
  const start = now() - 1_000;
  for (let i = 0; i < 50; i++) rx.push(packet(65_500 + i), start + i * 20);
  t.match(rx.stats, { packets: 50, missing: 0, duplicates: 0, reordered: 0, timestampJumps: 0, unknown: 0 });
  t.ok(Math.abs(rx.stats.longestGapMs - 20) < 0.01);
  const level = rx.level(1_000, { ms: 500, end: start + 980 });
  t.ok(Math.abs(level - 3_000) < 30, `${level}`);
  t.end();
});

void t.test('loss, order, duplicates, jumps, strangers', (t) => {
  const rx = ears();
  const start = now() - 1_000;
  [0, 1, 2, 4, 3, 3, 7, 8].forEach((n, i) => rx.push(packet(n), start + i * 20));
  t.match(rx.stats, { packets: 8, missing: 2, duplicates: 1, reordered: 1, timestampJumps: 0 });
  rx.push(packet(9, { timestamp: 9 * 160 + 80 }), start + 300);
  t.equal(rx.stats.timestampJumps, 1);
  t.ok(Math.abs(rx.stats.longestGapMs - 160) < 0.01);
  rx.push(packet(0, { ssrc: 6 }), start + 320);
  t.equal(rx.stats.ssrcs.size, 2);
  rx.push(packet(10, { type: 77 }), start + 340);
  rx.push(Buffer.from('scrap'), start + 340);
  t.equal(rx.stats.unknown, 2);
  t.end();
});

void t.test('swapped packets sound right, lost ones are silence, and so is the time after the last', (t) => {
  const rx = ears();
  const start = now() - 2_000;
  const order = Array.from({ length: 50 }, (_, i) => (i % 2 === 0 ? i + 1 : i - 1));
  order.forEach((n, i) => rx.push(packet(n), start + i * 20));
  const end = start + 49 * 20;
  t.ok(Math.abs(rx.level(1_000, { ms: 500, end }) - 3_000) < 30);
  const half = ears();
  for (let i = 0; i < 50; i++) if (i % 2 === 0) half.push(packet(i), start + i * 20);
  t.ok(Math.abs(half.level(1_000, { ms: 500, end }) - 1_500) < 60, `${half.level(1_000, { ms: 500, end })}`);
  t.equal(rx.level(1_000, { ms: 500 }), 0);
  t.equal(ears().level(1_000), 0);
  t.end();
});

void t.test('events become digits once', (t) => {
  const rx = ears();
  const event = (n: number, timestamp: number, code: number, duration: number): Buffer => {
    const bytes = packet(n, { type: 101, timestamp }).subarray(0, 16);
    bytes.set([code, 10, duration >> 8, duration & 255], 12);
    return bytes;
  };
  let n = 0;
  for (const [timestamp, code] of [
    [1_000, 1],
    [3_000, 1],
    [5_000, 11],
  ] as const) {
    for (const duration of [160, 320, 800, 800, 800]) rx.push(event(n++, timestamp, code, duration));
  }
  t.same(
    rx.digits.map(({ digit, durationMs }) => [digit, durationMs]),
    [
      ['1', 100],
      ['1', 100],
      ['#', 100],
    ],
  );
  t.end();
});

void t.test('the ring forgets', (t) => {
  const rx = ears();
  rx.keepMs = 1_000;
  const start = now() - 20_000;
  for (let i = 0; i < 1_000; i++) rx.push(packet(i), start + i * 20);
  t.ok(rx.packets.length < 100, `${rx.packets.length} packets kept`);
  t.end();
});

void t.test('an onset in the middle of a packet', (t) => {
  const rx = ears();
  const start = now() - 1_000;
  const samples = new Int16Array(8_000);
  samples.set(toneSamples([1_000], 3_000, 8_000, 3_920), 4_080);
  const encoded = codec.encoder().encode(samples);
  for (let i = 0; i < 50; i++) {
    const bytes = packet(i);
    encoded.copy(bytes, 12, i * 160, (i + 1) * 160);
    rx.push(bytes, start + i * 20);
  }
  const onset = rx.onsetTime(1_000)!;
  t.ok(Math.abs(onset - start - 510) < 1, `${(onset - start).toFixed(2)} ms`);
  t.equal(rx.onsetTime(2_000), undefined);
  t.end();
});

void t.test('a process held up hears no silence that is not there', async (t) => {
  const rx = ears();
  const task: ClockTask = { nextAt: 0, tick: () => void (task.nextAt += 20) };
  rtpClock.add(task, 20);
  t.teardown(() => rtpClock.remove(task));
  const start = now();
  for (let i = 0; i < 30; i++) rx.push(packet(i), start - 600 + i * 20);
  while (now() < start + 200);
  t.ok(rx.level(1_000, { ms: 300 }) > 2_900, 'held up');
  await new Promise((resolve) => setTimeout(resolve, 100));
  t.ok(rx.level(1_000, { ms: 300 }) < 1_500, 'and quiet when nothing came in time');
});
