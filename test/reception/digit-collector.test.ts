import t from 'tap';
import { DigitCollector } from '../../src/reception/digit-collector.js';
import { FakeClock } from '../conference/fake-clock.js';

function collecting(maxDigits = 16) {
  const clock = new FakeClock();
  const entries: string[] = [];
  const collector = new DigitCollector(clock, (entry, end) => entries.push(`${entry}/${end}`));
  const begin = () => collector.begin({ firstDigitMs: 5000, interDigitMs: 2000, maxDigits });
  begin();
  const type = (keys: string) => Array.from(keys, (key) => collector.digit(key));
  return { clock, collector, entries, begin, type };
}

void t.test("'#' ends at once, and is no part of the entry", (t) => {
  const { entries, type, clock } = collecting();
  type('123#');
  t.strictSame(entries, ['123/terminator']);
  t.strictSame(type('4'), [false], 'nothing is taken after the end');
  t.equal(clock.pending, 0);
  t.end();
});

void t.test('the pause between digits', (t) => {
  const { entries, type, clock } = collecting();
  type('1');
  clock.advance(1999);
  type('2');
  clock.advance(1999);
  t.strictSame(entries, []);
  clock.advance(1);
  t.strictSame(entries, ['12/timeout']);
  t.end();
});

void t.test('the time for the first digit begins with the end of the prompt', (t) => {
  const { entries, collector, clock } = collecting();
  clock.advance(60_000);
  t.strictSame(entries, []);
  collector.promptEnded();
  clock.advance(4999);
  t.strictSame(entries, []);
  clock.advance(1);
  t.strictSame(entries, ['/timeout']);
  t.end();
});

void t.test('a prompt that ends during the entry changes nothing', (t) => {
  const { entries, collector, type, clock } = collecting();
  type('1');
  collector.promptEnded();
  clock.advance(2000);
  t.strictSame(entries, ['1/timeout']);
  t.end();
});

void t.test('the last possible digit ends at once', (t) => {
  const { entries, type } = collecting(4);
  type('1234');
  t.strictSame(entries, ['1234/complete']);
  t.end();
});

void t.test("'*' starts again, A to D are nothing, neither is text", (t) => {
  const { entries, type, collector } = collecting();
  t.strictSame(type('12*3A4'), [true, true, true, true, false, true]);
  t.notOk(collector.digit('55'));
  type('#');
  t.strictSame(entries, ['34/terminator']);
  t.end();
});

void t.test('begin forgets the entry before, cancel all of it', (t) => {
  const { entries, type, begin, collector, clock } = collecting();
  type('12');
  begin();
  type('3#');
  t.strictSame(entries, ['3/terminator']);
  begin();
  type('9');
  collector.cancel();
  clock.advance(60_000);
  collector.promptEnded();
  t.equal(clock.pending, 0);
  t.equal(entries.length, 1);
  t.end();
});
