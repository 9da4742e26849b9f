// The thread that hears: ears, their levels, and what is none of theirs.
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import t, { type Test } from 'tap';
import { silentLog } from '../../src/log.js';
import { TalkDetector, type Ear } from '../../src/rtp/talk-detector.js';

const loud = Buffer.concat([Buffer.from([0x80, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 7]), Buffer.alloc(480, 0x00)]);

async function mouth(t: Test): Promise<Socket> {
  const socket = createSocket('udp4');
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  t.teardown(() => socket.close());
  return socket;
}

/** An ear, and a promise of the next thing it tells. */
async function ear(detector: TalkDetector, level = 20): Promise<{ ear: Ear; next: () => Promise<boolean> }> {
  let tell: (talking: boolean) => void = () => undefined;
  const opened = await detector.open({ codec: 'PCMU', level, talking: false, changed: (on) => tell(on) });
  return { ear: opened, next: () => new Promise((resolve) => (tell = resolve)) };
}

void t.test('hears each by the port it speaks from, above its level', async (t) => {
  const detector = new TalkDetector(silentLog);
  t.teardown(() => detector.stop());
  const [a, b, stranger] = [await mouth(t), await mouth(t), await mouth(t)];
  const first = await ear(detector);
  const second = await ear(detector, 32_767);
  first.ear.from(a.address().port);
  second.ear.from(b.address().port);
  let toldOfSecond = false;
  void second.next().then(() => (toldOfSecond = true));
  const told = first.next();
  for (const socket of [stranger, b, a]) socket.send(loud, first.ear.port, '127.0.0.1');
  t.equal(await told, true, '60 ms at once');
  t.equal(first.ear.energy, 32_124);
  t.equal(second.ear.energy, 32_124, 'heard');
  t.notOk(toldOfSecond, 'but below its level');
  second.ear.setLevel(100);
  const now = second.next();
  b.send(loud, second.ear.port, '127.0.0.1');
  t.equal(await now, true, 'a level can be changed');
  t.equal(await first.next(), false, 'and quiet after a while');
  t.equal(first.ear.energy, 0);
  first.ear.close();
  first.ear.close();
  t.equal(first.ear.energy, 0);
});

void t.test('a detector that was stopped opens no ears', async (t) => {
  const detector = new TalkDetector(silentLog);
  const { ear: one } = await ear(detector);
  t.ok(one.alive);
  await detector.stop();
  t.notOk(one.alive);
  await t.rejects(ear(detector), /stopped/);
  await new TalkDetector(silentLog).stop();
});
