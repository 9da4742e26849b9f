import { existsSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { FakeRoot } from './fake-root.js';
import { admin, Site, textOf } from './site.js';

void t.test('off the image there is no factory reset', async (t) => {
  const { browser } = await Site.start(t);
  t.match(textOf((await browser.get('/box/reset')).body), 'Only a box from the SD-card image');
  t.equal((await browser.post('/box/reset', { sure: 'true', current: admin.password })).status, 404);
});

void t.test('a factory reset wants a yes and the own password', async (t) => {
  const root = new FakeRoot(t);
  const { site, browser } = await Site.start(t, root.appliance);
  const asked = join(root.folder, 'factory-reset');
  const cases: [Record<string, string>, string][] = [
    [{ current: admin.password }, 'Tick the box'],
    [{ sure: 'true' }, 'This is not your password.'],
    [{ sure: 'true', current: 'wrong' }, 'This is not your password.'],
  ];
  for (const [form, sentence] of cases) {
    const page = await browser.post('/box/reset', form);
    t.equal(page.status, 422);
    t.match(textOf(page.body), sentence);
    t.notOk(existsSync(asked), sentence);
  }
  const done = await browser.post('/box/reset', { sure: 'true', current: admin.password });
  t.match(textOf(done.body), /restarts and is as delivered.*partyline-result\.txt/);
  t.ok(existsSync(asked));
  t.match((await site.store.changes.list()).changes[0], { author: 'ada', what: 'factory-reset' });
});
