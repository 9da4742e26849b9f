// The SIP server as a process: settings from the environment, one JSON line per event on standard output.
import { EmbeddedDrachtio } from './index.js';

const env = process.env;
const levels = { debug: 0, info: 1, warn: 2, error: 3 } as const;
const wanted = levels[(env.PARTYLINE_LOG ?? 'info') as keyof typeof levels] ?? 1;

const server = new EmbeddedDrachtio({
  adminPort: Number(env.PARTYLINE_DRACHTIO_PORT ?? 9022),
  secret: env.PARTYLINE_DRACHTIO_SECRET ?? '',
  sipHost: env.PARTYLINE_ADDRESS ?? '127.0.0.1',
  sipPort: Number(env.PARTYLINE_SIP_PORT ?? 5060),
  log: (level, event, fields) => {
    if (levels[level] < wanted) return;
    process.stdout.write(
      `${JSON.stringify({ time: new Date().toISOString(), level, msg: event, ...fields })}\n`,
    );
  },
});

if (!env.PARTYLINE_DRACHTIO_SECRET) {
  console.error('The SIP server cannot start: PARTYLINE_DRACHTIO_SECRET is not set.');
  process.exit(1);
}

const stop = () => void server.stop().then(() => process.exit(0));
process.on('SIGTERM', stop);
process.on('SIGINT', stop);

server.start().catch((error: unknown) => {
  console.error(`The SIP server cannot start: ${error instanceof Error ? error.message : String(error)}`);
  process.exit(1);
});
