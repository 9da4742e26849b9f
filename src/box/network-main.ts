// Started by systemd when the application asks for a change of the network; ends when it is kept or taken back.
//
// usage: network-main.js RUN_FOLDER KEPT_FOLDER
import { uptime } from 'node:os';
import { messageOf } from '../errors.js';
import { command } from './command.js';
import { NetworkChange } from './network-change.js';

const [run = '/run', kept = '/data/box'] = process.argv.slice(2);
const change = new NetworkChange({
  run,
  kept,
  command: async (program, ...args) => void (await command(program, ...args)),
  uptime,
  wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
});
change.work().catch((error: unknown) => {
  console.error(messageOf(error));
  process.exitCode = 1;
});
