// The data of the box that a command is for: found by the same settings as the box itself, opened beside it or without
// it.
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadSettings, type Settings } from '../settings.js';
import { Store } from '../store/index.js';
import { CliError, exitCodes } from './errors.js';

/** The folder of the project, where a box runs: its relative paths begin there, wherever the command is given. */
const home = fileURLToPath(new URL('../../../', import.meta.url));

export class BoxData {
  readonly settings: Settings;
  /** Path of the database. */
  readonly file: string;

  /**
   * @param folder of --data; relative to the working folder, like every path on a command line
   * @throws SettingsError
   */
  constructor(folder: string | undefined, env: Record<string, string | undefined>) {
    this.settings = loadSettings(
      { ...env, ...(folder !== undefined && { PARTYLINE_DATA: resolve(folder) }) },
      home,
    );
    this.file = join(this.settings.data, 'partyline.db');
  }

  /**
   * Work on the database that is there.
   * @throws CliError not found, so that a slip of the pen in a folder's name makes no empty box
   */
  async withStore<T>(work: (store: Store) => Promise<T>): Promise<T> {
    if (!existsSync(this.file)) {
      throw new CliError(
        exitCodes.notFound,
        `There is no box in ${this.settings.data}: start one, or name its folder with --data.`,
      );
    }
    return this.withNewStore(work);
  }

  /** Work on the database, which is made when there is none: a box can be set up before it is started. */
  async withNewStore<T>(work: (store: Store) => Promise<T>): Promise<T> {
    const store = new Store({ file: this.file, tool: true });
    await store.start();
    try {
      return await work(store);
    } finally {
      await store.stop();
    }
  }
}
