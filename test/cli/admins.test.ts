// partyline admin; a password comes from a pipe or from a terminal, where it is not shown.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import t from 'tap';
import { cleanEnv, partyline, scratchBox } from './run.js';
import { asItShips } from '../as-it-ships.js';

void t.test('the first admin, another one, a new password, and out', async (t) => {
  const box = scratchBox(t);
  const first = await box.runWith('first password\n', 'admin', 'password', 'Ada');
  t.match(first, { code: 0, out: 'Admin ada was made.\n' });
  const store = await box.start();
  t.ok(await store.credentials.checkPassword('ada', 'first password'));

  t.match(await box.runWith('password of bob', 'admin', 'password', 'bob'), { code: 3, err: /--create/ });
  t.equal((await box.runWith('password of bob', 'admin', 'password', 'bob', '--create')).code, 0);
  const changed = await box.runWith('second password\r\n', 'admin', 'password', 'ada');
  t.match(changed, { code: 0, out: /was changed/ });
  t.ok(await store.credentials.checkPassword('ada', 'second password'));
  t.equal(await store.credentials.checkPassword('ada', 'first password'), undefined);
  t.match(await box.json('admin', 'list'), [{ name: 'ada' }, { name: 'bob' }]);
  t.match((await box.run('admin', 'list')).out, /ada .*\nbob /);
  t.equal((await box.run('admin', 'delete', 'BOB')).code, 0);
  t.equal((await box.run('admin', 'delete', 'bob')).code, 3);
});

void t.test('what is no password or no name is refused by field', async (t) => {
  const box = scratchBox(t);
  for (const input of [
    '',
    '\n',
    'seven77\n',
    'x'.repeat(129),
    'x'.repeat(5000),
    'two lines\nof password\n',
  ]) {
    const { code, out, err } = await box.runWith(input, 'admin', 'password', 'ada');
    t.equal(code, 1);
    t.match(err, /password|bytes/);
    if (input.trim()) t.notMatch(out + err, input.trim().split('\n')[0]!);
  }
  t.match(await box.runWith('password1', 'admin', 'password', 'a:b'), { code: 1, err: /name: / });
  t.same(await box.json('admin', 'list'), []);
});

/** bin/partyline on a terminal of its own, made by util-linux; each answer is typed when its prompt has come. */
async function typing(data: string, answers: readonly [prompt: string, answer: string][]) {
  const child = spawn(...asItShips('script', ['-qefc', `"${partyline}" admin password ada`, '/dev/null']), {
    env: cleanEnv({ PARTYLINE_DATA: data }),
  });
  const closed = once(child, 'close') as Promise<[number]>;
  const left = [...answers];
  let shown = '';
  let seen = 0;
  child.stdout.on('data', (chunk: Buffer) => {
    shown += String(chunk);
    const [next] = left;
    if (!next || !shown.slice(seen).includes(next[0])) return;
    left.shift();
    seen = shown.length;
    child.stdin.write(next[1]);
  });
  const [code] = await closed;
  return { code, shown };
}

const hasScript = existsSync('/usr/bin/script');
void t.test('on a terminal', { skip: !hasScript && 'script is not installed' }, async (t) => {
  const box = scratchBox(t);
  const good = await typing(box.data, [
    ['New password of ada: ', 'open sesamx\u007fe 1\r'],
    ['The same again: ', 'open sesame 1\r'],
  ]);
  t.equal(good.code, 0, good.shown);
  t.notMatch(good.shown, 'sesam');
  const store = await box.start();
  t.ok(await store.credentials.checkPassword('ada', 'open sesame 1'), 'with what was rubbed out');
  const differ = await typing(box.data, [
    ['New password of ada: ', 'open sesame 2\r'],
    ['The same again: ', 'open sesame 3\r'],
  ]);
  t.match(differ, { code: 1, shown: /are not the same/ });
  const left = await typing(box.data, [['New password of ada: ', 'open ses\u0003']]);
  t.match(left, { code: 1, shown: /Nothing was changed/ });
  t.ok(await store.credentials.checkPassword('ada', 'open sesame 1'), 'and it is as before');
});
