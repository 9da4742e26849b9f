// partyline conference.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { documentOf, scratchFolder } from '../store/scratch.js';
import { errorOf, scratchBox } from './run.js';

interface ConferenceJson {
  readonly id: string;
  readonly _revision: number;
  readonly [key: string]: unknown;
}

const unused = 'f'.repeat(32);

void t.test('put, list, show, change and delete, beside a running box', async (t) => {
  const box = scratchBox(t);
  const store = await box.start();
  t.equal(await store.conferences.findByNumber('3100'), undefined);
  const given = { name: 'Sales', conference_numbers: ['3100'], member: { pins: ['4711'] }, colour: 'red' };
  const made = JSON.parse((await box.runWith(given, 'conference', 'put', '--json')).out) as ConferenceJson;
  t.match(made, { _revision: 1, ...documentOf(given) }, 'defaults are filled in');
  t.equal((await store.conferences.findByNumber('3100'))?.conference.id, made.id, 'the box notices');

  const list = await box.run('conference', 'list');
  t.match(list.out, new RegExp(`${made.id} +3100 +yes +Sales`));
  t.notMatch(list.out, '4711');
  t.same(await box.json('conference', 'list'), [
    { id: made.id, name: 'Sales', numbers: ['3100'], member_pin: true, moderator_pin: false },
  ]);
  t.match((await box.run('conference', 'show', made.id)).out, /member PINs +4711/);

  const shown = await box.json<ConferenceJson>('conference', 'show', made.id);
  const changed = await box.runWith({ ...shown, name: 'Support' }, 'conference', 'put', made.id);
  t.match(changed, { code: 0, out: /was changed/ });
  t.match(await store.conferences.get(made.id), {
    revision: 2,
    document: documentOf({ ...given, name: 'Support' }),
  });
  t.notOk('_revision' in (await store.conferences.get(made.id))!.document);
  await box.runWith({ name: 'Whole' }, 'conference', 'put', made.id);
  t.same((await store.conferences.get(made.id))?.document, documentOf({ name: 'Whole' }), 'as a whole');

  t.match(await box.run('conference', 'delete', made.id), { code: 0, out: /was removed/ });
  t.equal(await store.conferences.get(made.id), undefined);
  t.equal((await box.run('conference', 'show', made.id)).code, 3);
});

void t.test('from a file, with an ID of one’s own, before the first start', async (t) => {
  const box = scratchBox(t);
  const file = join(scratchFolder(t), 'sales.json');
  writeFileSync(file, JSON.stringify({ name: 'Sales' }));
  t.match(await box.run('conference', 'put', unused, '--file', file), { code: 0, out: /was made/ });
  t.match(await box.run('conference', 'put', unused, '--file', file), { code: 0, out: /was changed/ });
  t.equal((await box.json<unknown[]>('conference', 'list')).length, 1);
  t.match(await box.run('conference', 'put', '--file', `${file}.gone`), {
    code: 3,
    err: /\.gone was not found/,
  });
  t.match(await box.run('conference', 'put', '--file', box.data), { code: 1, err: /folder|EISDIR/ });
  await box.run('conference', 'delete', unused);
  t.match(await box.run('conference', 'put', unused, '--file', file), { code: 4, err: /was removed/ });
});

void t.test('a document that is wrong is refused by field, and loses nothing', async (t) => {
  const box = scratchBox(t);
  const wrong = { name: '', member: { pins: ['12a'], join_muted: 'no' }, max_participants: -1 };
  const text = await box.runWith(wrong, 'conference', 'put');
  t.match(text, { code: 1, out: '' });
  for (const field of ['name', 'member.pins.0', 'member.join_muted', 'max_participants']) {
    t.match(text.err, `  ${field}: `);
  }
  t.notMatch(text.err, '12a', 'what was given may be a PIN');
  const json = await box.runWith(wrong, 'conference', 'put', '--json');
  t.same(
    errorOf(json)
      .fields.map(({ field }) => field)
      .sort(),
    ['max_participants', 'member.join_muted', 'member.pins.0', 'name'],
  );
  for (const [input, message] of [
    ['{"member":{"pins":["1234"', /standard input is not JSON/],
    ['', /standard input is not JSON/],
    ['[]', /document: Value did not match/],
    ['['.repeat(100_000), /is not JSON/],
    ['{"a":'.repeat(17) + '1' + '}'.repeat(17), /nested/],
    [`"${'x'.repeat(1_100_000)}"`, /more than 1048576 bytes/],
  ] as const) {
    const ended = await box.runWith(input, 'conference', 'put');
    t.equal(ended.code, 1);
    t.match(ended.err, message);
    t.notMatch(ended.err, '1234');
  }
});

void t.test('conflicts end with 4 and name the field', async (t) => {
  const box = scratchBox(t);
  const store = await box.start();
  await store.accessNumbers.add('9');
  await store.conferences.create(documentOf({ conference_numbers: ['1'] }));
  const { id } = await store.conferences.create(documentOf({ name: 'A', conference_numbers: ['2'] }));
  const taken = { conference_numbers: ['2', '1'], moderator: { numbers: ['9'] } };
  const ended = await box.runWith(taken, 'conference', 'put', id, '--json');
  t.equal(ended.code, 4);
  t.same(errorOf(ended).fields, [
    { field: 'moderator.numbers.0', message: '9 is already in use' },
    { field: 'conference_numbers.1', message: '1 is already in use' },
  ]);
  t.match(await store.conferences.get(id), { revision: 1, document: { conference_numbers: ['2'] } });

  t.equal((await box.runWith({}, 'conference', 'put', id, '--revision', '2')).code, 4);
  t.equal((await box.run('conference', 'delete', id, '--revision', '2')).code, 4);
  t.equal((await box.runWith({}, 'conference', 'put', id, '--revision', '1')).code, 0);
  t.equal((await box.runWith({}, 'conference', 'put', unused, '--revision', '1')).code, 3);
  t.equal((await box.run('conference', 'delete', id, '--revision', '2')).code, 0);
  t.equal((await box.run('conference', 'delete', id)).code, 3);
});

void t.test('all of many are listed', async (t) => {
  const box = scratchBox(t);
  const store = await box.start();
  await store.transaction(async () => {
    for (let i = 0; i < 1001; i++) await store.conferences.create(documentOf({ name: `c${i}` }));
  });
  t.equal((await box.json<unknown[]>('conference', 'list')).length, 1001);
});
