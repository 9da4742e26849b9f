import { readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { authorOfKey, StoreFileError } from '../../../src/store/index.js';
import { admin, Site, textOf } from './site.js';

void t.test('the overview tells how the box is', async (t) => {
  const { site, browser } = await Site.start(t);
  const text = textOf((await browser.get('/box')).body);
  t.match(text, 'Version 1.2.3');
  t.match(text, await site.store.account.id());
  t.match(text, 'sip:NUMBER@192.0.2.1');
  site.health = { sip: false, media: true, store: true };
  t.match(
    textOf((await browser.get('/box')).body),
    /The SIP server does not answer.*started again by itself/,
  );
  site.certificate.wanted = true;
  t.match(textOf((await browser.get('/box')).body), 'has no HTTPS');
});

void t.test('the box gets another name', async (t) => {
  const { site, browser } = await Site.start(t);
  t.equal((await browser.post('/box/name', { name: ' ' })).status, 422);
  const { location } = await browser.post('/box/name', { name: 'Lab' });
  t.match(textOf((await browser.get(location)).body), /Lab .*has a new name/);
  const [change] = (await site.store.changes.list()).changes;
  t.match(change, { what: 'box-changed', before: { name: 'Office' }, after: { name: 'Lab' } });
});

void t.test('dial-in numbers are added and removed', async (t) => {
  const { site, browser } = await Site.start(t);
  await site.conference({ conference_numbers: ['4000'] });
  for (const number of ['4000', 'abc', '']) {
    const page = await browser.post('/box/access-numbers', { number });
    t.equal(page.status, 422, number);
    t.match(page.body, /id="f-number-error">A number has 1 to 32/);
  }
  await browser.post('/box/access-numbers', { number: '3999' });
  t.same(await site.store.accessNumbers.list(), ['3999']);
  await browser.post('/box/access-numbers/remove', { number: '3999' });
  t.same(await site.store.accessNumbers.list(), []);
});

void t.test('admins', async (t) => {
  const current = admin.password;
  const fresh = { password: 'hopper hopper', repeat: 'hopper hopper' };

  await t.test('are added by who says the own password', async (t) => {
    const { site, browser } = await Site.start(t);
    const refused = await browser.post('/box/admins', { name: 'grace', ...fresh, current: 'wrong' });
    t.equal(refused.status, 422);
    t.match(textOf(refused.body), 'This is not your password.');
    t.match(refused.body, 'value="grace"');
    const twice = await browser.post('/box/admins', { name: 'ADA', ...fresh, current });
    t.match(textOf(twice.body), 'There is an admin of this name.');
    const done = await browser.post('/box/admins', { name: 'Grace', ...fresh, current });
    t.match(textOf((await browser.get(done.location)).body), 'grace can log in now.');
    t.equal((await site.browser().logIn('grace', fresh.password)).status, 303);
    const [change] = (await site.store.changes.list()).changes;
    t.match(change, { author: 'ada', what: 'admin-made', name: 'grace' });
  });

  await t.test('are removed and are out at once; nobody removes themselves', async (t) => {
    const { site, browser } = await Site.start(t);
    const { id } = await site.store.admins.setPassword('grace', fresh.password, { create: 'missing' });
    const other = site.browser();
    await other.logIn('grace', fresh.password);
    t.equal((await browser.post(`/box/admins/${id}/remove`, { current: 'wrong' })).status, 422);
    t.equal((await other.get('/box')).status, 200);
    await browser.post(`/box/admins/${id}/remove`, { current });
    t.match((await other.get('/box')).location, '/login');
    const own = (await site.store.admins.find(admin.name))!.id;
    t.equal((await browser.post(`/box/admins/${own}/remove`, { current })).status, 422);
    t.equal(await site.store.admins.count(), 1);
  });

  await t.test('change their password and stay logged in here alone', async (t) => {
    const { site, browser } = await Site.start(t);
    const other = site.browser();
    await other.logIn();
    await new Promise((resolve) => setTimeout(resolve, 2));
    const { location } = await browser.post('/box/admins/password', { ...fresh, current });
    t.match(textOf((await browser.get(location)).body), 'Your password is changed');
    t.match((await other.get('/box')).location, '/login');
    t.equal((await site.browser().logIn(admin.name, fresh.password)).status, 303);
  });
});

void t.test('API keys are shown once, and revoked', async (t) => {
  const { site, browser } = await Site.start(t);
  const page = await browser.post('/box/keys', { name: 'Billing', kind: 'kazoo' });
  const secret = /<code>([0-9a-f]{64})<\/code>/.exec(page.body)?.[1] ?? '';
  const found = await site.store.apiKeys.findKazoo(secret);
  t.ok(found, 'the key that is shown opens the API');
  t.notMatch((await browser.get('/box/keys')).body, secret);
  await browser.post(`/box/keys/${found!.id}/revoke`);
  t.equal(await site.store.apiKeys.findKazoo(secret), undefined);
  t.match(
    textOf((await browser.get('/box/keys?done=revoked')).body),
    /opens nothing any more.*Billing .*revoked/,
  );
  t.equal((await browser.post('/box/keys', { name: 'x'.repeat(129) })).status, 422);
  const catapult = textOf((await browser.post('/box/keys', { name: 'C', kind: 'catapult' })).body);
  t.match(catapult, /User u-[0-9a-f]+ Token t-[0-9a-f]+ Key/);
  t.match(textOf((await browser.get('/box/keys')).body), /C Catapult \(\/v1\) u-[0-9a-f]+ /);
});

void t.test('backup and restore', async (t) => {
  await t.test('a backup is a whole database', async (t) => {
    const { site, browser } = await Site.start(t);
    const answer = await browser.post('/box/backup');
    t.match(
      answer.headers['content-disposition'],
      /attachment; filename="partyline-\d{4}-\d\d-\d\d\.backup"/,
    );
    t.match(answer.body, /^SQLite format 3/);
    t.equal((await site.browser().post('/box/backup')).location, '/login');
  });

  await t.test('a restore wants a file and a yes', async (t) => {
    const { site, browser } = await Site.start(t);
    const unsure = await browser.upload('/box/restore', {}, { file: 'x' });
    t.match(textOf(unsure.body), 'Tick the box');
    t.equal(unsure.status, 422);
    site.restore = () => Promise.reject(new StoreFileError('f', 'damaged', 'It is not a database.'));
    const refused = await browser.upload('/box/restore', { sure: 'true' }, { file: 'x' });
    t.match(textOf(refused.body), 'nothing was changed. It is not a database.');
    site.restore = (file) => Promise.resolve(void site.restored.push(file));
    const taken = await browser.upload('/box/restore', { sure: 'true' }, { file: 'x' });
    t.match(textOf(taken.body), 'restarts with it now');
    t.equal(site.restored.length, 1);
  });

  await t.test('is taken whole however large, and nothing of it is left', async (t) => {
    const { site, browser } = await Site.start(t);
    const file = Buffer.alloc(3_000_000, 'x');
    let size = 0;
    site.restore = (path) => Promise.resolve(void (size = statSync(path).size));
    await browser.upload('/box/restore', { sure: 'true' }, { file });
    t.equal(size, 3_000_000);
    await browser.post('/box/backup');
    t.same(readdirSync(join(site.folder, 'tmp')), []);
    const chain = Buffer.alloc(200_000, 'x');
    t.equal((await browser.upload('/box/certificate', {}, { chain, key: 'KEY' })).status, 413);
    t.same(readdirSync(join(site.folder, 'tmp')), []);
  });

  await t.test('and the token of the form', async (t) => {
    const { site, browser } = await Site.start(t);
    const answer = await browser.upload('/box/restore', { csrf: 'wrong', sure: 'true' }, { file: 'x' });
    t.equal(answer.status, 403);
    t.same(site.restored, []);
  });
});

void t.test('a certificate of one’s own', async (t) => {
  const { site, browser } = await Site.start(t);
  t.match(textOf((await browser.get('/box/certificate')).body), 'HTTPS is switched off');
  site.certificate.wanted = true;
  const bad = await browser.upload('/box/certificate', {}, { chain: 'x', key: 'y' });
  t.equal(bad.status, 422);
  t.match(textOf(bad.body), 'the old one stays');
  const good = await browser.upload('/box/certificate', {}, { chain: 'CERTIFICATE', key: 'KEY' });
  t.match(textOf((await browser.get(good.location)).body), /in use.*Fingerprint \(SHA-256\) AA:BB/);
  t.equal(site.certificate.used, 'CERTIFICATE');
});

void t.test('changes are told with before and after', async (t) => {
  const { site, browser } = await Site.start(t);
  const { id } = await site.store.conferences.create(
    (await site.store.conferences.get(await site.conference({ name: 'One', member: { pins: ['1'] } })))!
      .document,
  );
  await site.store.conferences.patch(id, { name: 'Two', member: { pins: ['1', '2'] } }, { author: 'grace' });
  const text = textOf((await browser.get('/box/changes')).body);
  t.match(text, /Conference changed : Two .*by grace/);
  t.match(text, /PINs of members 1 1, 2 Name One Two/);
  t.match(text, 'on the command line');
});

void t.test('a deleted conference is put back from the record of changes', async (t) => {
  const { site, browser } = await Site.start(t);
  const id = await site.conference({ name: 'Board' });
  await browser.post(`/conferences/${id}/delete`);
  const record = (await browser.get('/box/changes')).body;
  t.notMatch(record, `href="/conferences/${id}"`, 'nothing leads to what is not there');
  t.match(record, `action="/conferences/${id}/put-back"`);
  await browser.post(`/conferences/${id}/put-back`);
  t.equal((await site.store.conferences.get(id))?.document.name, 'Board');
  const after = (await browser.get('/box/changes')).body;
  t.notMatch(after, 'put-back');
  t.match(after, `href="/conferences/${id}"`);
});

void t.test('the log is shown from a level on, the newest first', async (t) => {
  const { site, browser } = await Site.start(t);
  t.match(textOf((await browser.get('/box/log')).body), 'Nothing of this level.');
  const line = (level: string, msg: string) =>
    JSON.stringify({ time: '2026-01-02T03:04:05Z', level, msg, call: '<c>' });
  const lines = ['cut off', line('info', 'first'), 'no JSON', line('warn', 'second'), line('debug', 'third')];
  writeFileSync(`${site.folder}/box.log`, lines.join('\n'));
  const info = (await browser.get('/box/log')).body;
  t.match(textOf(info), /second call=<c>.*first call=<c>/);
  t.notMatch(info, 'third');
  t.notMatch(info, '<c>');
  t.notMatch((await browser.get('/box/log?level=warn')).body, 'first');
  t.match((await browser.get('/box/log?level=debug')).body, 'third');
});

void t.test('plain HTTP for the APIs is switched off and on, where there is HTTPS', async (t) => {
  const { site, browser: outside } = await Site.start(t);
  t.notMatch(textOf((await outside.get('/box/certificate')).body), 'APIs without HTTPS');
  const browser = site.browser({}, '127.0.0.1');
  for (const [name, value] of outside.cookies) browser.cookies.set(name, value);
  site.certificate.wanted = true;
  site.certificate.served = 8443;
  const shown = async () => textOf((await browser.get('/box/certificate')).body);
  t.match(await shown(), 'APIs without HTTPS allowed');
  await browser.post('/box/plain-http', { allowed: 'false' });
  t.match(await shown(), 'APIs without HTTPS switched off');
  t.equal(await site.store.settings.get('http.plain-apis'), false);
  await browser.post('/box/plain-http', { allowed: 'true' });
  t.match(await shown(), 'APIs without HTTPS allowed');
  t.match(
    textOf((await browser.get('/box/changes')).body),
    /APIs without HTTPS No Yes .* APIs without HTTPS Yes No/,
  );
});

void t.test('the record of changes names the key of a program', async (t) => {
  const { site, browser } = await Site.start(t);
  const id = await site.conference({ name: 'Board' });
  await site.store.conferences.patch(id, { name: 'Shop' }, { author: authorOfKey('Door <1>', id) });
  t.match(textOf((await browser.get('/box/changes')).body), 'by a program with the API key “Door <1>”');
});
