// Everything that is posted on the web page and lasts is in the record of changes: a form that is not in this list fails
// the test, and so does one that writes nothing down.
import { Readable } from 'node:stream';
import t from 'tap';
import type { ChangeKind } from '../../../src/store/index.js';
import { sine, wave16 } from '../../sounds/signals.js';
import { FakeRoot } from './fake-root.js';
import { admin, Site, type Browser, type Reply } from './site.js';

interface Stage {
  readonly site: Site;
  readonly browser: Browser;
  readonly conference: string;
}

/** Posts the form. */
type Post = (stage: Stage) => Promise<Reply>;

const recorded: Record<string, [ChangeKind, Post]> = {
  '/conferences': [
    'conference-created',
    ({ browser }) => browser.post('/conferences', { name: 'New', conference_numbers: '77' }),
  ],
  '/conferences/:id/edit': [
    'conference-changed',
    async ({ site, browser, conference }) => {
      const { revision } = (await site.store.conferences.get(conference))!;
      return browser.post(`/conferences/${conference}/edit`, { name: 'Other', revision: String(revision) });
    },
  ],
  '/conferences/:id/copy': [
    'conference-created',
    ({ browser, conference }) => browser.post(`/conferences/${conference}/copy`),
  ],
  '/conferences/:id/delete': [
    'conference-removed',
    ({ browser, conference }) => browser.post(`/conferences/${conference}/delete`),
  ],
  '/conferences/:id/put-back': [
    'conference-put-back',
    async ({ browser, conference }) => {
      await browser.post(`/conferences/${conference}/delete`);
      return browser.post(`/conferences/${conference}/put-back`);
    },
  ],
  '/recordings/:id/delete': [
    'recording-removed',
    async ({ site, browser, conference }) => {
      await site.join(conference);
      await browser.post(`/conferences/${conference}/do`, { action: 'record' });
      const [recording] = (await site.recordings.list({})).recordings;
      return browser.post(`/recordings/${recording!.id}/delete`);
    },
  ],
  '/box/name': ['box-changed', ({ browser }) => browser.post('/box/name', { name: 'Attic' })],
  '/box/access-numbers': [
    'box-changed',
    ({ browser }) => browser.post('/box/access-numbers', { number: '3999' }),
  ],
  '/box/access-numbers/remove': [
    'box-changed',
    async ({ browser }) => {
      await browser.post('/box/access-numbers', { number: '3999' });
      return browser.post('/box/access-numbers/remove', { number: '3999' });
    },
  ],
  '/box/sounds': [
    'sound-added',
    ({ browser }) =>
      browser.upload('/box/sounds', { name: 'Bell' }, { file: wave16(sine(440, 0.2, 8000), 8000) }),
  ],
  '/box/sounds/:id/delete': [
    'sound-removed',
    async ({ site, browser }) => {
      const sound = Readable.from([wave16(sine(440, 0.2, 8000), 8000)]);
      const { id } = await site.library.add({ name: 'Bell' }, 'audio/x-wav', sound, 'grace');
      return browser.post(`/box/sounds/${id}/delete`);
    },
  ],
  '/box/outbound': [
    'box-changed',
    ({ browser }) => browser.post('/box/outbound', { uri: 'sip:pbx.example', user: 'u', password: 'secret' }),
  ],
  '/box/outbound/clear': [
    'box-changed',
    async ({ site, browser }) => {
      await site.store.outboundPeer.set({ host: 'pbx.example', transport: 'udp' });
      return browser.post('/box/outbound/clear');
    },
  ],
  '/box/admins': [
    'admin-made',
    ({ browser }) => {
      const password = 'hopper hopper';
      const fields = { name: 'grace', password, repeat: password, current: admin.password };
      return browser.post('/box/admins', fields);
    },
  ],
  '/box/admins/password': [
    'admin-password',
    ({ browser }) => {
      const { password } = admin;
      return browser.post('/box/admins/password', { password, repeat: password, current: password });
    },
  ],
  '/box/admins/:id/remove': [
    'admin-removed',
    async ({ site, browser }) => {
      const { id } = await site.store.admins.setPassword('mary', 'jackson jackson', { create: 'missing' });
      return browser.post(`/box/admins/${id}/remove`, { current: admin.password });
    },
  ],
  '/box/keys': ['key-made', ({ browser }) => browser.post('/box/keys', { name: 'Intercom', kind: 'kazoo' })],
  '/box/keys/:id/revoke': [
    'key-revoked',
    async ({ site, browser }) => {
      const { id } = await site.store.apiKeys.create({ kind: 'kazoo', name: 'Old' });
      return browser.post(`/box/keys/${id}/revoke`);
    },
  ],
  '/box/certificate': [
    'box-changed',
    ({ browser }) => browser.upload('/box/certificate', {}, { chain: 'CERTIFICATE', key: 'KEY' }),
  ],
  '/box/plain-http': ['box-changed', ({ browser }) => browser.post('/box/plain-http', { allowed: 'false' })],
};

/** What they do is over with the conference, the session or the answer, or another test has its record; and why. */
const unrecorded: Record<string, string> = {
  '/setup':
    'a box that has an admin is set up; test/http/pages/door-pages.test.ts has the record of the first',
  '/login': 'changes nothing of the box',
  '/logout': 'changes nothing of the box',
  '/logout-everywhere': 'changes nothing of the box',
  '/language': 'is for this browser',
  '/conferences/:id/do': 'is over with the conference; in the log',
  '/conferences/:id/members/:member': 'is over with the conference; in the log',
  '/conferences/:id/play': 'is over with the sound; in the log',
  '/conferences/:id/say': 'is over with the sentence; in the log',
  '/conferences/:id/dial': 'is over with the call; in the log and the call records',
  '/conferences/:id/dial/:call/cancel': 'is over with the call; in the call records',
  '/box/backup': 'changes nothing; in the log',
  '/box/network': 'goes back without a word; kept or ended it is recorded: network-pages.test.ts',
  '/box/network/keep': 'network-pages.test.ts has its record',
  '/box/network/return': 'network-pages.test.ts has its record',
  '/box/update/file': 'installs nothing',
  '/box/update/url': 'installs nothing',
  '/box/update/install': 'update-pages.test.ts has its record',
  '/box/update/hurry': 'of an update that is recorded; in the log',
  '/box/update/cancel': 'of an update that is recorded; in the log',
  '/box/reset': 'reset-pages.test.ts has its record',
  '/box/restore': 'is in the record of the restored database: test/store/pending-restore.test.ts',
};

void t.test('every form that changes what lasts is in the record, with who and what', async (t) => {
  const { site, browser } = await Site.start(t, new FakeRoot(t).appliance);
  t.same([...site.posts].sort(), [...Object.keys(recorded), ...Object.keys(unrecorded)].sort());
  for (const [path, [what, post]] of Object.entries(recorded)) {
    const conference = await site.conference({ name: 'Board' });
    const { status, body } = await post({ site, browser, conference });
    t.ok(status < 400, `${path}: ${status} ${status < 400 ? '' : body.slice(-600)}`);
    const [change] = (await site.store.changes.list({ limit: 1 })).changes;
    t.match(change, { what, author: admin.name }, path);
  }
  const page = await browser.get('/box/changes');
  t.equal(page.status, 200);
  t.notMatch(page.body, 'secret');
});
