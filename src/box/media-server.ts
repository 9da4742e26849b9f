// rtpengine as a service of the image: the guard that `make run` uses too writes its configuration, asks it for a sign
// of life and starts it again when it hangs, which systemd would not see.
import { cpus } from 'node:os';
import { messageOf } from '../errors.js';
import { portLayout } from '../port-layout.js';
import { loadSettings } from '../settings.js';
import { RtpengineGuard } from '../supervisor/rtpengine-guard.js';

const settings = loadSettings();
const { rtpengine, dtmfPort } = settings;
if (!rtpengine || !dtmfPort) {
  console.error('PARTYLINE_RTPENGINE and PARTYLINE_DTMF_PORT must be set.');
  process.exit(1);
}
const guard = new RtpengineGuard({
  program: '/usr/bin/rtpengine',
  configFile: `${process.env.RUNTIME_DIRECTORY ?? settings.data}/rtpengine.conf`,
  address: settings.address,
  layout: portLayout(settings.rtpPorts),
  ngPort: rtpengine.port,
  dtmfPort,
  threads: Math.max(2, cpus().length),
  debug: settings.log === 'debug',
  // While a small box starts, everything waits for its card.
  startMs: 30_000,
  onLine: (line) => console.log(line),
});
guard.on('died', ({ code, signal }) =>
  console.log(`rtpengine died (${signal ?? code}); it is started again.`),
);
guard.on('hung', () => console.log('rtpengine does not answer; it is killed and started again.'));
process.on('SIGTERM', () => void guard.stop().then(() => process.exit(0)));

guard.start().catch(async (error: unknown) => {
  console.error(messageOf(error));
  await guard.stop();
  process.exit(1);
});
