import t from 'tap';
import { spokenPart } from '../../src/calls/spoken-part.js';

const rate = 16_000;

/** Noise of these levels one after the other: [peak, ms]. */
function sound(...parts: readonly (readonly [number, number])[]): Int16Array {
  return Int16Array.from(
    parts.flatMap(([level, ms]) =>
      Array.from({ length: (ms * rate) / 1000 }, (_, n) => (n % 2 === 0 ? level : -level)),
    ),
  );
}

function msOf(samples: Int16Array | undefined): number | undefined {
  return samples && (samples.length * 1000) / rate;
}

void t.test('silence before and after is cut, between words it stays', (t) => {
  t.equal(msOf(spokenPart(sound([0, 2000], [3000, 400], [0, 600], [3000, 200], [0, 3000]), rate)), 1440);
  t.equal(msOf(spokenPart(sound([20, 60], [3000, 400]), rate)), 460, 'there is no more than there is');
  t.equal(
    msOf(spokenPart(sound([400, 1000], [9000, 400], [400, 1000]), rate)),
    640,
    'a noisy line has an end',
  );
  t.end();
});

void t.test('nobody said anything', (t) => {
  t.equal(spokenPart(new Int16Array(0), rate), undefined);
  t.equal(spokenPart(sound([50, 3000]), rate), undefined, 'the noise of a line');
  t.equal(spokenPart(sound([0, 500], [20_000, 40], [0, 500]), rate), undefined, 'a click');
  t.end();
});
