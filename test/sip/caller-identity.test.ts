// What a caller may write into its headers, and what of it is kept.
import t from 'tap';
import { callerIdentity, displayName, safeText, userPart } from '../../src/sip/caller-identity.js';

void t.test('text from the wire is made printable and short', (t) => {
  t.equal(safeText(undefined), '');
  t.equal(safeText('a\r\nb\u0000c'), 'abc');
  t.equal(safeText('x'.repeat(500)).length, 128);
  t.equal(displayName('"Alice \\"A\\" B"'), 'Alice "A" B');
  t.equal(displayName('Alice'), 'Alice');
  t.equal(userPart('%2B49'), '+49');
  t.equal(userPart('%zz'), '%zz');
  t.end();
});

void t.test('who calls whom', (t) => {
  const identity = callerIdentity(
    { name: '"Reception"', uri: { user: '17', host: 'phone.example' } },
    { user: '3000', host: 'Box.Example' },
  );
  t.same(identity, {
    callerNumber: '17',
    callerName: 'Reception',
    calledNumber: '3000',
    calledHost: 'box.example',
  });
  t.same(callerIdentity({ name: undefined, uri: {} }, {}), {
    callerNumber: '',
    callerName: '',
    calledNumber: '',
    calledHost: '',
  });
  t.end();
});
