// Started by systemd: "work" when the application asks for something about an update, "begin" at every start of the box,
// "healthy" when that start has been found healthy.
//
// usage: update-main.js MODE RUN_FOLDER KEPT_FOLDER BUNDLE [VERSION_FILE] [KERNEL_COMMAND_LINE]
import { messageOf } from '../errors.js';
import { version } from '../version.js';
import { command, lines } from './command.js';
import { textOf } from './kept-file.js';
import { UpdateWork } from './update-work.js';

const [mode, run = '/run', kept = '/data/box', bundle = '/data/partyline/update/bundle.raucb', ...more] =
  process.argv.slice(2);
const [versionFile = '/etc/partyline-version', commandLine = '/proc/cmdline'] = more;

const update = new UpdateWork({
  run,
  kept,
  bundle,
  version: textOf(versionFile)?.trim() || version,
  slot: /\brauc\.slot=(\S+)/.exec(textOf(commandLine) ?? '')?.[1] ?? '',
  command,
  lines,
});

async function main(): Promise<void> {
  if (mode === 'work') await update.work();
  else update.tellEnd(mode === 'healthy');
}

main().catch((error: unknown) => {
  console.error(messageOf(error));
  process.exitCode = 1;
});
