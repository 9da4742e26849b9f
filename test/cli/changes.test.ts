// Every command that changes what lasts is in the record of changes: a command that is not in this list fails the test,
// and so does one that writes nothing down.
import { join } from 'node:path';
import t from 'tap';
import { commands } from '../../src/cli/commands.js';
import { Store, type ChangeKind } from '../../src/store/index.js';
import { scratchBox, type Ended, type ScratchBox } from './run.js';

type Given = {
  readonly box: ScratchBox;
  readonly store: <T>(work: (store: Store) => Promise<T>) => Promise<T>;
};

const recorded: Record<string, [ChangeKind, (given: Given) => Promise<Ended>]> = {
  'conference put': [
    'conference-created',
    ({ box }) => box.runWith({ name: 'Board', conference_numbers: ['4000'] }, 'conference', 'put'),
  ],
  'conference delete': [
    'conference-removed',
    async ({ box, store }) => {
      const [one] = await store(({ conferences }) => conferences.all());
      return box.run('conference', 'delete', one!.id);
    },
  ],
  'key create': ['key-made', ({ box }) => box.run('key', 'create', '--kind', 'kazoo', '--name', 'Intercom')],
  'key revoke': [
    'key-revoked',
    async ({ box, store }) => {
      const [key] = await store(({ apiKeys }) => apiKeys.list());
      return box.run('key', 'revoke', key!.id);
    },
  ],
  'admin password': ['admin-made', ({ box }) => box.runWith('correct horse\n', 'admin', 'password', 'ada')],
  'admin delete': ['admin-removed', ({ box }) => box.run('admin', 'delete', 'ada')],
  'outbound set': ['box-changed', ({ box }) => box.run('outbound', 'set', 'sip:pbx.example')],
  'outbound clear': ['box-changed', ({ box }) => box.run('outbound', 'clear')],
  restore: [
    'box-restored',
    async ({ box }) => {
      const file = join(box.data, 'a.backup');
      await box.run('backup', file);
      return box.run('restore', file);
    },
  ],
};

const unrecorded = [
  'status',
  'backup',
  'conference list',
  'conference show',
  'key list',
  'admin list',
  'outbound show',
];

void t.test('every command that changes what lasts is in the record', async (t) => {
  const names = commands.map(({ words }) => words.join(' '));
  t.same(names.sort(), [...Object.keys(recorded), ...unrecorded].sort());
  const box = scratchBox(t);
  const store = async <T>(work: (store: Store) => Promise<T>): Promise<T> => {
    const open = new Store({ file: box.file, tool: true });
    await open.start();
    try {
      return await work(open);
    } finally {
      await open.stop();
    }
  };
  for (const [command, [what, act]] of Object.entries(recorded)) {
    const { code, err } = await act({ box, store });
    t.equal(code, 0, `${command}: ${err}`);
    const [change] = await store(async ({ changes }) => (await changes.list({ limit: 1 })).changes);
    t.match(change, { what, author: '' }, command);
  }
});
