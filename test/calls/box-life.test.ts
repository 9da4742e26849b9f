// How a box starts, stops, and loses a part of itself: what it says, what it leaves behind, what callers notice.
import { type ChildProcess, spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { asItShips } from '../as-it-ships.js';
import { assertHears } from '../phone/measure.js';
import { now } from '../phone/rtp-clock.js';
import { Box, freePort } from './box.js';
import { dial, hears, meet, newNumber } from './callers.js';
import { toneRuntime } from './tone-sounds.js';

const supervisor = fileURLToPath(new URL('../../src/supervisor.js', import.meta.url));
const parts = ['rtpengine', 'sip-server', 'application'] as const;

function lives(pid: number): boolean {
  // A process that nobody has waited for yet is dead all the same.
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

async function until(what: string, holds: () => boolean | Promise<boolean>, ms = 10_000): Promise<void> {
  const end = now() + ms;
  while (!(await holds())) {
    if (now() > end) throw new Error(`${what}: not within ${ms} ms`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

async function isFree(port: number): Promise<boolean> {
  const socket = createSocket('udp4');
  const udp = await new Promise<boolean>((resolve) => {
    socket.once('error', () => resolve(false));
    socket.bind({ address: '127.0.0.1', port, exclusive: true }, () => resolve(true));
  });
  if (udp) socket.close();
  const server = createServer();
  const tcp = await new Promise<boolean>((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => resolve(true));
  });
  server.close();
  return udp && tcp;
}

function bothAreIn(box: Box): Promise<void> {
  return until('two members', () => box.log().filter(({ msg }) => msg === 'member joined').length === 2);
}

/** A supervisor that is expected to give up; what it said and its exit code. */
async function failToStart(env: Record<string, string>): Promise<{ code: number | null; said: string }> {
  const data = mkdtempSync(join(tmpdir(), 'partyline-life-'));
  const child: ChildProcess = spawn(...asItShips(process.execPath, [supervisor]), {
    env: {
      ...process.env,
      PARTYLINE_ADDRESS: '127.0.0.1',
      PARTYLINE_DATA: data,
      PARTYLINE_RUNTIME: toneRuntime(),
      PARTYLINE_DRACHTIO: '',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  child.stdout?.on('data', (chunk: Buffer) => (said += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  rmSync(data, { recursive: true, force: true });
  return { code, said };
}

void t.test('Ctrl-C hangs up and leaves no process and no port behind', async (t) => {
  const box = await Box.start({ ownSipServer: true });
  t.match(box.said, /Ready\. Phones dial sip:NUMBER@127\.0\.0\.1:\d+/);
  t.match(box.said, /3000 {2}"Demo" {2}PIN 1234, moderator PIN 9999/);
  t.match(box.said, /3001 {2}"Open" {2}no PIN/);
  t.match(box.said, /3999 {2}asks for the conference number/);
  t.match(box.said, /Web: http:\/\/127\.0\.0\.1:\d+/);
  const [first, second] = await meet(t, box, '3001', 2);
  await bothAreIn(box);
  const pids = [box.supervisorPid, ...parts.map((part) => box.pid(part))];
  const ended = Promise.all([first!.ended(), second!.ended()]);
  t.equal(await box.interrupt(), 0, 'the exit code says that all is well');
  t.strictSame(
    (await ended).map(({ reason }) => reason),
    ['remote', 'remote'],
    'both phones got a BYE',
  );
  t.strictSame(pids.filter(lives), []);
  t.ok(await isFree(box.sipPort));
  t.ok(await isFree(box.httpPort));
  t.strictSame(box.openRtpPorts(), []);
  await box.stop();
});

void t.test('when the supervisor is killed, nothing outlives it', async (t) => {
  const box = await Box.start({ ownSipServer: true });
  const pids = parts.map((part) => box.pid(part));
  process.kill(box.supervisorPid, 'SIGKILL');
  await until('the parts end', () => pids.every((pid) => !lives(pid)));
  t.pass('the kernel has ended them');
  await box.stop();
});

void t.test('two boxes on one machine', async (t) => {
  const boxes = await Promise.all([
    Box.start({ ownSipServer: true }),
    Box.start({ ownSipServer: true, env: { PARTYLINE_DEMO: '0' } }),
  ]);
  t.teardown(() => Promise.all(boxes.map((box) => box.stop())));
  t.equal(boxes[1].said.includes('"Demo"'), false, 'PARTYLINE_DEMO=0 creates nothing');
  const number = newNumber();
  await boxes[1].conference({ conference_numbers: [number], play_welcome: false });
  const calls = await Promise.all([
    dial(t, boxes[0], '3001', { tone: 500 }),
    dial(t, boxes[0], '3001', { tone: 700 }),
    dial(t, boxes[1], number, { tone: 900 }),
    dial(t, boxes[1], number, { tone: 1100 }),
  ]);
  await assertHears(t, calls, (a, b) => a < 2 === b < 2, {
    timeoutMs: 15_000,
    message: 'each box hears its own phones',
  });
});

void t.test('a second start keeps what was made, and does not make the demo again', async (t) => {
  const box = await Box.start();
  t.teardown(() => box.stop());
  const number = newNumber();
  const id = await box.conference({ conference_numbers: [number], name: 'Mine' });
  await box.interrupt();
  await box.boot();
  t.notMatch(box.said, /were made for you/);
  t.match(box.said, /"Mine"/);
  t.ok(id);
  await hears(await dial(t, box, number), 'conf-alone');
});

void t.test('what stops a start is said in a sentence', async (t) => {
  const wrong: [Record<string, string>, RegExp][] = [
    [{ PARTYLINE_SIP_PORT: 'abc' }, /^PARTYLINE_SIP_PORT must be a port from 1 to 65535, not "abc"\.\n$/],
    [{ PARTYLINE_RTP_PORTS: '30000-30010' }, /^PARTYLINE_RTP_PORTS must be a range of at least 64 ports/],
    [{ PARTYLINE_ADDRESS: 'phones' }, /^PARTYLINE_ADDRESS must be the IPv4 address/],
    [{ PARTYLINE_SIP_PROT: '5060' }, /^PARTYLINE_SIP_PROT is not a setting/],
    [
      { PARTYLINE_DRACHTIO: '127.0.0.1:9022', PARTYLINE_DRACHTIO_SECRET: '' },
      /^PARTYLINE_DRACHTIO_SECRET must be set/,
    ],
  ];
  for (const [env, sentence] of wrong) {
    const { code, said } = await failToStart(env);
    t.match(said, sentence);
    t.equal(code, 1);
  }
  const taken = createSocket('udp4');
  const port = await freePort();
  await new Promise<void>((resolve) => taken.bind(port, '127.0.0.1', resolve));
  t.teardown(() => taken.close());
  const { code, said } = await failToStart({
    PARTYLINE_SIP_PORT: String(port),
    PARTYLINE_HTTP_PORT: String(await freePort()),
    PARTYLINE_HTTPS_PORT: '0',
    PARTYLINE_RTP_PORTS: '33000-33999',
  });
  t.match(said, new RegExp(`SIP port ${port} on 127\\.0\\.0\\.1 cannot be used`));
  t.equal(code, 1);
});

void t.test('the SIP server dies: who talks goes on talking, and new calls are taken', async (t) => {
  const box = await Box.start({ ownSipServer: true });
  t.teardown(() => box.stop());
  const [first, second] = await meet(t, box, '3001', 2, (n) => ({ tone: [500, 700][n]! }));
  await first!.rx.waitForTone(700, { min: 2700, ms: 300, timeoutMs: 15_000 });
  first!.rx.resetStats();
  process.kill(box.pid('sip-server'), 'SIGKILL');
  await until('the health says so', async () => (await fetch(`${box.url}/health`)).status === 503);
  await until('it is well again', async () => (await fetch(`${box.url}/health`)).status === 200);
  const third = await dial(t, box, '3001', { tone: 900 });
  await first!.rx.waitForTone(900, { min: 2700, ms: 300, timeoutMs: 15_000 });
  await third.rx.waitForTone(700, { min: 2700, ms: 300 });
  t.equal(first!.rx.stats.missing, 0, 'no packet was lost on the way');
  t.ok(second);
});

void t.test(
  'the application dies: its calls are ended, nothing is left, and new ones are taken',
  async (t) => {
    const box = await Box.start();
    t.teardown(() => box.stop());
    const calls = await meet(t, box, '3001', 2);
    await bothAreIn(box);
    const pid = box.pid('application');
    process.kill(pid, 'SIGKILL');
    const ends = await Promise.all(calls.map((call) => call.ended()));
    t.strictSame(
      ends.map(({ reason }) => reason),
      ['remote', 'remote'],
      'the phones are told, and not left in silence',
    );
    await until(
      'it is well again',
      async () => (await fetch(`${box.url}/health`).catch(() => undefined))?.status === 200,
    );
    t.strictSame(await box.mediaCalls(), []);
    const again = await dial(t, box, '3001');
    await hears(again, 'conf-alone');
    for (const call of calls) t.ok((await box.ended(call.callId)).endReason, 'each has its record');
  },
);

void t.test('the box writes its secrets and logs for its owner alone', async (t) => {
  const box = await Box.start({ ownSipServer: true });
  t.teardown(() => box.stop());
  for (const file of ['partyline.db', 'run/drachtio-secret', 'run/rtpengine.conf', 'log/partyline.log']) {
    const path = join(box.data, file);
    t.ok(existsSync(path), file);
    t.equal(statSync(path).mode & 0o077, 0, `${file} is closed to others`);
  }
});

void t.test('the debug log shows the SIP and NG messages, and no PIN', async (t) => {
  const box = await Box.start({ ownSipServer: true, env: { PARTYLINE_LOG: 'debug' } });
  t.teardown(() => box.stop());
  const number = newNumber();
  await box.conference({ conference_numbers: [number], member: { join_muted: false, pins: ['5'] } });
  const call = await dial(t, box, number, { srtp: true });
  await hears(call, 'conf-enter_conf_pin');
  await call.press('5#', { by: 'info' });
  await box.logged(({ msg }) => msg === 'member joined');
  await call.hangup();
  await box.ended(call.callId);
  await box.interrupt();
  const logs = ['partyline.log', 'sip-server.log', 'rtpengine.log'].map((name) =>
    readFileSync(join(box.data, 'log', name), 'utf8'),
  );
  t.match(logs[0], /INVITE sip:/);
  t.match(logs[0], /"command":"offer"/);
  t.match(logs[1], /"SIP received".*INFO sip:/);
  t.match(logs[1], /"SIP sent".*SIP\/2\.0 200 OK/);
  for (const log of logs.slice(0, 2)) t.notMatch(log, /Signal=|inline:[A-Za-z0-9+/]/, 'no key of any kind');
  t.notMatch(logs[2], /Signal=|DTMF event/i);
});
