// Messages to programs outside that were not delivered yet, so that a restart of the box loses none.
import type { CallbackTarget } from './meetings.js';
import type { Database } from './database.js';

/** One message and where it goes. */
export interface CallbackMessage {
  /** The same at each attempt: who gets it twice can tell. */
  readonly id: string;
  /** Messages of one stream are delivered one after the other. */
  readonly stream: string;
  readonly target: CallbackTarget;
  readonly body: Readonly<Record<string, unknown>>;
  /** Unix ms. */
  readonly createdAt: number;
}

export interface CallbackQueueParts {
  readonly writer: () => Database;
  readonly reader: () => Database;
}

interface Row {
  readonly id: string;
  readonly stream: string;
  readonly message: string;
  readonly created_at: number;
}

export class CallbackQueue {
  private readonly parts: CallbackQueueParts;

  constructor(parts: CallbackQueueParts) {
    this.parts = parts;
  }

  async add({ id, stream, target, body, createdAt }: CallbackMessage): Promise<void> {
    await this.parts
      .writer()
      .run('INSERT INTO callbacks (id, stream, message, created_at) VALUES (?, ?, ?, ?)', [
        id,
        stream,
        JSON.stringify({ target, body }),
        createdAt,
      ]);
  }

  /** It was delivered, or given up. A power cut may bring it back: it is delivered at least once. */
  async remove(id: string): Promise<void> {
    await this.parts.writer().runRelaxed('DELETE FROM callbacks WHERE id = ?', [id]);
  }

  /** All that waits, in order. */
  async all(): Promise<CallbackMessage[]> {
    const rows = await this.parts
      .reader()
      .all<Row>('SELECT id, stream, message, created_at FROM callbacks ORDER BY row');
    return rows.map(({ id, stream, message, created_at: createdAt }) => ({
      ...(JSON.parse(message) as Pick<CallbackMessage, 'target' | 'body'>),
      id,
      stream,
      createdAt,
    }));
  }
}
