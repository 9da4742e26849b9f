import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import t from 'tap';
import type { UpdateAnswer } from '../../../src/appliance/index.js';
import { callOf, type Test } from '../../store/scratch.js';
import { FakeRoot } from './fake-root.js';
import { OpenPage } from './open-page.js';
import { Site, textOf, tokenOf, type Browser } from './site.js';

const version = '2.0.0';

class Updating {
  readonly root: FakeRoot;
  readonly site: Site;
  readonly browser: Browser;
  id = '';

  private constructor(root: FakeRoot, site: Site, browser: Browser) {
    this.root = root;
    this.site = site;
    this.browser = browser;
  }

  static async start(t: Test): Promise<Updating> {
    const root = new FakeRoot(t);
    const { site, browser } = await Site.start(t, root.appliance);
    return new Updating(root, site, browser);
  }

  async text(): Promise<string> {
    return textOf((await this.browser.get('/box/update')).body);
  }

  /** What root's program says is seen half a second later. */
  says(answer: Exclude<UpdateAnswer, { kind: never }>): void {
    this.root.saysOfUpdate(answer);
    this.site.clock.advance(500);
  }

  async asked(kind: string): Promise<boolean> {
    const request = await this.root.updateRequest();
    this.id = request.id;
    return request.kind === kind;
  }

  async ready(): Promise<void> {
    await this.browser.upload('/box/update/file', {}, { file: 'an update' });
    await this.asked('verify');
    this.says({ kind: 'verified', id: this.id, version });
  }

  call(id: string): void {
    this.site.store.calls.begin(callOf(id, { startedAt: this.site.clock.now() }));
  }

  hangUp(id: string): void {
    this.site.store.calls.end(id, { endReason: 'hangup', endedAt: this.site.clock.now() });
    this.site.clock.advance(500);
  }

  get bundle(): string {
    return join(this.site.folder, 'update/bundle.raucb');
  }
}

void t.test('off the image the page says who installs updates', async (t) => {
  const { browser } = await Site.start(t);
  t.match(textOf((await browser.get('/box/update')).body), 'the operating system installs updates');
  t.equal((await browser.post('/box/update/install')).status, 404);
});

void t.test('a file is uploaded, verified, installed while nobody calls, and started', async (t) => {
  const box = await Updating.start(t);
  const { site, browser } = box;
  t.match(await box.text(), /Version that runs 1\.2\.3 No update is on its way/);
  const sent = await browser.upload('/box/update/file', {}, { file: 'an update' });
  t.equal(sent.location, '/box/update');
  t.ok(await box.asked('verify'));
  t.equal(readFileSync(box.bundle, 'utf8'), 'an update');
  t.same(readdirSync(join(site.folder, 'tmp')), []);
  t.match(await box.text(), 'looks whose update this is');
  const { id } = box;
  box.says({ kind: 'verified', id, version });
  t.match(await box.text(), /Version 2\.0\.0 is ready .*Nobody is in a call now\. .*Install now Discard/);
  t.notMatch(await box.text(), 'From a web server');

  await browser.post('/box/update/install', { when: 'quiet' });
  t.ok(await box.asked('install'));
  const [backup] = site.updates!.keptBackups();
  t.match(backup, /^partyline-1\.2\.3-\d{8}T\d{6}Z\.backup$/);
  box.says({ kind: 'installing', id, version, percent: 40 });
  t.match(await box.text(), /Version 2\.0\.0 is being installed\. Leave the box switched on.* 40 %/);
  box.says({ kind: 'installed', id, version });
  t.ok(await box.asked('restart'));
  t.match(await box.text(), 'The box restarts with version 2.0.0');
  t.match((await site.store.changes.list()).changes[0], {
    author: 'ada',
    what: 'update-begun',
    name: version,
    before: { version: '1.2.3' },
  });
  t.match(textOf((await browser.get('/box/changes')).body), 'Update begun : 2.0.0');

  const file = await browser.get(`/box/update/backups/${backup}`);
  t.match(file.body, /^SQLite format 3/);
  t.equal((await site.browser().get(`/box/update/backups/${backup}`)).status, 303);
  for (const name of ['..%2Fbox.db', 'partyline.db'])
    t.equal((await browser.get(`/box/update/backups/${name}`)).status, 404);
});

