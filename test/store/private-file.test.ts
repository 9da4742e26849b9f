// Files for their owner alone, whoever makes them.
import { chownSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { giveToFolderOwner, makePrivateFile } from '../../src/store/private-file.js';
import { scratchFolder } from './scratch.js';

void t.test('a file is made once, with its folder', (t) => {
  const file = join(scratchFolder(t), 'data', 'file');
  makePrivateFile(file);
  t.equal(statSync(file).mode & 0o777, 0o600);
  t.equal(statSync(join(file, '..')).mode & 0o777, 0o700);
  writeFileSync(file, 'kept');
  makePrivateFile(file);
  t.equal(statSync(file).size, 4);
  t.end();
});

const root = process.geteuid?.() === 0;
void t.test('what root makes is owned like its folder', { skip: !root && 'only root can' }, (t) => {
  const folder = join(scratchFolder(t), 'data');
  mkdirSync(folder);
  chownSync(folder, 1234, 2345);
  makePrivateFile(join(folder, 'made'));
  writeFileSync(join(folder, 'given'), '');
  giveToFolderOwner(join(folder, 'given'));
  for (const name of ['made', 'given']) t.match(statSync(join(folder, name)), { uid: 1234, gid: 2345 });
  t.end();
});
