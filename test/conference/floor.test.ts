import t from 'tap';
import { Floor } from '../../src/conference/floor.js';

void t.test('first come, first served', (t) => {
  const floor = new Floor();
  for (const id of [3, 1, 2, 3]) floor.raise(id);
  t.strictSame(floor.hands, [3, 1, 2], 'asking twice changes nothing');
  floor.lower(1);
  t.equal(floor.next(), 3);
  t.equal(floor.holder, 3);
  t.strictSame(floor.hands, [2]);
  floor.forget(3);
  t.equal(floor.holder, undefined, 'the holder has left');
  floor.raise(4);
  floor.forget(2);
  t.equal(floor.next(), 4);
  t.equal(floor.next(), undefined, 'nobody asks');
  t.equal(floor.holder, undefined);
  t.end();
});
