// Packets on the axis of time: what a recording says at which moment, whatever happens to the packets on the way.
import t from 'tap';
import { RecordingTrack } from '../../src/rtp/recording-track.js';

const count = 320;

interface Wish {
  readonly ssrc?: number;
  readonly value?: number;
  readonly type?: number;
}

/** The n-th packet of 20 ms of a stream: every sample has the same value. */
function packet(n: number, { ssrc = 1, value = 100, type = 97 }: Wish = {}): Buffer {
  const bytes = Buffer.alloc(12 + 2 * count);
  bytes[0] = 0x80;
  bytes[1] = type;
  bytes.writeUInt16BE((65_530 + n) & 0xffff, 2);
  bytes.writeUInt32BE((0xffff_ff00 + n * count) >>> 0, 4);
  bytes.writeUInt32BE(ssrc, 8);
  for (let i = 0; i < count; i++) bytes.writeInt16BE(value, 12 + 2 * i);
  return bytes;
}

/** The values of a recording with their lengths in ms: '100x40 0x20'. */
function told(track: RecordingTrack, until: number): string {
  const runs: { value: number; samples: number }[] = [];
  for (let bytes = track.take(until); bytes.length > 0; bytes = track.take(until)) {
    for (let at = 0; at < bytes.length; at += 2) {
      const value = bytes.readInt16LE(at);
      const last = runs.at(-1);
      if (last?.value === value) last.samples += 1;
      else runs.push({ value, samples: 1 });
    }
  }
  return runs.map(({ value, samples }) => `${value}x${samples / 16}`).join(' ');
}

/** Packets of a stream, each when its sound is complete. */
function send(track: RecordingTrack, from: number, to: number, wish: Wish = {}, at = 0): void {
  for (let n = from; n < to; n++) track.accept(packet(n, wish), at + (n - from + 1) * 20);
}

void t.test('nothing came: silence, as long as it was', (t) => {
  const track = new RecordingTrack(1000);
  t.equal(told(track, 1500), '0x500');
  t.equal(told(track, 1500), '');
  t.equal(told(track, 26_500), '0x25000', 'however long nobody asked');
  t.equal(track.length, 25_500 * 16);
  t.end();
});

void t.test('a stream lies where it came, over the ends of its counters', (t) => {
  const track = new RecordingTrack(0);
  send(track, 0, 20, {}, 60);
  t.equal(told(track, 500), '0x60 100x400 0x40');
  t.end();
});

void t.test('lost packets are silence, doubled ones count once, swapped ones find their place', (t) => {
  const track = new RecordingTrack(0);
  send(track, 0, 10);
  const order = [11, 10, 11, 13, 13];
  order.forEach((n, index) => track.accept(packet(n), 220 + 20 * index));
  t.equal(told(track, 300), '100x240 0x20 100x20 0x20');
  t.end();
});

void t.test('packets that waited in the socket are where they belong', (t) => {
  const late = new RecordingTrack(0);
  send(late, 0, 10);
  for (let n = 10; n < 60; n++) late.accept(packet(n), 1200);
  t.equal(told(late, 1200), '100x1200', 'of a stream that is known');
  const first = new RecordingTrack(0);
  for (let n = 0; n < 20; n++) first.accept(packet(n), 400);
  send(first, 20, 30, {}, 400);
  t.equal(told(first, 600), '100x600', 'of one that is new');
  t.end();
});

void t.test('what comes after its time was written is lost, and nothing else', (t) => {
  const track = new RecordingTrack(0);
  send(track, 0, 20);
  t.equal(told(track, 410), '100x400 0x10');
  track.accept(packet(20), 430);
  t.equal(told(track, 420), '100x10');
  t.end();
});

void t.test('two streams at once are added, at most to full scale', (t) => {
  const track = new RecordingTrack(0);
  send(track, 0, 20, { value: 30_000 });
  send(track, 0, 10, { ssrc: 2, value: 200 });
  send(track, 0, 10, { ssrc: 3, value: 20_000 }, 200);
  t.equal(told(track, 400), '30200x200 32767x200');
  t.end();
});

void t.test('a new stream after a gap lies where it came', (t) => {
  const track = new RecordingTrack(0);
  send(track, 0, 10);
  send(track, 7000, 7010, { ssrc: 2, value: 50 }, 1000);
  t.equal(told(track, 1200), '100x200 0x800 50x200');
  t.end();
});

void t.test('a stream that stood still comes back to its time within a second or two', (t) => {
  const track = new RecordingTrack(0);
  send(track, 0, 10);
  told(track, 200);
  // Two seconds later it goes on as if nothing had been.
  for (let n = 10; n < 110; n++) {
    const now = 2200 + (n - 9) * 20;
    track.accept(packet(n), now);
    told(track, now - 250);
  }
  t.equal(told(track, 4200), '100x250');
  t.end();
});

void t.test('what is no packet for a recorder is passed over', (t) => {
  const track = new RecordingTrack(0);
  const padded = packet(0);
  padded[0] = 0xa0;
  padded[padded.length - 1] = 255;
  const extended = packet(0);
  extended[0] = 0x90;
  extended.writeUInt16BE(0xffff, 14);
  const strange = [
    Buffer.alloc(0),
    Buffer.from('no RTP'),
    packet(0, { type: 0 }),
    packet(0).subarray(0, 11),
    extended,
    Buffer.alloc(2000, 0xff),
  ];
  for (const bytes of strange) track.accept(bytes, 20);
  t.equal(told(track, 20), '0x20');
  track.accept(padded, 40);
  t.equal(told(track, 40), '0x8 100x12', 'padding is no sound');
  t.end();
});

void t.test('more streams than a room can have gain nothing', (t) => {
  const track = new RecordingTrack(0);
  for (let ssrc = 1; ssrc <= 9; ssrc++) send(track, 0, 10, { ssrc, value: 10 });
  t.equal(told(track, 200), '40x200');
  t.end();
});
