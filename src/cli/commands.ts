// All commands, in the order of the help.
import { adminCommands } from './admins.js';
import { backupCommands } from './backups.js';
import type { Command } from './command.js';
import { conferenceCommands } from './conferences.js';
import { keyCommands } from './keys.js';
import { outboundCommands } from './outbound.js';
import { statusCommands } from './status.js';

export const commands: readonly Command[] = [
  ...statusCommands,
  ...conferenceCommands,
  ...keyCommands,
  ...adminCommands,
  ...outboundCommands,
  ...backupCommands,
];
