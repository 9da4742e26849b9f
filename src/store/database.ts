// One SQLite connection as promises. sqlite3 runs every statement on a thread pool and knows no order between callers;
// here everything stands in one line, so that nothing ever slips into somebody else's transaction.
import { AsyncLocalStorage } from 'node:async_hooks';
import sqlite3 from 'sqlite3';

export type Value = string | number | null | Buffer;

export interface RunResult {
  /** Rows inserted, changed or deleted. */
  readonly changes: number;
}

/** What a connection and a transaction can both do. */
export interface Queries {
  run(sql: string, params?: readonly Value[]): Promise<RunResult>;
  get<T>(sql: string, params?: readonly Value[]): Promise<T | undefined>;
  all<T>(sql: string, params?: readonly Value[]): Promise<T[]>;
}

export interface DatabaseOptions {
  /** Refuses to write; the file must exist. */
  readonly readOnly?: boolean;
  /** How long a statement waits for another process's lock, ms; 5000 when absent. */
  readonly busyTimeoutMs?: number;
}

/** A transaction that is going on, as nested calls find it. */
interface Running {
  open: boolean;
  /** Savepoints below this one, one after the other. */
  tail: Promise<unknown>;
  readonly depth: number;
}

/** Prepared statements kept; the store has about 40. */
const maxStatements = 200;

export class Database implements Queries {
  private readonly connection: sqlite3.Database;
  private readonly statements = new Map<string, sqlite3.Statement>();
  private readonly context = new AsyncLocalStorage<Running>();
  /** The last of those who wait for the connection. */
  private tail: Promise<unknown> = Promise.resolve();

  private constructor(connection: sqlite3.Database) {
    this.connection = connection;
  }

  /** @throws the error of SQLite, with its `code` (SQLITE_CANTOPEN, SQLITE_NOTADB, ...) */
  static async open(file: string, options: DatabaseOptions = {}): Promise<Database> {
    const mode = options.readOnly
      ? sqlite3.OPEN_READONLY
      : sqlite3.OPEN_READWRITE | sqlite3.OPEN_CREATE | sqlite3.OPEN_FULLMUTEX;
    const connection = await new Promise<sqlite3.Database>((resolve, reject) => {
      const opened: sqlite3.Database = new sqlite3.Database(file, mode, (error) =>
        error ? reject(error) : resolve(opened),
      );
    });
    connection.configure('busyTimeout', options.busyTimeoutMs ?? 5000);
    return new Database(connection);
  }

  run(sql: string, params: readonly Value[] = []): Promise<RunResult> {
    return this.inLine(() => this.runNow(sql, params));
  }

  get<T>(sql: string, params: readonly Value[] = []): Promise<T | undefined> {
    return this.inLine(async () => (await this.allNow<T>(sql, params))[0]);
  }

  all<T>(sql: string, params: readonly Value[] = []): Promise<T[]> {
    return this.inLine(() => this.allNow<T>(sql, params));
  }

  /** Several statements at once, without parameters and results. */
  exec(sql: string): Promise<void> {
    return this.inLine(() => this.execNow(sql));
  }

  /**
   * All of `work` or nothing of it. One at a time; a transaction begun inside `work` becomes a part of this one (a
   * savepoint), and every statement `work` awaits belongs to it, whether it is given this Database or not.
   */
  transaction<T>(work: (queries: Queries) => Promise<T>): Promise<T> {
    const outer = this.current();
    if (!outer) {
      return this.inLine(() => this.enclose(0, work, 'BEGIN IMMEDIATE', 'COMMIT', 'ROLLBACK'));
    }
    const name = `nested${outer.depth + 1}`;
    const nested = outer.tail.then(() =>
      this.enclose(
        outer.depth + 1,
        work,
        `SAVEPOINT ${name}`,
        `RELEASE ${name}`,
        `ROLLBACK TO ${name}; RELEASE ${name}`,
      ),
    );
    outer.tail = nested.catch(() => undefined);
    return nested;
  }

  /** True inside a transaction's work. */
  get inTransaction(): boolean {
    return this.current() !== undefined;
  }

