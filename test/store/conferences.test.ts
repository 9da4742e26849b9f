// Conferences in the store: documents, revisions, pages, and numbers that lead to one place only.
import { join } from 'node:path';
import t from 'tap';
import { PartylineError } from '../../src/errors.js';
import { silentLog } from '../../src/log.js';
import { ConferenceRows } from '../../src/store/conference-rows.js';
import { Conferences } from '../../src/store/conferences.js';
import { ConfigVersion } from '../../src/store/config-version.js';
import { openDatabaseFile } from '../../src/store/database-file.js';
import { NumberIndex } from '../../src/store/number-index.js';
import {
  ConflictError,
  InvalidDocumentError,
  NumbersInUseError,
  type Store,
  type StoredConference,
} from '../../src/store/index.js';
import { documentOf, scratchFolder, scratchStore } from './scratch.js';

function withNumbers(...numbers: string[]) {
  return documentOf({ conference_numbers: numbers });
}

async function taken(work: Promise<unknown>): Promise<readonly string[]> {
  const thrown: unknown = await work.then(
    () => 'not refused',
    (error: unknown) => error,
  );
  return thrown instanceof NumbersInUseError ? thrown.numbers : [String(thrown)];
}

void t.test('what is created is found again, whole', async (t) => {
  const { conferences } = await scratchStore(t);
  const document = documentOf({
    name: 'Büro ☎',
    owner_id: 'f'.repeat(32),
    member: { numbers: ['100'], pins: ['1'] },
    profile: { interval: 20 },
    ui: { deep: [1, { two: null }] },
  });
  const created = await conferences.create(document);
  t.match(created.id, /^[0-9a-f]{32}$/);
  t.equal(created.revision, 1);
  t.ok(Math.abs(created.createdAt - Date.now()) < 10_000);
  t.same(created.document, document);
  t.same(await conferences.get(created.id), created);
  t.equal(await conferences.get('0'.repeat(32)), undefined);
  t.equal(await conferences.count(), 1);
  const again = await conferences.get(created.id);
  t.throws(
    () => Object.assign(again!.document.member, { pins: [] }),
    TypeError,
    'shared, so nobody may change it',
  );
});

void t.test('an id of ones own, once', async (t) => {
  const { conferences } = await scratchStore(t);
  const id = 'abcdef0123456789abcdef0123456789';
  t.equal((await conferences.create(documentOf(), { id })).id, id);
  await t.rejects(conferences.create(documentOf(), { id }), { code: 'CONFLICT' });
  await conferences.remove(id);
  await t.rejects(conferences.create(documentOf(), { id }), { code: 'CONFLICT' });
  await t.rejects(conferences.create(documentOf(), { id: 'short' }));
  t.equal(await conferences.count(), 0);
});

void t.test('replace, patch, update and remove count revisions', async (t) => {
  const { conferences } = await scratchStore(t);
  const { id } = await conferences.create(documentOf({ name: 'A', ui: 1, member: { pins: ['1'] } }));
  t.match(await conferences.replace(id, documentOf({ name: 'B', ui: 2 })), { revision: 2 });
  const patched = await conferences.patch(id, {
    ui: null,
    member: { join_muted: false },
    _read_only: {},
    id: 'x',
  });
  t.equal(patched.revision, 3);
  t.same(patched.document, documentOf({ name: 'B', member: { join_muted: false } }));
  const updated = await conferences.update(id, (document) => ({ ...document, name: `${document.name}!` }));
  t.match(updated, { revision: 4, document: { name: 'B!' } });
  t.ok(updated.updatedAt >= updated.createdAt);
  t.match(await conferences.remove(id), { id, document: { name: 'B!' } });
  t.equal(await conferences.get(id), undefined);
  t.same(await conferences.list(), { conferences: [] });
  for (const work of [
    conferences.replace(id, documentOf()),
    conferences.patch(id, {}),
    conferences.update(id, (document) => document),
    conferences.remove(id),
  ]) {
    await t.rejects(work, { code: 'NOT_FOUND', status: 404 });
  }
});

void t.test('a change on an old revision is refused and changes nothing', async (t) => {
  const { conferences } = await scratchStore(t);
  const { id } = await conferences.create(documentOf({ name: 'A' }));
  await conferences.patch(id, { name: 'B' }, { expectedRevision: 1 });
  for (const work of [
    conferences.patch(id, { name: 'C' }, { expectedRevision: 1 }),
    conferences.replace(id, documentOf(), { expectedRevision: 1 }),
    conferences.remove(id, { expectedRevision: 3 }),
  ]) {
    const thrown: unknown = await work.catch((error: unknown) => error);
    t.type(thrown, ConflictError);
    t.match(thrown, { code: 'CONFLICT', status: 409, current: 2 });
  }
  t.match(await conferences.get(id), { revision: 2, document: { name: 'B' } });
});

