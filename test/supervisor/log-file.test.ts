import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { LogFile } from '../../src/supervisor/log-file.js';

const folder = mkdtempSync(join(tmpdir(), 'partyline-log-'));
t.teardown(() => rmSync(folder, { recursive: true, force: true }));

void t.test('lines are appended, for the owner alone', async (t) => {
  const path = join(folder, 'a', 'box.log');
  const log = new LogFile(path);
  log.line('one');
  log.line('two');
  log.flush();
  t.equal(readFileSync(path, 'utf8'), 'one\ntwo\n');
  t.equal(statSync(path).mode & 0o077, 0);
  const again = new LogFile(path);
  again.line('three');
  again.flush();
  t.equal(readFileSync(path, 'utf8'), 'one\ntwo\nthree\n', 'a second start goes on');
});

void t.test('a full file makes room, and two are kept', async (t) => {
  const path = join(folder, 'small.log');
  const log = new LogFile(path, 10);
  for (const line of ['first', 'second', 'third']) {
    log.line(line);
    log.flush();
  }
  t.equal(readFileSync(path, 'utf8'), 'third\n');
  t.equal(readFileSync(`${path}.1`, 'utf8'), 'second\n');
});

void t.test('a log that cannot be written stops nobody', async (t) => {
  const path = join(folder, 'gone', 'x.log');
  const log = new LogFile(path);
  rmSync(join(folder, 'gone'), { recursive: true });
  log.line('lost');
  t.doesNotThrow(() => log.flush());
});
