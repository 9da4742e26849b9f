import t from 'tap';
import { tickAt, untilTick } from '../../src/rtp/tick.js';

void t.test('the next moment is at most 20 ms away, and now is one', async (t) => {
  t.equal(untilTick(5, 1000), 5);
  t.equal(untilTick(5, 1005), 0);
  t.equal(untilTick(5, 1006), 19);
  t.equal(untilTick(0, 1019), 1);
  t.equal(untilTick(15, 0), 15);
});

void t.test('sound passes through the players in the order of their ticks', async (t) => {
  t.ok(tickAt.evened < tickAt.bus && tickAt.evened < tickAt.leg);
  t.ok(tickAt.bus < tickAt.toPhone && tickAt.leg < tickAt.toPhone);
  t.ok(tickAt.toPhone < 20);
});
