// A whole box that takes itself for one from the image, with root's programs as they ship: an update waits for a phone, and
// the network is tried and taken back.
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { RootPrograms } from '../box/root-programs.js';
import { textOf } from '../http/pages/site.js';
import { Box } from './box.js';
import { dial, newNumber } from './callers.js';
import { WebVisitor } from './web-visitor.js';

const password = 'correct horse battery';
const data = mkdtempSync(join(tmpdir(), 'partyline-box-'));
t.teardown(() => rmSync(data, { recursive: true, force: true }));
const root = new RootPrograms(t, data);
const box = await Box.start({ data, env: { PARTYLINE_APPLIANCE: root.folder } });
t.teardown(() => box.stop());
const visitor = new WebVisitor(box);

/** Resolves when the page says it. */
async function says(path: string, sentence: RegExp, timeoutMs = 15_000): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const body = await visitor.get(path).then(
      (answer) => answer.body,
      // The application is being started again.
      () => '',
    );
    if (sentence.test(body)) return;
    if (Date.now() > deadline) throw new Error(`${path} does not say ${String(sentence)}: ${textOf(body)}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

await t.test('an update waits until the phone has hung up, and is started', async (t) => {
  const code = /the start code is (\S+)/.exec(box.said)?.[1] ?? '';
  await visitor.get('/setup');
  await visitor.post('/setup', { code, box: 'Office', name: 'ada', password, repeat: password });
  const number = newNumber();
  await visitor.get('/conferences/new');
  await visitor.post('/conferences', { name: 'Web', conference_numbers: number });
  const call = await dial(t, box, number);

  const bytes = 30_000_000;
  await visitor.get('/box/update');
  const sent = await visitor.upload('/box/update/file', {}, 'file', new Blob([Buffer.alloc(bytes, 'u')]));
  t.equal(sent.location, '/box/update');
  await says('/box/update', /Version 2\.0\.0 is ready.*One call is going on/s);
  await visitor.post('/box/update/install', { when: 'quiet' });
  await says('/box/update', /waits until nobody is in a call/);
  t.equal(root.text('installed'), '');
  t.notOk(existsSync(join(data, 'before-update')), 'nor is there a backup yet');
  await call.hangup();
  await says('/box/update', /The box restarts with version 2\.0\.0/);
  t.equal(root.text('installed').trim(), String(bytes), 'the file came whole');
  await root.until(() => root.text('asked').includes('systemctl --no-block reboot'));
  t.match(readdirSync(join(data, 'before-update')), [/\.backup$/]);
});

await t.test('after the restart it is looked at, and kept', async (t) => {
  root.start('B');
  process.kill(box.pid('application'), 'SIGTERM');
  await says('/box/update', /runs and looks whether everything works/);
  root.healthy();
  await says('/box/update', /Version 2\.0\.0 works and is kept/);
  t.pass();
});

await t.test('a new name is tried, and taken back', async (t) => {
  await visitor.get('/box/network');
  await visitor.post('/box/network', { name: 'hall', way: 'dhcp' });
  await says('/box/network', /On trial/);
  const { body } = await visitor.get('/box/network');
  const id = /name="id" value="([0-9a-f]{16})"/.exec(body)?.[1] ?? '';
  t.equal((await visitor.post('/box/network/keep', { id })).status, 422, 'not by loopback');
  await visitor.get('/box/network');
  await visitor.post('/box/network/return', { id });
  await says('/box/network', /The old settings are back\./);
  t.equal(root.text('run/partyline/name'), 'partyline\n');
});
