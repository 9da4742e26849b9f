// Numbers that belong to no conference: who dials one is asked for a conference number. They share one table with the
// conferences' own numbers, so that none can be both.
import { boxChange, noteChange } from './change-log.js';
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
    return numbersIn(this.parts.reader());
  }

  /**
   * Adding one that is there already changes nothing.
   * @throws NumbersInUseError when it leads to a conference; PartylineError VALIDATION when it is not 1 to 32 digits; StorageError
   */
  async add(number: string, options: { readonly author?: string } = {}): Promise<void> {
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
        if (known) return;
        await this.noted(options.author, () =>
          writer.run("INSERT INTO numbers (number, listed_in) VALUES (?, 'access')", [number]),
        );
      }),
    );
    this.parts.changed();
  }

  /** @returns false when it was not an access number */
  async remove(number: string, options: { readonly author?: string } = {}): Promise<boolean> {
    const writer = this.parts.writer();
    const changes = await stored(
      writer.transaction(() =>
        this.noted(options.author, () =>
          writer.run("DELETE FROM numbers WHERE number = ? AND listed_in = 'access'", [number]),
        ),
      ),
    );
    this.parts.changed();
    return changes > 0;
  }

  /** Inside a transaction. @returns how many numbers were added or removed */
  private async noted(
    author: string | undefined,
    change: () => Promise<{ readonly changes: number }>,
  ): Promise<number> {
    const writer = this.parts.writer();
    const before = { access_numbers: await numbersIn(writer) };
    const { changes } = await change();
    const after = { access_numbers: await numbersIn(writer) };
    if (changes > 0) await noteChange(writer, boxChange({ author, before, after }));
    return changes;
  }
}

async function numbersIn(database: Database): Promise<string[]> {
  const rows = await database.all<{ number: string }>(
    "SELECT number FROM numbers WHERE listed_in = 'access' ORDER BY number",
  );
  return rows.map(({ number }) => number);
}