void t.test('changes at the same time do not undo each other', async (t) => {
  const { conferences } = await scratchStore(t);
  const { id } = await conferences.create(documentOf());
  await Promise.all(Array.from({ length: 20 }, (_, i) => conferences.patch(id, { ui: { [`key${i}`]: i } })));
  const after = await conferences.get(id);
  t.equal(after?.revision, 21);
  t.equal(Object.keys(after?.document.ui as object).length, 20);
});

void t.test('a patch that breaks the rules changes nothing', async (t) => {
  const { conferences } = await scratchStore(t);
  const { id } = await conferences.create(documentOf({ member: { numbers: ['1'] } }));
  const thrown: unknown = await conferences
    .patch(id, { name: '', member: { pins: ['x'] } })
    .catch((error: unknown) => error);
  t.type(thrown, InvalidDocumentError);
  t.same((thrown as InvalidDocumentError).errors.map(({ field }) => field).sort(), ['member.pins.0', 'name']);
  t.match(await conferences.patch(id, { moderator: { numbers: ['1'] } }).catch((error: unknown) => error), {
    errors: [{ field: 'moderator.numbers.0', rule: 'unique' }],
  });
  t.match(await conferences.get(id), { revision: 1 });
});

void t.test('a number leads to its conference and says in which list it stands', async (t) => {
  const { conferences } = await scratchStore(t);
  const made = await conferences.create(
    documentOf({ member: { numbers: ['1'] }, moderator: { numbers: ['2'] }, conference_numbers: ['3'] }),
  );
  for (const [number, listedIn] of [
    ['1', 'member'],
    ['2', 'moderator'],
    ['3', 'conference'],
  ] as const) {
    t.same(await conferences.findByNumber(number), { conference: made, document: made.document, listedIn });
  }
  for (const number of ['4', '', '01', 'constructor'])
    t.equal(await conferences.findByNumber(number), undefined);
  const changed = await conferences.patch(made.id, { member: { numbers: ['4'] } });
  t.equal(await conferences.findByNumber('1'), undefined);
  t.same((await conferences.findByNumber('4'))?.conference, changed);
  t.same(
    (await conferences.findByNumber('2'))?.conference,
    changed,
    'the document is the new one for all numbers',
  );
  await conferences.remove(made.id);
  t.equal(await conferences.findByNumber('4'), undefined);
});

void t.test('a number that leads elsewhere is refused, with all others that do', async (t) => {
  const { conferences, accessNumbers } = await scratchStore(t);
  const first = await conferences.create(withNumbers('1', '2', '3'));
  await accessNumbers.add('9');
  t.same(
    await taken(
      conferences.create(documentOf({ member: { numbers: ['9', '4', '3'] }, conference_numbers: ['1'] })),
    ),
    ['9', '3', '1'],
  );
  t.equal(await conferences.count(), 1, 'nothing of it was stored');
  const second = await conferences.create(withNumbers('4'));
  t.same(await taken(conferences.patch(second.id, { conference_numbers: ['4', '2'] })), ['2']);
  t.match(await conferences.get(second.id), { revision: 1 });
  t.same((await conferences.findByNumber('4'))?.conference, second);
  t.same(
    await taken(
      conferences.create({ ...withNumbers('7'), member: { ...documentOf().member, numbers: ['7'] } }),
    ),
    ['7'],
  );

  await conferences.patch(first.id, { conference_numbers: ['3', '1'] });
  await conferences.patch(second.id, { conference_numbers: ['2'] });
  t.equal((await conferences.findByNumber('2'))?.conference.id, second.id, 'a freed number can be taken');
  await conferences.remove(first.id);
  await conferences.patch(second.id, { member: { numbers: ['1'] } });
  t.match(await conferences.findByNumber('1'), { listedIn: 'member' });
  t.match(await taken(conferences.create(withNumbers('1'))), ['1']);
});

void t.test('two who take the same number at once: one gets it', async (t) => {
  const { conferences } = await scratchStore(t);
  const results = await Promise.allSettled(
    Array.from({ length: 5 }, () => conferences.create(withNumbers('1'))),
  );
  t.equal(results.filter(({ status }) => status === 'fulfilled').length, 1);
  t.equal(await conferences.count(), 1);
});

async function pages(store: Store, query: object): Promise<StoredConference[]> {
  const all: StoredConference[] = [];
  let after: string | undefined;
  do {
    const page = await store.conferences.list({ ...query, ...(after !== undefined && { after }) });
    all.push(...page.conferences);
    after = page.next;
  } while (after !== undefined);
  return all;
}

