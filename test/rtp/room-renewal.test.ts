// A room whose sound has become late is renewed: measured from phone to phone, with an rtpengine that stood still.
import { once } from 'node:events';
import t from 'tap';
import { amplitude, windowed } from '../phone/goertzel.js';
import { addAll, Box, listen, mesh, until, type Caller } from './box.js';

/** Longer than a tick of every player, shorter than what makes the engine take rtpengine for dead. */
const standstillMs = 150;

void t.test('what a standstill leaves behind ends with a renewal, and nobody is lost by it', async (t) => {
  const box = await Box.open(t, {}, { pingMs: 50 });
  const callers = [await box.dial(), await box.dial(), await box.dial({ codec: 'G722' })];
  const [mouth, ear, wide] = callers as [Caller, Caller, Caller];
  const room = box.engine.createRoom('late', { lateness: { calmMs: 2000, apartMs: 0 } });
  addAll(room, callers);
  await room.apply(mesh(3));

  let hz = 600;
  /** From the first packet with another tone to the first that is heard with it, ms; the quickest of some. */
  const delay = async (): Promise<number> => {
    let quickest = Infinity;
    for (let n = 0; n < 3; n++) {
      ear.phone.clear();
      mouth.phone.tone = hz = hz === 3000 ? 800 : hz + 400;
      const begun = performance.now();
      const first = () =>
        ear.phone.heard.find(({ samples }) => amplitude(windowed(samples), hz, ear.phone.codec.rate) > 1500);
      await until('the tone is heard', () => first() !== undefined);
      quickest = Math.min(quickest, (first()?.at ?? Infinity) - begun);
    }
    return quickest;
  };

  mouth.phone.tone = hz;
  await until('they hear each other', () => ear.phone.level(hz) > 2500 && wide.phone.level(hz) > 2500);
  const before = await delay();
  const renewed = once(room, 'renewed');
  box.server.signal('SIGSTOP');
  await listen(standstillMs);
  box.server.signal('SIGCONT');
  const late = await delay();
  await renewed;
  const after = await delay();
  t.comment(
    `${before.toFixed(0)} ms, ${late.toFixed(0)} ms after a standstill, ${after.toFixed(0)} ms renewed`,
  );
  t.ok(late > before + 150, 'it is late');
  t.ok(after < late - 150, "and less so: what the phone's own player keeps, stays");
  await until('all hear', () => wide.phone.level(hz) > 2500);
  t.equal(box.engine.epoch, 1, 'that was no restart');
  for (const caller of callers) t.equal(caller.ingress.released, false);
});
