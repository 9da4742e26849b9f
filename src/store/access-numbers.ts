// Numbers that belong to no conference: who dials one is asked for a conference number. They share one table with the
// conferences' own numbers, so that none can be both.
import type { Database } from './database.js';
import { NumbersInUseError, stored } from './errors.js';
import type { NumberIndex } from './number-index.js';
import { PartylineError } from '../errors.js';

export interface AccessNumbersParts {
  readonly writer: () => Database;
  readonly reader: () => Database;
  readonly numbers: NumberIndex;
  /** Called when a change has been committed. */
  readonly changed: () => void;
}

export class AccessNumbers {
  private readonly parts: AccessNumbersParts;

  constructor(parts: AccessNumbersParts) {
    this.parts = parts;
  }

  /** True for an access number; from memory, but for the first call after a change. */
  async has(number: string): Promise<boolean> {
    return (await this.parts.numbers.find(number))?.listedIn === 'access';
  }

  /** In ascending order of the digits as text. */
  async list(): Promise<string[]> {
    const rows = await this.parts
      .reader()
      .all<{ number: string }>("SELECT number FROM numbers WHERE listed_in = 'access' ORDER BY number");
    return rows.map(({ number }) => number);
  }

  /**
   * Adding one that is there already changes nothing.
   * @throws NumbersInUseError when it leads to a conference; PartylineError VALIDATION when it is not 1 to 32 digits; StorageError
   */
  async add(number: string): Promise<void> {
    if (!/^[0-9]{1,32}$/.test(number)) {
      throw new PartylineError('VALIDATION', 'an access number has 1 to 32 digits and nothing else');
    }
    const writer = this.parts.writer();
    await stored(
      writer.transaction(async () => {
        const known = await writer.get<{ listed_in: string }>(
          'SELECT listed_in FROM numbers WHERE number = ?',
          [number],
        );
        if (known && known.listed_in !== 'access') throw new NumbersInUseError([number]);
        if (!known)
          await writer.run("INSERT INTO numbers (number, listed_in) VALUES (?, 'access')", [number]);
      }),
    );
    this.parts.changed();
  }

  /** @returns false when it was not an access number */
  async remove(number: string): Promise<boolean> {
    const { changes } = await stored(
      this.parts.writer().run("DELETE FROM numbers WHERE number = ? AND listed_in = 'access'", [number]),
    );
    this.parts.changed();
    return changes > 0;
  }
}
