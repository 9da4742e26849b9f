// Calls that were placed for programs and go on: a program is told of their end also when the box went down with them.
import type { Database } from './database.js';
import type { CallbackTarget } from './meetings.js';

export interface PlacedCall {
  /** Of the call record. */
  readonly id: string;
  readonly userId: string;
  /** As the program gave them. */
  readonly from: string;
  readonly to: string;
  readonly conferenceId: string;
  readonly target: CallbackTarget;
  /** Unix ms. */
  readonly startedAt: number;
  readonly answeredAt?: number;
}

export interface PlacedCallsParts {
  readonly writer: () => Database;
  readonly reader: () => Database;
}

export class PlacedCalls {
  private readonly parts: PlacedCallsParts;

  constructor(parts: PlacedCallsParts) {
    this.parts = parts;
  }

  /** Writes it down, new or changed. */
  async write({ id, ...details }: PlacedCall): Promise<void> {
    await this.parts
      .writer()
      .run(
        'INSERT INTO placed_calls (id, details) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET details = excluded.details',
        [id, JSON.stringify(details)],
      );
  }

  /** It is over. A power cut may bring it back. */
  async remove(id: string): Promise<void> {
    await this.parts.writer().runRelaxed('DELETE FROM placed_calls WHERE id = ?', [id]);
  }

  /** In the order they began. */
  async all(): Promise<PlacedCall[]> {
    const rows = await this.parts
      .reader()
      .all<{ readonly id: string; readonly details: string }>(
        'SELECT id, details FROM placed_calls ORDER BY rowid',
      );
    return rows.map(({ id, details }) => ({ ...(JSON.parse(details) as Omit<PlacedCall, 'id'>), id }));
  }
}
