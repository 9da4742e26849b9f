// The box as the one account of Kazoo's API: an id that never changes, and a name that is the box's.
import type { Database } from './database.js';
import type { SettingValues } from './setting-values.js';

export interface AccountParts {
  readonly reader: () => Database;
  readonly settings: SettingValues;
}

/** The setting with the box's name; text. */
export const boxNameKey = 'box.name';
const defaultName = 'partyline';

export class Account {
  private readonly parts: AccountParts;
  private row: { readonly id: string; readonly salt: string } | undefined;

  constructor(parts: AccountParts) {
    this.parts = parts;
  }

  /** 32 hexadecimal digits. */
  async id(): Promise<string> {
    return (await this.read()).id;
  }

  async name(): Promise<string> {
    const name = await this.parts.settings.get(boxNameKey);
    return typeof name === 'string' && name !== '' ? name : defaultName;
  }

  /** The salt of all that Kazoo's clients send, see migration 0002. */
  async salt(): Promise<Buffer> {
    return Buffer.from((await this.read()).salt, 'hex');
  }

  private async read(): Promise<{ readonly id: string; readonly salt: string }> {
    this.row ??= await this.parts.reader().get('SELECT id, salt FROM account');
    if (!this.row) throw new Error('The database has no account.');
    return this.row;
  }
}
