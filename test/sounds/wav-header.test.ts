import t from 'tap';
import { wavHeader, wavHeaderLength } from '../../src/sounds/wav-header.js';

void t.test('mono, 16 bit, so many bytes', (t) => {
  const header = wavHeader(10, 16_000);
  t.equal(header.length, wavHeaderLength);
  t.equal(header.readUInt32LE(4), 46, 'of the file after this number');
  t.equal(header.readUInt32LE(24), 16_000);
  t.equal(header.readUInt32LE(28), 32_000, 'bytes a second');
  t.equal(header.readUInt32LE(40), 10);
  t.end();
});
