// The examples of docs/kazoo.md do what the manual says, as they are printed there.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { text } from 'node:stream/consumers';
import t from 'tap';
import { Store } from '../../src/store/index.js';
import { Box } from './box.js';
import { dial, newNumber } from './callers.js';
import { adminPassword, KazooClient } from './kazoo-client.js';

const manual = readFileSync(fileURLToPath(new URL('../../../docs/kazoo.md', import.meta.url)), 'utf8');
const box = await Box.start({ env: { PARTYLINE_ADMIN_PASSWORD: adminPassword } });
t.teardown(() => box.stop());
const kazoo = await KazooClient.login(box);

/** The code under a heading. */
function codeOf(heading: string, language: string): string {
  const [, section = ''] = manual.split(`\n## ${heading}\n`);
  return new RegExp(`\`\`\`${language}\n(.*?)\`\`\``, 's').exec(section)?.[1] ?? '';
}

async function bash(script: string, env: Record<string, string> = {}): Promise<string> {
  const shell = spawn('bash', ['-c', script], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  t.teardown(() => shell.kill());
  const [said] = await Promise.all([text(shell.stdout), text(shell.stderr)]);
  return said;
}

async function apiKey(): Promise<string> {
  const store = new Store({ file: join(box.data, 'partyline.db'), tool: true });
  await store.start();
  const { secret } = await store.apiKeys.create({ kind: 'kazoo' });
  await store.stop();
  return secret;
}

void t.test('all twelve calls', async (t) => {
  const env = { BOX: `${box.url}/v2`, PASSWORD: adminPassword, API_KEY: await apiKey() };
  const running = bash(codeOf('All twelve calls', 'bash'), env);
  // Whoever reads on dials when the manual says so: after the sixth call.
  for (;;) {
    const { data } = await kazoo.send('GET', '/conferences?paginate=false');
    const team = (data as { id: string; name?: string }[]).find(({ name }) => name === 'Team');
    const document = team && (await kazoo.send('GET', `/conferences/${team.id}`)).data;
    if (document && 'max_participants' in (document as object)) break;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const call = await dial(t, box, '3100', { user: '201' });
  const answers = (await running)
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as { status: string; data: unknown });
  t.same(
    answers.map(({ status }) => status),
    new Array(13).fill('success'),
  );
  const [list, read, lock, , replaced, changed, participants, , unmuted, one, kicked, deleted, login] =
    answers;
  t.ok(Array.isArray(list?.data));
  t.match(read?.data, { name: 'Team', conference_numbers: ['3100'] });
  t.equal(lock?.data, 'ok');
  t.match(replaced?.data, { member: { pins: ['1234'] } });
  t.match(changed?.data, { max_participants: 10, member: { pins: [] } });
  t.match(participants?.data, [{ participant_id: 1, caller_id_number: '201' }]);
  t.match(unmuted?.data, { _read_only: { participants: [{ participant_id: 1 }] } });
  t.match(one?.data, { participant_id: 1 });
  t.equal(kicked?.data, 'ok');
  t.match(deleted?.data, { name: 'Team' });
  t.match(login?.data, { account_id: kazoo.account });
  await call.ended();
  t.match(await box.ended(call.callId), { endReason: 'kicked' });
});

void t.test('as the manual of Kazoo writes them', async (t) => {
  const number = newNumber();
  const id = await kazoo.conference({ name: 'Other', conference_numbers: [number] });
  await dial(t, box, number);
  const filled = codeOf("As Kazoo's manual writes them", 'shell')
    .replaceAll('{SERVER}:8000', `127.0.0.1:${box.httpPort}`)
    .replaceAll('{ACCOUNT_ID}', kazoo.account)
    .replaceAll('{AUTH_TOKEN}', kazoo.token)
    .replaceAll('{CONFERENCE_ID}', id)
    .replaceAll('{PARTICIPANT_ID}', '1');
  const commands = filled.split('\n\n');
  t.equal(commands.length, 11);
  for (const command of commands) {
    const answer = JSON.parse(await bash(command)) as { status: string };
    t.equal(answer.status, 'success', command.replace(kazoo.token, ''));
  }
});
