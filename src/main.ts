// The application process: reads the settings, wires the parts together in the order of their dependence, says on
// the terminal what to dial, and undoes everything in reverse when it is told to stop.
import { messageOf, SettingsError } from './errors.js';
import { createLog } from './log.js';
import { Application } from './application.js';
import { loadSettings } from './settings.js';
import { LogFile } from './supervisor/log-file.js';

/** Two of them are kept, in memory on a box from the image; as much of one as the web page looks at. */
const logFileBytes = 512 * 1024;

async function main(): Promise<void> {
  const settings = loadSettings();
  const file = settings.logFile === undefined ? undefined : new LogFile(settings.logFile, logFileBytes);
  const log = createLog(settings.log, file && ((line) => file.line(line)));
  // The supervisor starts a process that ends again.
  const application = new Application(settings, log, () => stop('restart'));

  let stopping: Promise<void> | undefined;
  const stop = (signal: string) => {
    stopping ??= (async () => {
      log.info('stopping', { signal });
      await application.stop();
      // pino writes asynchronously; leaving through the event loop lets it finish.
      process.exitCode = 0;
      setTimeout(() => process.exit(0), 50).unref();
    })();
  };
  process.on('SIGTERM', () => stop('SIGTERM'));
  process.on('SIGINT', () => stop('SIGINT'));
  // A fault that no call caught must be seen, and must not take the other calls with it.
  process.on('unhandledRejection', (reason) =>
    log.error('unhandled rejection', { error: messageOf(reason) }),
  );

  await application.start();
  for (const line of application.greeting()) console.log(line);
}

main().catch((error: unknown) => {
  console.error(
    error instanceof SettingsError ? error.message : `Partyline cannot start: ${messageOf(error)}`,
  );
  process.exit(1);
});
