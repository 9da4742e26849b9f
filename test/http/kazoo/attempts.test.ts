// Guessing: free, slower, refused, forgotten; counted by address.
import t from 'tap';
import { Attempts, type Verdict } from '../../../src/http/kazoo/attempts.js';
import { FakeClock } from '../../conference/fake-clock.js';

function delayOf(verdict: Verdict): number | 'refused' {
  return verdict.kind === 'go' ? verdict.delayMs : 'refused';
}

void t.test('three are free, then the wait doubles, ten are too many', (t) => {
  const clock = new FakeClock();
  const attempts = new Attempts({ clock });
  const delays = Array.from({ length: 11 }, () => delayOf(attempts.begin('a')));
  t.strictSame(delays, [0, 0, 0, 1000, 2000, 4000, 8000, 8000, 8000, 8000, 'refused']);
  t.equal(delayOf(attempts.begin('b')), 0, 'another address is another matter');
  t.match(attempts.begin('a'), { retryAfterMs: 900_000 });
  clock.advance(900_000);
  t.equal(delayOf(attempts.begin('a')), 0);
  t.end();
});

void t.test('who is refused is heard again when the first wrong attempt is forgotten', (t) => {
  const clock = new FakeClock();
  const attempts = new Attempts({ clock, windowMs: 1000, refuseAfter: 2 });
  attempts.begin('a');
  clock.advance(400);
  attempts.begin('a');
  t.match(attempts.begin('a'), { kind: 'refused', retryAfterMs: 600 });
  clock.advance(600);
  t.equal(attempts.begin('a').kind, 'go');
  t.end();
});

void t.test('right attempts do not count as wrong, but may be too many', (t) => {
  const attempts = new Attempts({ clock: new FakeClock(), refuseAfterAny: 20 });
  for (let n = 0; n < 20; n++) {
    const verdict = attempts.begin('a');
    t.equal(delayOf(verdict), 0);
    if (verdict.kind === 'go') verdict.succeeded();
  }
  t.equal(attempts.begin('a').kind, 'refused');
  t.end();
});

void t.test('the table is bounded, the oldest go first', (t) => {
  const attempts = new Attempts({ clock: new FakeClock(), refuseAfter: 1, tableSize: 2 });
  for (const address of ['a', 'b', 'c']) attempts.begin(address);
  t.equal(attempts.begin('b').kind, 'refused');
  t.equal(attempts.begin('a').kind, 'go', 'forgotten');
  t.end();
});
