import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { SoundCache, ToneError, writeWav } from '../../src/rtp/index.js';
import { soundRate } from '../../src/rtp/au.js';

void t.test('a tone is rendered once, also when many ask at the same time', async (t) => {
  const folder = join(mkdtempSync(join(tmpdir(), 'partyline-cache-')), 'sounds');
  t.teardown(() => rmSync(join(folder, '..'), { recursive: true }));
  const cache = new SoundCache(folder);
  const [first, second] = await Promise.all([cache.tone('%(100,0,440)'), cache.tone('%(100,0,440)')]);
  t.equal(first, second);
  t.equal(readFileSync(first).length, 32 + 2 * 1600);
  t.equal(await soundRate(first), 16_000);
  const { mtimeMs, ino } = statSync(first);
  t.equal(await new SoundCache(folder).tone('%(100,0,440)'), first);
  t.match(statSync(first), { mtimeMs, ino }, 'not written again');
  t.not(await cache.tone('%(100,0,441)'), first);
  await t.rejects(cache.tone('nonsense'), ToneError);
  t.equal(readdirSync(folder).length, 2, 'no drafts left');
});

void t.test('a recording becomes the same sound in another form, again when it has changed', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'partyline-cache-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const cache = new SoundCache(join(folder, 'sounds'));
  const path = join(folder, 'a.wav');
  writeFileSync(path, writeWav(Int16Array.from([1, -2, 32_767, -32_768]), 8000));
  const first = await cache.recording(path);
  t.equal(await cache.recording(path), first);
  t.equal(await soundRate(first), 8000);
  const samples = readFileSync(first).subarray(32);
  t.same(
    [0, 2, 4, 6].map((at) => samples.readInt16BE(at)),
    [1, -2, 32_767, -32_768],
  );
  writeFileSync(path, writeWav(Int16Array.from([1, 2]), 22_050));
  const second = await cache.recording(path);
  t.not(second, first);
  t.equal(await soundRate(second), 22_050);
  writeFileSync(path, 'ID3 something else');
  t.equal(await cache.recording(path), path, 'left to rtpengine');
  t.equal(await soundRate(path), undefined);
  await t.rejects(cache.recording(join(folder, 'missing.wav')));
});
