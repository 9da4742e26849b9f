import t from 'tap';
import { Child } from '../../src/supervisor/child.js';

function script(code: string, lines: string[] = []): Child {
  return new Child({
    name: 'a script',
    command: process.execPath,
    args: ['-e', code],
    onLine: (line) => lines.push(line),
  });
}

function died(child: Child): Promise<{ restartMs: number; code: number | null }> {
  return new Promise((resolve) => child.once('died', resolve));
}

function started(child: Child): Promise<number> {
  return new Promise((resolve) => child.once('started', resolve));
}

void t.test('what it prints comes line by line, also the last one without an end', async (t) => {
  const lines: string[] = [];
  const child = script('process.stdout.write("one\\ntwo\\nthr"); process.stdout.write("ee")', lines);
  child.start();
  await died(child);
  await child.stop();
  t.strictSame(lines.slice(0, 2), ['one', 'two']);
});

void t.test('it is started again at once, then ever more slowly while it keeps dying', async (t) => {
  const child = script('process.exit(3)');
  child.start();
  const waits: number[] = [];
  for (let round = 0; round < 3; round++) {
    const { restartMs, code } = await died(child);
    t.equal(code, 3);
    waits.push(restartMs);
  }
  await child.stop();
  t.strictSame(waits, [0, 400, 800]);
  t.equal(child.failuresInARow, 3);
});

void t.test('one that has proved itself is started again at once, however often it dies', async (t) => {
  const child = script('setInterval(() => {}, 1000)');
  child.start();
  for (let round = 0; round < 4; round++) {
    child.proved();
    const again = started(child);
    const { restartMs } = await (child.kill(), died(child));
    t.equal(restartMs, 0);
    await again;
  }
  await child.stop();
});

void t.test('stopped, it is gone and stays so; one that does not listen is killed', async (t) => {
  const lines: string[] = [];
  const stubborn = new Child({
    name: 'stubborn',
    command: process.execPath,
    args: ['-e', 'process.on("SIGTERM", () => {}); setInterval(() => {}, 1000); console.log("here")'],
    onLine: (line) => lines.push(line),
    stopMs: 200,
  });
  stubborn.start();
  while (lines.length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
  const pid = stubborn.pid!;
  await stubborn.stop();
  t.equal(stubborn.pid, undefined);
  t.throws(() => process.kill(pid, 0));
});

void t.test('a program that is not there is said to be so, and tried again', async (t) => {
  const lines: string[] = [];
  const child = new Child({
    name: 'nothing',
    command: '/no/such/program',
    args: [],
    onLine: (line) => lines.push(line),
  });
  child.start();
  await died(child);
  await child.stop();
  t.match(lines.join('\n'), /no\/such\/program/);
});
