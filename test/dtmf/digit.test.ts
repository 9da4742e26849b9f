import t from 'tap';
import { digitOfEvent, isDigit } from '../../src/dtmf/digit.js';

void t.test('event codes of RFC 4733', (t) => {
  const codes = Array.from({ length: 16 }, (_, event) => digitOfEvent(event)).join('');
  t.equal(codes, '0123456789*#ABCD');
  for (const event of [-1, 16, 1.5, NaN, Infinity]) t.equal(digitOfEvent(event), undefined, String(event));
  t.end();
});

void t.test('what is a key', (t) => {
  t.ok(isDigit('0') && isDigit('#') && isDigit('D'));
  for (const text of ['', 'a', '10', ' 1', 'E']) t.notOk(isDigit(text), `'${text}'`);
  t.end();
});
