import t from 'tap';
import { readCursor, writeCursor } from '../../src/store/cursor.js';

void t.test('a cursor comes back as it went', (t) => {
  const key = ['Ünïcode, "quoted"', 'id'];
  t.strictSame(readCursor(writeCursor(key), 2), key);
  t.end();
});

void t.test('anything else is refused', (t) => {
  const others = ['', 'nonsense', writeCursor(['one']), Buffer.from('[1,2]').toString('base64url')];
  for (const cursor of others) t.throws(() => readCursor(cursor, 2), { code: 'VALIDATION' });
  t.end();
});