void t.test('calls are told, waited for, and the waiting can be ended', async (t) => {
  const box = await Updating.start(t);
  const { browser } = box;
  await box.ready();
  box.call('one');
  box.call('two');
  t.match(await box.text(), /2 calls are going on\. .* Install when nobody is in a call Install now/);
  await browser.post('/box/update/install', { when: 'quiet' });
  t.match(await box.text(), /waits until nobody is in a call\. 2 calls are going on\. Do not wait Cancel/);
  box.hangUp('one');
  t.match(await box.text(), /One call is going on/);
  box.hangUp('two');
  t.ok(await box.asked('install'));
  box.call('three');
  box.says({ kind: 'installed', id: box.id, version });
  t.match(await box.text(), /is installed\. The box restarts with it when nobody is in a call.* Restart now/);
  t.notMatch(await box.text(), 'Cancel');
  await browser.post('/box/update/cancel');
  t.match(await box.text(), 'Restart now', 'it starts with the next restart, whatever one wishes');
  await browser.post('/box/update/hurry');
  t.ok(await box.asked('restart'));
});

void t.test('what waits is cancelled, and its file is gone', async (t) => {
  const box = await Updating.start(t);
  await box.ready();
  box.call('one');
  await box.browser.post('/box/update/install', { when: 'quiet' });
  await box.browser.post('/box/update/cancel');
  t.match(await box.text(), 'No update is on its way');
  t.notOk(existsSync(box.bundle));
  box.hangUp('one');
  t.match(await box.text(), 'No update is on its way');
});

void t.test('now means now', async (t) => {
  const box = await Updating.start(t);
  await box.ready();
  box.call('one');
  await box.browser.post('/box/update/install', { when: 'now' });
  t.ok(await box.asked('install'));
  box.says({ kind: 'installed', id: box.id, version });
  t.ok(await box.asked('restart'));
});

void t.test(
  'what must not be installed is refused in a sentence, and another one may be tried',
  async (t) => {
    const box = await Updating.start(t);
    const sentences = {
      signature: 'not signed by the maker',
      product: 'for another product',
      damaged: 'no update, or not whole',
    } as const;
    for (const why of ['signature', 'product', 'damaged'] as const) {
      await box.browser.upload('/box/update/file', {}, { file: 'x' });
      await box.asked('verify');
      box.says({ kind: 'bad', id: box.id, why });
      t.match(await box.text(), new RegExp(`${sentences[why]}.*Nothing was changed.* From a file`), why);
      t.notOk(existsSync(box.bundle));
    }
    await box.ready();
    await box.browser.post('/box/update/install');
    await box.asked('install');
    box.says({ kind: 'failed', id: box.id, detail: 'No space <left>' });
    t.match(await box.text(), /could not be installed.* The box says: No space <left>/);
  },
);

void t.test('without a backup nothing is installed', async (t) => {
  const box = await Updating.start(t);
  await box.ready();
  const { store } = box.site;
  store.backup = () => Promise.reject(new Error('disk full'));
  await box.browser.post('/box/update/install');
  await new Promise(setImmediate);
  t.match(await box.text(), 'No backup could be made');
});

void t.test('a program of root that is silent is not waited for for ever', async (t) => {
  const box = await Updating.start(t);
  await box.browser.upload('/box/update/file', {}, { file: 'x' });
  await box.asked('verify');
  box.site.clock.advance(89_000);
  t.match(await box.text(), 'looks whose update this is');
  box.site.clock.advance(2000);
  t.match(await box.text(), 'does not answer. Start the box again.');
});

void t.test('an upload is bounded, wants a file, and the token of the form', async (t) => {
  const box = await Updating.start(t);
  const { browser, site } = box;
  const large = await browser.upload('/box/update/file', {}, { file: Buffer.alloc(400_001) });
  t.equal(large.location, '/box/update');
  t.match(await box.text(), 'too large for an update');
  t.same(readdirSync(join(site.folder, 'tmp')), []);
  const none = await browser.upload('/box/update/file', {}, {});
  t.equal(none.status, 422);
  t.match(textOf(none.body), 'Choose a file.');
  const stale = await browser.upload('/box/update/file', { csrf: 'wrong' }, { file: 'x' });
  t.equal(stale.status, 403);
  t.equal(site.updates!.state.kind, 'refused', 'still what it was');
  const stranger = await site.browser().upload('/box/update/file', {}, { file: 'x' });
  t.equal(stranger.location, '/login');
  await box.ready();
  t.equal((await browser.upload('/box/update/file', {}, { file: 'x' })).status, 409);
  t.equal((await browser.post('/box/update/url', { url: 'http://127.0.0.1/x' })).status, 409);
  t.match(await box.text(), 'is ready');
});

