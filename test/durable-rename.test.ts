import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { durableRename } from '../src/durable-rename.js';
import { scratchFolder } from './store/scratch.js';

void t.test('a draft takes the place of what was there', async (t) => {
  const folder = scratchFolder(t);
  const [draft, final] = [join(folder, 'draft'), join(folder, 'final')];
  writeFileSync(final, 'old');
  writeFileSync(draft, 'new');
  await durableRename(draft, final);
  t.equal(readFileSync(final, 'utf8'), 'new');
  t.notOk(existsSync(draft));
});

void t.test('without a draft nothing changes', async (t) => {
  const final = join(scratchFolder(t), 'final');
  writeFileSync(final, 'old');
  await t.rejects(durableRename(`${final}.draft`, final), { code: 'ENOENT' });
  t.equal(readFileSync(final, 'utf8'), 'old');
});
