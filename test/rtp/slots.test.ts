import t from 'tap';
import { NoSlotError } from '../../src/rtp/errors.js';
import { SlotPool } from '../../src/rtp/slots.js';

const slots = [0, 1, 2].map((n) => ({ name: `s${n}`, port: 30_000 + 2 * n }));

void t.test('slots are taken in turn, so that one just given back is taken last', async (t) => {
  const pool = new SlotPool(slots);
  const first = pool.take();
  t.equal(first.name, 's0');
  pool.give(first);
  t.same([pool.take().name, pool.take().name, pool.take().name], ['s1', 's2', 's0']);
  t.equal(pool.available, 0);
  t.throws(() => pool.take(), NoSlotError);
});

void t.test('a slot whose ports are taken by others is tried again after a minute', async (t) => {
  let now = 0;
  const pool = new SlotPool(slots.slice(0, 1), () => now);
  pool.quarantine(pool.take());
  t.throws(() => pool.take(), NoSlotError);
  now = 60_000;
  t.equal(pool.take().name, 's0');
});
