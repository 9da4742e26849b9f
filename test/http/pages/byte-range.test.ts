import t from 'tap';
import { byteRangeOf } from '../../../src/http/pages/byte-range.js';

void t.test('one range, from either end', (t) => {
  const cases: [string | undefined, ReturnType<typeof byteRangeOf>][] = [
    [undefined, undefined],
    ['bytes=0-', { start: 0, end: 99 }],
    ['bytes=10-19', { start: 10, end: 19 }],
    ['bytes=99-', { start: 99, end: 99 }],
    ['bytes=90-1000', { start: 90, end: 99 }],
    ['bytes=-10', { start: 90, end: 99 }],
    ['bytes=-1000', { start: 0, end: 99 }],
    ['bytes=100-', 'outside'],
    ['bytes=-0', 'outside'],
    ['bytes=20-10', undefined],
    ['bytes=-', undefined],
    ['bytes=0-1,5-6', undefined],
    ['lines=0-1', undefined],
    [`bytes=${'9'.repeat(40)}-`, undefined],
  ];
  for (const [header, range] of cases) t.same(byteRangeOf(header, 100), range, String(header));
  t.equal(byteRangeOf('bytes=-5', 0), 'outside');
  t.end();
});
