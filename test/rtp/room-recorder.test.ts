// The recorder in a room: with real sound, over changes of who is in and over the replacement of the room call.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import type { MixPlan, Source } from '../../src/conference/types.js';
import { silentLog } from '../../src/log.js';
import { readWav, Recorder } from '../../src/rtp/index.js';
import { rms } from '../phone/goertzel.js';
import { scratchFolder } from '../store/scratch.js';
import { addAll, Box, listen, mesh, type Caller } from './box.js';

const box = await Box.open(t);
const recorder = new Recorder({ avoid: { first: 0, last: 0 }, log: silentLog });
t.teardown(() => recorder.stop());

function recorded(plan: MixPlan, ids: readonly number[]): MixPlan {
  return { ...plan, recorder: ids.map((id): Source => ({ kind: 'member', id })) };
}

void t.test('nothing is lost or doubled when the room call is replaced', async (t) => {
  const file = join(scratchFolder(t), 'room.wav');
  const callers = await box.dialMany(3);
  const [a, b, guest] = callers as [Caller, Caller, Caller];
  const room = box.engine.createRoom('recorded', { departures: 3 });
  addAll(room, [a, b]);
  await room.apply(recorded(mesh(2), [1, 2]));
  const recording = await recorder.open({ file, durable: true, maxMs: 60_000, minFreeBytes: 0 });
  await room.record(recording.port);
  const before = await box.engine.ng.list(300);
  await listen(400);
  for (let turn = 0; turn < 4; turn++) {
    room.add(10 + turn, guest.ingress);
    await room.apply(recorded(mesh(2), [1, 2]));
    await room.remove(10 + turn);
    await listen(150);
  }
  const after = await box.engine.ng.list(300);
  t.notSame(
    after.filter((id) => id.includes('-r-recorded')),
    before.filter((id) => id.includes('-r-recorded')),
    'it was replaced',
  );
  await listen(400);
  await recording.close();
  await room.record(undefined);
  const { samples, rate } = readWav(readFileSync(file));
  const frame = rate / 50;
  const levels: number[] = [];
  // Without the first and the last tenth of a second.
  for (let at = 5 * frame; at + 6 * frame < samples.length; at += frame)
    levels.push(rms(samples.subarray(at, at + frame)));
  t.ok(levels.length > 40, `${levels.length} frames`);
  // Two tones of 3000 together; where one room call takes over from the other, their mixers are not in step.
  const loudest = Math.max(...levels);
  t.ok(loudest < 3600, `nobody is heard twice: ${Math.round(loudest)}`);
  const quiet = levels.filter((level) => level < 1500).length;
  t.ok(quiet <= 3, `${quiet} frames of 20 ms are quiet`);
  for (const caller of callers) await box.hangUp(caller);
  await room.close();
});
