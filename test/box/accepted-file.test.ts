import t from 'tap';
import { acceptFile } from '../../src/box/accepted-file.js';

const good = 'name = lobby\naddress = 10.0.0.5/8\n';

void t.test('a file without a mistake is used, and becomes the last good one', (t) => {
  const accepted = acceptFile(good, 'name = before\n');
  t.match(accepted, { used: 'all', keep: good, problems: [], box: { name: 'lobby' } });
  t.end();
});

void t.test('one wrong line: the whole last good file holds, and stays the last good one', (t) => {
  const accepted = acceptFile('name = hall\naddress = 10.0.0.5/33\n', good);
  t.match(accepted, { used: 'kept', box: { name: 'lobby', fixed: { address: '10.0.0.5', prefix: 8 } } });
  t.match(accepted.problems, [/address/]);
  t.notOk('keep' in accepted);
  t.end();
});

void t.test('one wrong line in the first file ever: its good lines hold, but it is not kept', (t) => {
  const accepted = acceptFile('name = hall\naddress = 10.0.0.5/33\n', undefined);
  t.match(accepted, { used: 'parts', box: { name: 'hall' } });
  t.equal(accepted.box.fixed, undefined);
  t.notOk('keep' in accepted);
  t.end();
});

void t.test('a file that is gone does not take the address of the box with it', (t) => {
  t.match(acceptFile(undefined, good), { used: 'kept', box: { fixed: { address: '10.0.0.5' } } });
  t.match(acceptFile(undefined, undefined), { used: 'none', box: { name: 'partyline' } });
  t.end();
});

void t.test('an empty file is right, and puts everything back', (t) => {
  const accepted = acceptFile('', good);
  t.match(accepted, { used: 'all', keep: '', box: { name: 'partyline' } });
  t.equal(accepted.box.fixed, undefined);
  t.end();
});
