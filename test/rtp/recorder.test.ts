// The recorder with its real worker, real datagrams and real files; and files that a crash has cut off.
import { createSocket } from 'node:dgram';
import { appendFileSync, existsSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { silentLog } from '../../src/log.js';
import { mendRecording, readWav, Recorder, type RecordingOrder } from '../../src/rtp/index.js';
import { scratchFolder } from '../store/scratch.js';
import { until } from './box.js';

const recorder = new Recorder({ avoid: { first: 30_000, last: 39_999 }, log: silentLog });
t.teardown(() => recorder.stop());

const folder = scratchFolder(t);
let files = 0;

function order(wish: Partial<RecordingOrder> = {}): RecordingOrder {
  return { file: join(folder, `${++files}.wav`), durable: true, maxMs: 60_000, minFreeBytes: 0, ...wish };
}

/** Packets of 20 ms in real time, every sample the same. */
function send(port: number, packets: number, value: number): Promise<void> {
  const socket = createSocket('udp4');
  return new Promise((resolve) => {
    let n = 0;
    const timer = setInterval(() => {
      const packet = Buffer.alloc(652);
      packet[0] = 0x80;
      packet[1] = 97;
      packet.writeUInt16BE(n, 2);
      packet.writeUInt32BE(n * 320, 4);
      for (let i = 12; i < 652; i += 2) packet.writeInt16BE(value, i);
      socket.send(packet, port, '127.0.0.1');
      if (++n < packets) return;
      clearInterval(timer);
      socket.close(() => resolve());
    }, 20);
  });
}

function wholeWav(file: string): Int16Array {
  const bytes = readFileSync(file);
  const { samples, rate } = readWav(bytes);
  if (rate !== 16_000 || bytes.length !== 44 + samples.byteLength) throw new Error('header and file differ');
  return samples;
}

void t.test('two at once: each has its own sound, whole at every moment', async (t) => {
  const [first, second] = [order(), order()];
  const [one, two] = await Promise.all([recorder.open(first), recorder.open(second)]);
  t.not(one.port, two.port);
  for (const { port } of [one, two]) t.ok(port < 30_000 || port > 39_999, `${port} is not rtpengine's`);
  await Promise.all([send(one.port, 40, 1000), send(two.port, 40, 2000)]);
  await until('something is written', () => wholeWav(first.file).length > 0);
  t.equal(statSync(first.file).mode & 0o777, 0o600, 'for the owner alone');
  const [end] = await Promise.all([one.close(), two.close()]);
  t.match(end, { reason: 'closed', bytes: statSync(first.file).size });
  for (const [file, value] of [
    [first.file, 1000],
    [second.file, 2000],
  ] as const) {
    const samples = wholeWav(file);
    const heard = samples.filter((sample) => sample === value).length;
    t.ok(heard >= 38 * 320, `${heard} samples`);
    t.ok(
      samples.every((sample) => sample === value || sample === 0),
      'nothing else',
    );
  }
  t.same(await one.ended, end);
});

void t.test('limits and refusals', async (t) => {
  const limited = await recorder.open(order({ maxMs: 1 }));
  t.match(await limited.ended, { reason: 'limit' });
  t.match(await limited.close(), { reason: 'limit' }, 'closing it then is fine');
  await t.rejects(recorder.open(order({ minFreeBytes: 1e18 })), /disk is nearly full/);
  const taken = order();
  writeFileSync(taken.file, 'mine');
  await t.rejects(recorder.open(taken), /EEXIST/);
  t.equal(readFileSync(taken.file, 'utf8'), 'mine');
});

void t.test('stop closes what is open; the next recording begins anew', async (t) => {
  const first = await recorder.open(order());
  await recorder.stop();
  t.match(await first.ended, { reason: 'closed' });
  const second = await recorder.open(order());
  t.match(await second.close(), { reason: 'closed' });
});

void t.test('a file that was cut off is mended', async (t) => {
  const wish = order({ durable: false });
  const { file } = wish;
  const recording = await recorder.open(wish);
  await recording.close();
  const samples = wholeWav(file).length;
  appendFileSync(file, Buffer.alloc(3201));
  t.same(await mendRecording(file), {
    bytes: 44 + 2 * (samples + 1600),
    ms: Math.round((samples + 1600) / 16),
  });
  t.equal(
    wholeWav(file).length,
    samples + 1600,
    'what was written and not counted is kept, but for half a sample',
  );
  truncateSync(file, 20);
  t.same(await mendRecording(file), { bytes: 44, ms: 0 });
  t.equal(wholeWav(file).length, 0);
  await t.rejects(mendRecording(join(folder, 'none.wav')));
  t.notOk(existsSync(join(folder, 'none.wav')));
});
