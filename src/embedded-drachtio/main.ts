// The SIP server as a process: settings from the environment, one JSON line per event on standard output.
import { EmbeddedDrachtio } from './index.js';
import { readable } from './readable.js';

const env = process.env;
const levels = { debug: 0, info: 1, warn: 2, error: 3 } as const;
const wanted = levels[(env.PARTYLINE_LOG ?? 'info') as keyof typeof levels] ?? 1;

function write(level: keyof typeof levels, event: string, fields: object = {}): void {
  if (levels[level] < wanted) return;
  process.stdout.write(
    `${JSON.stringify({ time: new Date().toISOString(), level, msg: event, ...fields })}\n`,
  );
}

const server = new EmbeddedDrachtio({
  adminPort: Number(env.PARTYLINE_DRACHTIO_PORT ?? 9022),
  secret: env.PARTYLINE_DRACHTIO_SECRET ?? '',
  sipHost: env.PARTYLINE_ADDRESS ?? '127.0.0.1',
  sipPort: Number(env.PARTYLINE_SIP_PORT ?? 5060),
  graceMs: 1000 * Number(env.PARTYLINE_GRACE_SECONDS ?? 30),
  log: write,
  ...(wanted === 0 && {
    trace: (direction, { protocol, address, port }, message) =>
      write('debug', `SIP ${direction}`, {
        peer: `${protocol}/${address}:${port}`,
        message: readable(message),
      }),
  }),
});

if (!env.PARTYLINE_DRACHTIO_SECRET) {
  console.error('The SIP server cannot start: PARTYLINE_DRACHTIO_SECRET is not set.');
  process.exit(1);
}

// What was dropped or refused must be seen by somebody; what goes as it should is not worth a line.
const usual = new Set(['received', 'sent', 'transactions', 'dialogs', 'pending', 'requestRetransmissions']);
let told = '';
setInterval(() => {
  const odd = Object.fromEntries(Object.entries(server.counters()).filter(([name]) => !usual.has(name)));
  const now = JSON.stringify(odd);
  if (now !== told && now !== '{}') write('warn', 'dropped or refused so far', odd);
  told = now;
}, 60_000).unref();

const stop = () => void server.stop().then(() => process.exit(0));
process.on('SIGTERM', stop);
process.on('SIGINT', stop);

server.start().catch((error: unknown) => {
  console.error(`The SIP server cannot start: ${error instanceof Error ? error.message : String(error)}`);
  process.exit(1);
});
