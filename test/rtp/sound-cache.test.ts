import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { readWav, SoundCache, ToneError } from '../../src/rtp/index.js';

void t.test('a tone is rendered once, also when many ask at the same time', async (t) => {
  const folder = join(mkdtempSync(join(tmpdir(), 'partyline-cache-')), 'sounds');
  t.teardown(() => rmSync(join(folder, '..'), { recursive: true }));
  const cache = new SoundCache(folder);
  const [first, second] = await Promise.all([cache.tone('%(100,0,440)'), cache.tone('%(100,0,440)')]);
  t.equal(first, second);
  t.equal(readWav(readFileSync(first)).samples.length, 1600);
  const { mtimeMs, ino } = statSync(first);
  t.equal(await new SoundCache(folder).tone('%(100,0,440)'), first);
  t.match(statSync(first), { mtimeMs, ino }, 'not written again');
  t.not(await cache.tone('%(100,0,441)'), first);
  await t.rejects(cache.tone('nonsense'), ToneError);
  t.equal(readdirSync(folder).length, 2, 'no drafts left');
});
