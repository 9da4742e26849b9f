import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { portLayout } from '../../src/port-layout.js';
import { RtpengineGuard } from '../../src/supervisor/rtpengine-guard.js';
import { freePort } from '../calls/box.js';

const folder = mkdtempSync(join(tmpdir(), 'partyline-guard-'));
t.teardown(() => rmSync(folder, { recursive: true, force: true }));

/** Something that answers as many NG pings as its argument says, and then hangs. */
function program(answers: number): string {
  const path = join(folder, `answers-${answers}.js`);
  writeFileSync(
    path,
    `#!${process.execPath}
const { readFileSync } = require('fs');
const config = readFileSync(process.argv[2].replace('--config-file=', ''), 'utf8');
const socket = require('dgram').createSocket('udp4');
let left = ${answers};
socket.on('message', (message, from) => {
  if (left-- > 0) socket.send(String(message).split(' ')[0] + ' d6:result4:ponge', from.port, from.address);
});
socket.bind(Number(/listen-ng = .*:(\\d+)/.exec(config)[1]), '127.0.0.1');
`,
  );
  chmodSync(path, 0o755);
  return path;
}

async function guarding(
  answers: number,
): Promise<{ guard: RtpengineGuard; facts: string[]; configFile: string }> {
  const facts: string[] = [];
  const configFile = join(folder, `rtpengine-${answers}.conf`);
  const guard = new RtpengineGuard({
    program: program(answers),
    configFile,
    address: '127.0.0.1',
    layout: portLayout({ first: 32_200, last: 32_399 }),
    ngPort: await freePort(),
    dtmfPort: 1,
    threads: 1,
    debug: false,
    onLine: () => undefined,
    pingMs: 50,
    answerMs: 400,
  });
  for (const name of ['ready', 'died', 'hung'] as const) guard.on(name, () => facts.push(name));
  return { guard, facts, configFile };
}

function fact(guard: RtpengineGuard, name: 'ready' | 'died' | 'hung'): Promise<void> {
  return new Promise((resolve) => guard.once(name, () => resolve()));
}

void t.test('starts it with its configuration, and kills and restarts one that hangs', async (t) => {
  const { guard, facts, configFile } = await guarding(3);
  await guard.start();
  t.match(readFileSync(configFile, 'utf8'), /^\[rtpengine\]/);
  await fact(guard, 'hung');
  await fact(guard, 'ready');
  t.strictSame(facts, ['ready', 'hung', 'died', 'ready']);
  await guard.stop();
});

void t.test('a stall of its own is not taken for a hang', async (t) => {
  const { guard, facts } = await guarding(1_000_000);
  await guard.start();
  for (let stall = 0; stall < 3; stall++) {
    const end = performance.now() + 700;
    while (performance.now() < end);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  t.strictSame(facts, ['ready']);
  await guard.stop();
});