void t.test('pages hold everything once, in order', async (t) => {
  const store = await scratchStore(t);
  const names = ['delta', 'Alpha', 'charlie', 'Bravo', 'bravo', 'Echo', 'alpha 2'];
  for (const name of names) await store.conferences.create(documentOf({ name }));
  await store.conferences.create(documentOf({ conference_numbers: ['77'] }));
  for (const limit of [1, 2, 3, 8, 9]) {
    const found = (await pages(store, { limit })).map(({ document }) => document.name?.toLowerCase() ?? '');
    t.same(
      found,
      ['', 'alpha', 'alpha 2', 'bravo', 'bravo', 'charlie', 'delta', 'echo'],
      `pages of ${limit}`,
    );
  }
  const down = await pages(store, { limit: 3, descending: true });
  t.same(down.reverse(), await pages(store, {}));
  const ids = (await pages(store, { limit: 3, order: 'id' })).map(({ id }) => id);
  t.equal(ids.length, 8);
  t.same(ids, [...ids].sort());
  t.same(
    (await pages(store, { search: 'ALPHA', limit: 1 })).map(({ document }) => document.name),
    ['Alpha', 'alpha 2'],
  );
  t.equal((await pages(store, { search: '77' })).length, 1);
  t.equal((await pages(store, { search: '%' })).length, 0, 'no wildcard');
  for (const after of ['', 'nonsense', Buffer.from('[1]').toString('base64url')]) {
    await t.rejects(store.conferences.list({ after }), PartylineError);
  }
});

void t.test('several changes as one', async (t) => {
  const store = await scratchStore(t);
  await t.rejects(
    store.transaction(async () => {
      await store.conferences.create(withNumbers('1'));
      await store.conferences.create(withNumbers('1'));
    }),
    NumbersInUseError,
  );
  t.equal(await store.conferences.count(), 0);
  t.equal(await store.conferences.findByNumber('1'), undefined);
  await store.transaction(async () => {
    await store.conferences.create(withNumbers('1'));
    await store.accessNumbers.add('2');
    await store.settings.set('a', 1);
  });
  t.ok(await store.conferences.findByNumber('1'));
  t.equal(await store.accessNumbers.has('2'), true);
  t.equal(await store.settings.get('a'), 1);
});

void t.test(
  'a full disk is told as such, nothing is stored, and it goes on when there is room',
  async (t) => {
    const database = await openDatabaseFile(join(scratchFolder(t), 'box.db'), silentLog);
    t.teardown(() => database.close());
    const connection = () => database;
    const version = new ConfigVersion(connection, { freshnessMs: 0 });
    const rows = new ConferenceRows();
    const conferences = new Conferences({
      writer: connection,
      reader: connection,
      rows,
      numbers: new NumberIndex({ reader: connection, rows, version }),
      changed: () => version.changed(),
    });
    const { id } = await conferences.create(withNumbers('1'));
    const { page_count: pages } = (await database.get<{ page_count: number }>('PRAGMA page_count'))!;
    await database.exec(`PRAGMA max_page_count = ${pages}`);
    const work = conferences.patch(id, { conference_numbers: ['2'], ui: Array(100).fill('x'.repeat(2000)) });
    await t.rejects(work, { name: 'StorageError', code: 'UNAVAILABLE', status: 503 });
    t.match(await conferences.get(id), { revision: 1 });
    t.ok(await conferences.findByNumber('1'));
    await database.exec(`PRAGMA max_page_count = ${pages + 1000}`);
    t.match(await conferences.patch(id, { conference_numbers: ['2'] }), { revision: 2 });
  },
);

void t.test('all of them, by id, as they are now', async (t) => {
  const { conferences } = await scratchStore(t);
  t.same(await conferences.all(), []);
  const made = [];
  for (let n = 0; n < 5; n++) made.push(await conferences.create(documentOf({ name: `C${n}` })));
  const ids = made.map(({ id }) => id).sort();
  const names = async () => (await conferences.all()).map(({ document }) => document.name).sort();
  t.same(
    (await conferences.all()).map(({ id }) => id),
    ids,
  );
  await conferences.patch(made[2]!.id, { name: 'changed' });
  t.same(await names(), ['C0', 'C1', 'C3', 'C4', 'changed']);
  t.same(
    (await conferences.all()).map(({ id }) => id),
    ids,
    'in the same order',
  );
  await conferences.remove(made[0]!.id);
  t.same(await names(), ['C1', 'C3', 'C4', 'changed']);
});