void t.test('an upload is cancelled or broken off on its way', async (t) => {
  const box = await Updating.start(t);
  const { site, browser } = box;
  const csrf = tokenOf((await browser.get('/box/update')).body);
  await site.app.listen({ port: 0 });
  const { port } = site.app.server.address() as AddressInfo;
  const begin = async () => {
    const cookie = [...browser.cookies].map((pair) => pair.join('=')).join('; ');
    const type = 'multipart/form-data; boundary=b';
    const headers = { cookie, 'content-type': type, 'content-length': 300_000 };
    const sent = request({ port, method: 'POST', path: '/box/update/file', headers });
    sent.on('error', () => undefined);
    const part = (name: string) => `--b\r\ncontent-disposition: form-data; name="${name}"`;
    sent.write(`${part('csrf')}\r\n\r\n${csrf}\r\n${part('file')}; filename="x.raucb"\r\n\r\n`);
    sent.write(Buffer.alloc(100_000));
    const arrived = () => {
      const { state } = site.updates!;
      return state.kind === 'fetching' && state.bytes > 0;
    };
    while (!arrived()) await new Promise(setImmediate);
    return sent;
  };
  const cancelled = await begin();
  t.match(await box.text(), /x\.raucb is on its way to the box\. 0\.1 MB of 0\.3 MB Cancel/);
  await browser.post('/box/update/cancel');
  cancelled.write(Buffer.alloc(100_000));
  const [answer] = (await once(cancelled, 'response')) as [{ statusCode: number }];
  t.equal(answer.statusCode, 303);
  t.match(await box.text(), 'No update is on its way');
  cancelled.destroy();

  const broken = await begin();
  broken.destroy();
  while (site.updates!.state.kind === 'fetching') await new Promise(setImmediate);
  t.match(await box.text(), 'The connection broke off');
  while (readdirSync(join(site.folder, 'tmp')).length > 0) await new Promise(setImmediate);
});

void t.test('an update is fetched by its URL', async (t) => {
  const box = await Updating.start(t);
  const server = createServer((request, response) => {
    if (request.url === '/good?key=secret') response.end('an update');
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  for (const wrong of ['', 'update.raucb', 'file:///etc/passwd'])
    t.equal((await box.browser.post('/box/update/url', { url: wrong })).status, 422, wrong);
  const settled = async () => {
    while (box.site.updates!.state.kind === 'fetching') await new Promise(setImmediate);
  };
  await box.browser.post('/box/update/url', { url: `${url}/missing` });
  await settled();
  t.match(await box.text(), /server does not have this file.* The box says: 404/);
  await box.browser.post('/box/update/url', { url: 'http://127.0.0.2/x' });
  await settled();
  t.match(await box.text(), 'may not fetch anything from this address');
  await box.browser.post('/box/update/url', { url: `${url}/good?key=secret` });
  t.notMatch((await box.browser.get('/box/update')).body, 'secret');
  t.ok(await box.asked('verify'));
  t.equal(readFileSync(box.bundle, 'utf8'), 'an update');
  t.notOk(existsSync(`${box.bundle}.part`));
});

void t.test('after the restart the page says what became of the update', async (t) => {
  const box = await Updating.start(t);
  const end = { id: '0123456789abcdef', version, from: '1.2.3' };
  const begins = (answer: UpdateAnswer) => {
    box.root.saysOfUpdate(answer);
    box.site.updates!.start();
  };
  begins({ kind: 'proving', ...end });
  t.match(await box.text(), 'runs and looks whether everything works');
  t.notMatch(await box.text(), 'From a file');
  box.says({ kind: 'kept', ...end });
  t.match(await box.text(), /Version 2\.0\.0 works and is kept.* From a file/);
  begins({ kind: 'returned', ...end, detail: 'rtpengine does not answer' });
  t.match(
    await box.text(),
    /did not work; the box went back to 1\.2\.3\. The box says: rtpengine does not answer/,
  );
  begins({ kind: 'interrupted', ...end });
  t.match(await box.text(), 'Nothing has changed; try again');
  begins({ kind: 'installing', id: end.id, version, percent: 12 });
  t.match(await box.text(), '12 %', 'an application that was restarted alone goes on');
  rmSync(join(box.root.folder, 'answers/update.json'));
});

void t.test('an open page follows, and is loaded again where its forms come or go', async (t) => {
  const box = await Updating.start(t);
  await box.ready();
  await box.site.app.listen({ port: 0 });
  const { port } = box.site.app.server.address() as { port: number };
  const open = new OpenPage(port, '/box/update/live?idle=false', box.browser);
  t.teardown(() => open.close());
  await open.count(1);
  t.match(open.last, 'Version 2.0.0 is ready');
  await box.browser.post('/box/update/install');
  await box.asked('install');
  box.says({ kind: 'installing', id: box.id, version, percent: 55 });
  while (!open.last.includes('55 %')) await open.count(open.events.length + 1);
  box.says({ kind: 'failed', id: box.id, detail: 'x' });
  await open.count(Infinity);
  t.equal(open.events.at(-1)?.event, 'gone');
});