  /**
   * Runs one statement whose loss in a power cut is bearable: the file stays whole, but the storage is not waited for.
   * Inside a transaction it is a statement like any other.
   */
  runRelaxed(sql: string, params: readonly Value[]): Promise<RunResult> {
    if (this.inTransaction) return this.runNow(sql, params);
    return this.inLine(async () => {
      // Compiled anew each time: SQLite lets a pragma act while it is compiled, so that a kept statement may do nothing.
      await this.execNow('PRAGMA synchronous = NORMAL');
      try {
        return await this.runNow(sql, params);
      } finally {
        await this.execNow('PRAGMA synchronous = FULL');
      }
    });
  }

  /** Waits for everything that stands in line, then closes. */
  close(): Promise<void> {
    return this.inLine(async () => {
      for (const statement of this.statements.values()) {
        await new Promise<void>((resolve) => statement.finalize(() => resolve()));
      }
      this.statements.clear();
      await new Promise<void>((resolve, reject) => {
        this.connection.close((error) => (error ? reject(error) : resolve()));
      });
    });
  }

  /** The transaction the caller is in; one that has ended no longer counts (its work left something running). */
  private current(): Running | undefined {
    const running = this.context.getStore();
    return running?.open ? running : undefined;
  }

  /** Runs `work` when the connection is free; at once for those who are inside the transaction that holds it. */
  private inLine<T>(work: () => Promise<T>): Promise<T> {
    if (this.current()) return work();
    const result = this.tail.then(work, work);
    this.tail = result.catch(() => undefined);
    return result;
  }

  private async enclose<T>(
    depth: number,
    work: (queries: Queries) => Promise<T>,
    begin: string,
    commit: string,
    rollback: string,
  ): Promise<T> {
    await this.runNow(begin, []);
    const running: Running = { open: true, tail: Promise.resolve(), depth };
    try {
      const result = await this.context.run(running, () => work(this));
      await running.tail;
      running.open = false;
      await this.runNow(commit, []);
      return result;
    } catch (error) {
      await running.tail;
      running.open = false;
      // SQLite has already rolled back by itself after a full disk or an I/O error; then there is nothing to undo.
      for (const sql of rollback.split('; ')) await this.runNow(sql, []).catch(() => undefined);
      throw error;
    }
  }

  private async runNow(sql: string, params: readonly Value[]): Promise<RunResult> {
    const statement = await this.prepared(sql);
    return new Promise((resolve, reject) => {
      statement.run([...params], function (error) {
        if (error) reject(error);
        else resolve({ changes: this.changes });
      });
    });
  }

  /** Always all rows: sqlite3's own `get` leaves its statement half-way, which would hold an old snapshot for ever. */
  private async allNow<T>(sql: string, params: readonly Value[]): Promise<T[]> {
    const statement = await this.prepared(sql);
    return new Promise((resolve, reject) => {
      statement.all<T>([...params], (error, rows) => (error ? reject(error) : resolve(rows)));
    });
  }

  private execNow(sql: string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.connection.exec(sql, (error) => (error ? reject(error) : resolve()));
    });
  }

  /** Waits for the preparation: sqlite3 never calls back from a statement that could not be prepared. */
  private async prepared(sql: string): Promise<sqlite3.Statement> {
    const known = this.statements.get(sql);
    if (known) return known;
    const statement = await new Promise<sqlite3.Statement>((resolve, reject) => {
      const prepared: sqlite3.Statement = this.connection.prepare(sql, (error) =>
        error ? reject(error) : resolve(prepared),
      );
    });
    if (this.statements.size >= maxStatements) {
      const [oldest, forgotten] = this.statements.entries().next().value!;
      this.statements.delete(oldest);
      forgotten.finalize();
    }
    this.statements.set(sql, statement);
    return statement;
  }
}

/** SQLite's name of an error ('SQLITE_BUSY'), if it is one of SQLite's. */
export function sqliteCode(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | undefined)?.code;
  return typeof code === 'string' && code.startsWith('SQLITE_') ? code : undefined;
}
