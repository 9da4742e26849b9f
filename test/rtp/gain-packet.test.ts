import t from 'tap';
import { muLaw } from '../../src/rtp/g711.js';
import { bendPacket } from '../../src/rtp/gain-packet.js';
import { GainStage } from '../../src/rtp/gain-stage.js';

function louder(rate = 8000): GainStage {
  const stage = new GainStage(rate);
  stage.set(6, 0);
  stage.process(new Int16Array(320), 320);
  return stage;
}

function rtp(
  payloadType: number,
  payload: readonly number[],
  { flags = 0x80, before = [] as number[] } = {},
): Buffer {
  const head = [flags, payloadType, 0x12, 0x34, 0, 0, 0, 160, 1, 2, 3, 4];
  return Buffer.from([...head, ...before, ...payload]);
}

const quiet = muLaw.encode[1000] ?? 0;
const loud = muLaw.encode[1995] ?? 0;

void t.test('the payload is bent, the header is not', async (t) => {
  const packet = rtp(0, [quiet, quiet]);
  bendPacket(packet, 'PCMU', 0, louder());
  t.strictSame([...packet], [...rtp(0, [loud, loud])]);
  const linear = rtp(96, [0x03, 0xe8, 0xfc, 0x18]);
  bendPacket(linear, 'L16/16000', 96, louder(16_000));
  t.strictSame([linear.readInt16BE(12), linear.readInt16BE(14)], [1995, -1995]);
  const alaw = rtp(8, [0xd5 ^ 0x20]);
  const before = [...alaw];
  bendPacket(alaw, 'PCMA', 8, louder());
  t.notSame([...alaw], before);
  const full = rtp(96, [0x03, 0xe8]);
  bendPacket(full, 'L16/48000', 96, louder(48_000));
  t.equal(full.readInt16BE(12), 1995);
});

void t.test('sources, extension and padding are passed over', async (t) => {
  const withSource = rtp(0, [quiet], { flags: 0x81, before: [9, 9, 9, 9] });
  bendPacket(withSource, 'PCMU', 0, louder());
  t.strictSame([...withSource.subarray(12)], [9, 9, 9, 9, loud]);
  const extended = rtp(0, [quiet], { flags: 0x90, before: [1, 2, 0, 1, 7, 7, 7, 7] });
  bendPacket(extended, 'PCMU', 0, louder());
  t.strictSame([...extended.subarray(12)], [1, 2, 0, 1, 7, 7, 7, 7, loud]);
  const padded = rtp(0, [quiet, 5, 2], { flags: 0xa0 });
  bendPacket(padded, 'PCMU', 0, louder());
  t.strictSame([...padded.subarray(12)], [loud, 5, 2]);
});

void t.test('what is not this audio stays as it is', async (t) => {
  const others = [
    rtp(101, [quiet, quiet]),
    rtp(0, [quiet], { flags: 0x40 }),
    rtp(0, []),
    Buffer.from([0x80, 0]),
    Buffer.alloc(0),
    rtp(0, [quiet], { flags: 0x8f }),
    rtp(0, [quiet], { flags: 0x90, before: [0, 0, 0xff, 0xff] }),
    rtp(0, [quiet, 200], { flags: 0xa0 }),
    rtp(0, new Array<number>(5000).fill(quiet)),
  ];
  for (const packet of others) {
    const before = Buffer.from(packet);
    bendPacket(packet, 'PCMU', 0, louder());
    t.strictSame(packet, before);
  }
});
