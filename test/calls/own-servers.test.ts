// A box that is given its servers instead of starting them: a SIP server that runs already, and an rtpengine as anybody
// would start it, which knows nothing of the box's ports and listens on another address.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { asItShips } from '../as-it-ships.js';
import { assertEveryoneHears } from '../phone/measure.js';
import { now } from '../phone/rtp-clock.js';
import { Box, freePort } from './box.js';
import { dial, hears } from './callers.js';
import { realRuntime } from './tone-sounds.js';

const folder = mkdtempSync(join(tmpdir(), 'partyline-servers-'));
t.teardown(() => rmSync(folder, { recursive: true, force: true }));
const running: ChildProcess[] = [];
t.teardown(() => running.forEach((child) => child.kill('SIGKILL')));

function start(command: string, args: readonly string[], env: Record<string, string> = {}): ChildProcess {
  const child = spawn(...asItShips(command, args), { env: { ...process.env, ...env }, stdio: 'ignore' });
  running.push(child);
  return child;
}

const [ngPort, dtmfPort, adminPort, sipPort] = await Promise.all([
  freePort(),
  freePort(),
  freePort(),
  freePort(),
]);
const rtpengineConf = join(folder, 'rtpengine.conf');
writeFileSync(
  rtpengineConf,
  [
    '[rtpengine]',
    'table = -1',
    'foreground = true',
    'log-stderr = true',
    'interface = 127.0.0.2',
    'port-min = 18000',
    'port-max = 18999',
    `listen-ng = 127.0.0.1:${ngPort}`,
    `dtmf-log-dest = 127.0.0.1:${dtmfPort}`,
    'dtmf-no-suppress = true',
    'delete-delay = 0',
    'audio-buffer-length = 200',
    'audio-buffer-delay = 5',
    '',
  ].join('\n'),
);
const rtpengine = () => start(join(realRuntime, 'bin', 'rtpengine'), [`--config-file=${rtpengineConf}`]);

let media = rtpengine();
const sipServer = fileURLToPath(new URL('../../src/embedded-drachtio/main.js', import.meta.url));
start(process.execPath, [sipServer], {
  PARTYLINE_ADDRESS: '127.0.0.1',
  PARTYLINE_SIP_PORT: String(sipPort),
  PARTYLINE_DRACHTIO_PORT: String(adminPort),
  PARTYLINE_DRACHTIO_SECRET: 'a secret of the test',
});
const box = await Box.start({
  env: {
    PARTYLINE_SIP_PORT: String(sipPort),
    PARTYLINE_DRACHTIO: `127.0.0.1:${adminPort}`,
    PARTYLINE_DRACHTIO_SECRET: 'a secret of the test',
    PARTYLINE_RTPENGINE: `127.0.0.1:${ngPort}`,
    PARTYLINE_DTMF_PORT: String(dtmfPort),
  },
});
t.teardown(() => box.stop());

void t.test('it starts neither, and takes calls with both', async (t) => {
  t.throws(() => box.pid('rtpengine'));
  t.throws(() => box.pid('sip-server'));
  const calls = [
    await dial(t, box, '3001', { tone: 400 }),
    await dial(t, box, '3001', { tone: 600, call: { sdp: 'none' } }),
    await dial(t, box, '3001', { tone: 900, codecs: ['G722'] }),
  ];
  await assertEveryoneHears(t, calls, { timeoutMs: 15_000, own: 150 });
  t.equal(calls[0]!.media.remoteAddress?.address, '127.0.0.2', 'the phones send where rtpengine is');
  await calls[0]!.press('0');
  await hears(calls[0]!, 'conf-muted');
  await calls[0]!.press('0');
  await hears(calls[0]!, 'conf-unmuted');
  // Whoever runs that rtpengine starts it again; the phones are told its new ports.
  const gone = once(media, 'exit');
  media.kill('SIGKILL');
  await gone;
  const killed = now();
  media = rtpengine();
  await box.logged((line) => line.msg === 'media rebuilt');
  await assertEveryoneHears(t, calls, { timeoutMs: 10_000, own: 150 });
  t.comment(`all hear all again after ${Math.round(now() - killed)} ms`);
});
