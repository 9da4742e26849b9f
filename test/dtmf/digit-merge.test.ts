import t from 'tap';
import { DigitMerge, type Digit, type DigitWay } from '../../src/dtmf/index.js';

/** The digits that count, of tellings in the order of their arrival. */
function counted(tellings: readonly [number, DigitWay, Digit, number][]): string {
  const merge = new DigitMerge();
  return tellings
    .filter(([at, way, digit, duration]) => merge.isNew(digit, way, at, duration))
    .map(([, , digit]) => digit)
    .join('');
}

void t.test('one way only: every telling counts, however fast', (t) => {
  t.equal(
    counted([
      [0, 'rtp', '5', 80],
      [100, 'rtp', '5', 80],
      [200, 'rtp', '5', 80],
    ]),
    '555',
  );
  t.equal(
    counted([
      [0, 'info', '5', 160],
      [50, 'info', '5', 160],
    ]),
    '55',
  );
  t.end();
});

void t.test('a press told both ways counts once', (t) => {
  t.equal(
    counted([
      [1000, 'info', '5', 160],
      [1180, 'rtp', '5', 160],
    ]),
    '5',
    'INFO when the key goes down',
  );
  t.equal(
    counted([
      [1180, 'rtp', '5', 160],
      [1200, 'info', '5', 160],
    ]),
    '5',
    'INFO when it comes up',
  );
  t.equal(
    counted([
      [1000, 'info', '5', 160],
      [4000, 'rtp', '5', 2980],
    ]),
    '5',
    'a long press, INFO at its beginning',
  );
  t.end();
});

void t.test('fast repeated presses told both ways pair off', (t) => {
  t.equal(
    counted([
      [100, 'info', '5', 100],
      [121, 'rtp', '5', 100],
      [300, 'info', '5', 100],
      [321, 'rtp', '5', 100],
      [500, 'rtp', '5', 100],
      [510, 'info', '5', 100],
    ]),
    '555',
  );
  t.equal(
    counted([
      [100, 'rtp', '5', 80],
      [200, 'rtp', '5', 80],
      [250, 'info', '5', 80],
      [350, 'info', '5', 80],
    ]),
    '55',
    'both INFOs late',
  );
  t.equal(
    counted([
      [0, 'rtp', '1', 80],
      [10, 'info', '1', 80],
      [100, 'rtp', '2', 80],
      [110, 'info', '2', 80],
      [200, 'rtp', '1', 80],
      [210, 'info', '1', 80],
    ]),
    '121',
  );
  t.end();
});

void t.test('two presses some time apart count twice, whichever way each is told', (t) => {
  t.equal(
    counted([
      [1000, 'rtp', '5', 100],
      [1500, 'info', '5', 100],
    ]),
    '55',
  );
  t.equal(
    counted([
      [1000, 'info', '5', 100],
      [1600, 'rtp', '5', 100],
    ]),
    '55',
  );
  t.equal(
    counted([
      [1000, 'rtp', '5', 100],
      [1010, 'info', '6', 100],
    ]),
    '56',
    'another key is another press',
  );
  t.end();
});

void t.test('an absurd duration swallows nothing old', (t) => {
  t.equal(
    counted([
      [1000, 'info', '5', 0],
      [60_000, 'rtp', '5', 60_000],
    ]),
    '55',
  );
  t.end();
});
