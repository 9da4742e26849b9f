// Nonces: good once, for a while, for one address.
import t from 'tap';
import { Nonces } from '../../src/sip/index.js';
import { FakeClock } from '../conference/fake-clock.js';

void t.test('good for its address and its time, until it is spent', (t) => {
  const clock = new FakeClock(1_767_323_045_000);
  const nonces = new Nonces({ clock, lifetimeMs: 1000 });
  const [first, second] = [nonces.make('192.0.2.1'), nonces.make('192.0.2.1')];
  t.not(first, second);
  t.match(first, /^[0-9a-f]{60}$/);
  t.ok(nonces.isGood(first, '192.0.2.1'));
  t.notOk(nonces.isGood(first, '192.0.2.2'), 'from elsewhere');
  nonces.spend(first);
  t.notOk(nonces.isGood(first, '192.0.2.1'), 'a second time');
  clock.advance(999);
  t.ok(nonces.isGood(second, '192.0.2.1'));
  clock.advance(1);
  t.notOk(nonces.isGood(second, '192.0.2.1'), 'too late');
  t.end();
});

void t.test('not made by us', (t) => {
  const clock = new FakeClock(1_767_323_045_000);
  const nonces = new Nonces({ clock });
  const good = nonces.make('192.0.2.1');
  const later = (parseInt(good.slice(0, 12), 16) + 1000).toString(16).padStart(12, '0') + good.slice(12);
  for (const bad of ['', 'x', good.slice(1), `${good}0`, later, good.slice(0, -1) + '\u00e9'])
    t.notOk(nonces.isGood(bad, '192.0.2.1'));
  t.notOk(new Nonces({ clock }).isGood(good, '192.0.2.1'), 'by another run of the box');
  t.end();
});

void t.test('the memory of spent ones is bounded', (t) => {
  const clock = new FakeClock(1_767_323_045_000);
  const nonces = new Nonces({ clock, mostSpent: 2 });
  const made = [1, 2, 3].map(() => nonces.make('a'));
  for (const nonce of made) nonces.spend(nonce);
  t.same(
    made.map((nonce) => nonces.isGood(nonce, 'a')),
    [true, false, false],
    'the oldest is forgotten',
  );
  t.end();
});
