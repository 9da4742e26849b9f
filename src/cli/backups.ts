// partyline backup and restore: everything the box remembers, as one file.
import { resolve } from 'node:path';
import { restoreDatabase } from '../store/index.js';
import type { Command } from './command.js';
import { CliError, exitCodes } from './errors.js';

const backup: Command = {
  words: ['backup'],
  args: [{ name: 'FILE' }],
  summary: 'write everything the box remembers to a new file',
  details: [
    'The box may run. The file holds PINs: only its owner can read it. No file is ever written over. Sounds and an',
    'uploaded certificate with its key are in it, recordings are not.',
  ],
  async run({ args: [name = ''], box, output }) {
    const file = resolve(name);
    await box
      .withStore((store) => store.backup(file))
      .catch((error: unknown) => {
        if ((error as { code?: unknown }).code !== 'EEXIST') throw error;
        throw new CliError(exitCodes.conflict, `The file ${file} exists; a backup writes over nothing.`);
      });
    output.result({ file }, [`Everything is in ${file}.`]);
  },
};

const restore: Command = {
  words: ['restore'],
  args: [{ name: 'FILE' }],
  summary: 'put a backup in the place of what the box remembers',
  details: [
    'Refused while the box runs. The file is looked through first: it must be a whole database of this release or an',
    'older one. The database of before is kept beside the new one.',
  ],
  async run({ args: [name = ''], box, output }) {
    const from = resolve(name);
    const { conferences, keptAs } = await restoreDatabase({ file: box.file, from });
    output.result({ file: box.file, conferences, kept_as: keptAs ?? null }, [
      `Restored from ${from}: ${conferences} ${conferences === 1 ? 'conference' : 'conferences'}.`,
      ...(keptAs ? [`What was there before is ${keptAs}.`] : []),
    ]);
  },
};

export const backupCommands: readonly Command[] = [backup, restore];
