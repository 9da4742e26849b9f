import t from 'tap';
import { highestClean, keeps, percentile, rounded, summarise } from './statistics.js';

void t.test('percentiles are values that were measured', (t) => {
  const values = Array.from({ length: 100 }, (_, i) => 100 - i);
  t.equal(percentile(values, 0.5), 50);
  t.equal(percentile(values, 0.95), 95);
  t.equal(percentile(values, 1), 100);
  t.equal(percentile(values, 0), 1);
  t.equal(percentile([7], 0.95), 7);
  t.equal(percentile([3, 1, 2], 0.5), 2);
  t.equal(percentile([1, 2], 0.5), 1);
  t.ok(Number.isNaN(percentile([], 0.5)));
  t.same(values[0], 100, 'the list is left as it was');
  t.end();
});

void t.test('a share that is no exact binary fraction takes the right rank', (t) => {
  const values = Array.from({ length: 1000 }, (_, i) => i + 1);
  for (const share of [0.29, 0.57, 0.58, 0.95, 0.99]) {
    t.equal(percentile(values, share), Math.round(share * 1000), `${share}`);
  }
  t.end();
});

void t.test('a summary', (t) => {
  t.same(summarise([4, 1, 3, 2]), { count: 4, p50: 2, p95: 4, p99: 4, max: 4 });
  t.equal(summarise([]).count, 0);
  t.end();
});

void t.test('limits', (t) => {
  t.ok(keeps(60, { atMost: 60 }));
  t.notOk(keeps(60.1, { atMost: 60 }));
  t.ok(keeps(150, { atLeast: 150 }));
  t.notOk(keeps(149, { atLeast: 150 }));
  t.notOk(keeps(NaN, { atMost: 60 }), 'what was not measured does not pass');
  t.end();
});

void t.test('figures are rounded to what they are worth', (t) => {
  t.equal(rounded(0.1234), 0.12);
  t.equal(rounded(3.456), 3.46);
  t.equal(rounded(34.56), 34.6);
  t.equal(rounded(345.6), 346);
  t.equal(rounded(-34.56), -34.6);
  t.end();
});

void t.test('the highest rate is the last before the first that failed', (t) => {
  const step = (rate: number, clean = true) => ({ rate, clean });
  t.equal(highestClean([step(50), step(25), step(100, false), step(150)]), 50);
  t.equal(highestClean([step(25, false), step(50)]), 0);
  t.equal(highestClean([]), 0);
  t.end();
});
