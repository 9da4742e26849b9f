// partyline admin: who may log in to the web page and to Kazoo's API.
import { checkedName, type Store } from '../store/index.js';
import type { Command } from './command.js';
import { CliError, exitCodes } from './errors.js';
import { readPassword } from './input.js';
import { table, timeJson, timeText } from './output.js';

const password: Command = {
  words: ['admin', 'password'],
  args: [{ name: 'NAME' }],
  options: ['create'],
  summary: 'set the password of an admin, read from standard input',
  details: [
    '8 to 128 characters; typed twice on a terminal, where it is not shown, or one line of standard input.',
    'The first admin of a box is made by it; another one only with --create.',
  ],
  async run({ args: [given = ''], options, box, output }) {
    const name = checkedName(given);
    await box.withNewStore(async (store) => {
      const create = await howToCreate(store, name, options.create ?? false);
      const typed = await readPassword(`New password of ${name}`);
      const { created } = await store.admins.setPassword(name, typed, create ? { create } : {});
      output.result({ name, created }, [
        created ? `Admin ${name} was made.` : `The password of ${name} was changed.`,
      ]);
    });
  },
};

const list: Command = {
  words: ['admin', 'list'],
  summary: 'list the admins',
  async run({ box, output }) {
    const admins = await box.withStore((store) => store.admins.list());
    output.result(
      admins.map((admin) => ({
        id: admin.id,
        name: admin.name,
        created_at: timeJson(admin.createdAt),
        password_changed_at: timeJson(admin.passwordChangedAt),
      })),
      table(
        ['NAME', 'CREATED', 'PASSWORD CHANGED'],
        admins.map((admin) => [admin.name, timeText(admin.createdAt), timeText(admin.passwordChangedAt)]),
      ),
    );
  },
};

const remove: Command = {
  words: ['admin', 'delete'],
  args: [{ name: 'NAME' }],
  summary: 'remove an admin',
  async run({ args: [given = ''], box, output }) {
    const name = checkedName(given);
    await box.withStore((store) => store.admins.remove(name));
    output.result({ name, deleted: true }, [`Admin ${name} was removed.`]);
  },
};

export const adminCommands: readonly Command[] = [password, list, remove];

/** Asked before the password is typed. @throws CliError not found */
async function howToCreate(
  store: Store,
  name: string,
  wanted: boolean,
): Promise<'missing' | 'first' | undefined> {
  if (wanted) return 'missing';
  if (await store.admins.find(name)) return undefined;
  if ((await store.admins.count()) === 0) return 'first';
  throw new CliError(exitCodes.notFound, `Admin ${name} was not found; --create makes one.`);
}
