// The command line as a whole: its words, its options, its help, its settings, and what it makes of what it is given.
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { commands } from '../../src/cli/commands.js';
import { scratchFolder } from '../store/scratch.js';
import { cleanEnv, errorOf, partyline, run, scratchBox } from './run.js';
import { asItShips } from '../as-it-ships.js';

void t.test('every command has a help of its own, and stands in the list of all', async (t) => {
  const all = await run(['--help']);
  t.equal(all.code, 0);
  for (const { words, summary } of commands) {
    t.match(all.out, words.join(' '));
    t.match(all.out, summary);
  }
  // Each as a process would take long on a small machine; they differ by the table alone.
  for (const words of [['status'], ['key', 'create'], ['conference', 'put'], ['restore']]) {
    const { code, out } = await run([...words, '--help']);
    t.equal(code, 0);
    t.match(out, `Usage: partyline ${words.join(' ')}`);
    t.match(out, '--data FOLDER');
  }
  const group = await run(['key', '--help']);
  t.match(group.out, 'key revoke ID');
  t.notMatch(group.out, 'restore');
});

void t.test('wrong usage ends with 2 and says what is wrong', async (t) => {
  const box = scratchBox(t);
  const wrong: [string[], RegExp][] = [
    [[], /partyline conference list/],
    [['frobnicate'], /"frobnicate" is no command/],
    [['key'], /half a command: key create, key list, key revoke/],
    [['key', 'list', 'more'], /"more" is too much/],
    [['key', 'revoke'], /ID is missing/],
    [['key', 'list', '--frob'], /--frob/],
    [['key', 'list', '--kind', 'kazoo'], /--kind is no option of "key list"/],
    [['key', 'create'], /--kind must be/],
    [['conference', 'put', 'x'], /ID must have 32/],
    [['conference', 'put', '--revision', '1'], /--revision needs an ID/],
    [['conference', 'delete', '0'.repeat(32), '--revision', 'x'], /--revision must be a number/],
    [['backup'], /FILE is missing/],
  ];
  for (const [args, message] of wrong) {
    const { code, out, err } = await box.run(...args);
    t.equal(code, 2, args.join(' '));
    t.equal(out, '');
    t.match(err, message);
  }
});

void t.test('with --json errors are JSON too', async (t) => {
  const ended = await scratchBox(t).run('--json', 'key', 'list');
  t.equal(ended.code, 3);
  t.equal(ended.out, '');
  t.match(errorOf(ended), { message: /There is no box in/, exit_code: 3, fields: [] });
});

void t.test('no command makes a box out of a slip of the pen', async (t) => {
  const box = scratchBox(t);
  for (const args of [
    ['conference', 'list'],
    ['key', 'list'],
    ['admin', 'list'],
    ['backup', 'x'],
  ]) {
    t.equal((await box.run(...args)).code, 3, args.join(' '));
  }
  t.equal((await run(['status', '--data', box.data])).code, 1);
  t.throws(() => copyFileSync(box.file, `${box.file}.copy`), { code: 'ENOENT' });
});

void t.test(
  'the folder comes from --data, the environment or the settings file, from anywhere',
  async (t) => {
    const box = scratchBox(t);
    const { id } = await box.json<{ id: string }>('key', 'create', '--kind', 'kazoo');
    const folder = scratchFolder(t);
    const settings = join(folder, 'partyline.env');
    writeFileSync(settings, `PARTYLINE_DATA=${box.data}\n`);
    const link = join(folder, 'partyline');
    symlinkSync(partyline, link);
    mkdirSync(join(folder, 'else'));
    const ways: [string[], Record<string, string>, string][] = [
      [['--data', box.data], { PARTYLINE_DATA: '/nowhere' }, folder],
      [['--data', 'data'], {}, join(box.data, '..')],
      [[], { PARTYLINE_SETTINGS: settings }, folder],
      [[], { PARTYLINE_DATA: box.data }, join(folder, 'else')],
    ];
    for (const [args, env, cwd] of ways) {
      const { code, out } = await run(['key', 'list', ...args], { env, cwd });
      t.equal(code, 0);
      t.match(out, id);
    }
    const linked = spawnSync(...asItShips(link, ['key', 'list', '--data', box.data]), {
      cwd: folder,
      env: cleanEnv(),
    });
    t.match(String(linked.stdout), id, 'through a symbolic link');
    const wrong = await run(['key', 'list'], { env: { PARTYLINE_DATA: box.data, PARTYLINE_LOG: 'loud' } });
    t.equal(wrong.code, 2);
    t.match(wrong.err, 'PARTYLINE_LOG');
  },
);

void t.test('where it is not built it says what to do', (t) => {
  const bin = join(scratchFolder(t), 'bin');
  mkdirSync(bin);
  copyFileSync(partyline, join(bin, 'partyline.mjs'));
  const ended = spawnSync(process.execPath, [join(bin, 'partyline.mjs'), 'status']);
  t.equal(ended.status, 1);
  t.match(String(ended.stderr), 'make build');
  t.end();
});

void t.test('a reader who has seen enough ends it quietly', async (t) => {
  const box = scratchBox(t);
  await box.json('key', 'create', '--kind', 'kazoo');
  const line = `"${partyline}" key list --data "${box.data}" | head -c 1`;
  const ended = spawnSync(...asItShips('bash', ['-o', 'pipefail', '-c', line]), { env: cleanEnv() });
  t.equal(ended.status, 0);
  t.equal(String(ended.stderr), '');
});
