// The record of every phone call. A call must never wait for the storage, and an SD card bears only so many writes: what
// happens to calls is kept in memory for a moment and written together with what happened to others in that moment.
// Nothing here throws into a call; what cannot be written is tried again, and reported in the log.
import { messageOf } from '../errors.js';
import type { Log } from '../log.js';
import type { CallChanges, CallFilter, CallList, CallRecord, NewCall, Retention } from './call-record.js';
import { endOrphans, findCall, listCalls, pruneCalls, writeCalls, writePulse } from './call-table.js';
import { sqliteCode, type Database } from './database.js';

export interface CallRecordsOptions {
  readonly log: Log;
  readonly retention?: Retention;
  /** How long a change waits for others to be written with, ms; 40 when absent. */
  readonly windowMs?: number;
  /** Records that wait at most, when the storage does not take them; 5000 when absent. */
  readonly maxPending?: number;
  /** Unix ms. */
  readonly now?: () => number;
}

export interface CallRecordsParts {
  readonly writer: () => Database;
  readonly reader: () => Database;
}

/** So many waiting records are written at once, without waiting for the window to end. */
const fullBatch = 500;
/** After a failed write, ms. */
const retryMs = 1000;
/** While calls go on, so often it is written down that the box lives, ms. */
const pulseMs = 30_000;
/** New calls between two looks at the retention. */
const pruneEvery = 500;
const pruneIntervalMs = 3_600_000;
const defaultMaxRows = 100_000;
const dayMs = 86_400_000;

export class CallRecords {
  private readonly parts: CallRecordsParts;
  private readonly options: CallRecordsOptions;
  private readonly windowMs: number;
  private readonly maxPending: number;
  private readonly now: () => number;
  /** Calls that go on, by id. */
  private readonly going = new Map<string, CallRecord>();
  /** What is not written yet, by id, the longest waiting first. */
  private pending = new Map<string, CallRecord>();
  private leftOver: readonly CallRecord[] = [];
  private windowTimer: NodeJS.Timeout | undefined;
  private timers: NodeJS.Timeout[] = [];
  private writing: Promise<void> = Promise.resolve();
  private begunSincePrune = 0;
  private lost = 0;
  private failing = false;
  private stopped = false;

  constructor(parts: CallRecordsParts, options: CallRecordsOptions) {
    this.parts = parts;
    this.options = options;
    this.windowMs = options.windowMs ?? 40;
    this.maxPending = options.maxPending ?? 5000;
    this.now = options.now ?? Date.now;
  }

  /** For the box only: ends what a crash left over, and begins to look after the table. */
  async start(): Promise<void> {
    this.stopped = false;
    this.leftOver = await endOrphans(this.parts.writer(), this.now());
    if (this.leftOver.length > 0) {
      this.options.log.warn('calls left over from a crash', { calls: this.leftOver.length });
    }
    await this.prune();
    this.timers = [
      setInterval(() => void this.pulse(), pulseMs).unref(),
      setInterval(
        () => void this.prune().catch((error: unknown) => this.report(error)),
        pruneIntervalMs,
      ).unref(),
    ];
  }

  /**
   * Writes what is waiting; what comes later is passed over. Calls that go on stay so in the table: the next start
   * finds them.
   */
  async stop(): Promise<void> {
    this.stopped = true;
    for (const timer of this.timers) clearInterval(timer);
    this.timers = [];
    await this.flush();
    clearTimeout(this.windowTimer);
    this.windowTimer = undefined;
  }

  /** Calls that went on when the box crashed, as of the start; their dialogs may still have to be ended. */
  orphans(): readonly CallRecord[] {
    return this.leftOver;
  }

  /** Calls that go on, in the order they began. */
  live(): readonly CallRecord[] {
    return [...this.going.values()];
  }

  /** A call has begun. Returns at once. */
  begin(call: NewCall): void {
    this.begunSincePrune++;
    this.note({ ...call });
  }

  /** Something has become known of a call that goes on; an unknown id is passed over. Returns at once. */
  update(id: string, changes: CallChanges): void {
    const call = this.going.get(id);
    if (call) this.note({ ...call, ...changes });
  }

  /** A call is over, now unless `endedAt` says otherwise. Returns at once. */
  end(id: string, changes: CallChanges & Pick<Required<CallRecord>, 'endReason'>): void {
    this.update(id, { endedAt: this.now(), ...changes });
  }

  async get(id: string): Promise<CallRecord | undefined> {
    const inMemory = this.going.get(id) ?? this.pending.get(id);
    if (inMemory) return inMemory;
    await this.flush();
    return findCall(this.parts.reader(), id);
  }

  /** One page, newest first; what is still waiting is written before. */
  async list(filter: CallFilter = {}): Promise<CallList> {
    await this.flush();
    return listCalls(this.parts.reader(), filter);
  }

  /** Resolves when all that was noted before has been written, or could not be. */
  flush(): Promise<void> {
    clearTimeout(this.windowTimer);
    this.windowTimer = undefined;
    this.writing = this.writing.then(() => this.writePending());
    return this.writing;
  }

  /** Removes what is beyond the retention. */
  async prune(): Promise<void> {
    const { maxRows = defaultMaxRows, maxAgeDays } = this.options.retention ?? {};
    const before = maxAgeDays === undefined ? undefined : this.now() - maxAgeDays * dayMs;
    this.begunSincePrune = 0;
    while ((await pruneCalls(this.parts.writer(), maxRows, before)) >= 1000);
  }

  private note(call: CallRecord): void {
    if (this.stopped) return;
    if (call.endedAt === undefined) this.going.set(call.id, call);
    else this.going.delete(call.id);
    if (!this.pending.has(call.id) && this.pending.size >= this.maxPending) this.dropOne();
    this.pending.set(call.id, call);
    if (this.pending.size >= fullBatch && !this.failing) void this.flush();
    else this.windowTimer ??= setTimeout(() => void this.flush(), this.failing ? retryMs : this.windowMs);
  }

  /** A call that goes on comes back with its next change; one that has ended is lost. */
  private dropOne(): void {
    const oldest = this.pending.keys().next().value!;
    if (!this.going.has(oldest)) this.lost++;
    this.pending.delete(oldest);
  }

  private async writePending(): Promise<void> {
    if (this.pending.size === 0) return;
    const batch = this.pending;
    this.pending = new Map();
    try {
      await this.writeBatch(batch);
      if (this.failing) this.options.log.info('call records written again', { lost: this.lost });
      this.failing = false;
      this.lost = 0;
    } catch (error) {
      this.report(error);
      this.putBack(batch);
      return;
    }
    if (this.begunSincePrune >= pruneEvery) await this.prune().catch((error: unknown) => this.report(error));
  }

  /** One record that the table cannot hold must not keep all others out. */
  private async writeBatch(batch: ReadonlyMap<string, CallRecord>): Promise<void> {
    const writer = this.parts.writer();
    try {
      await writeCalls(writer, batch.values());
    } catch (error) {
      if (sqliteCode(error) !== 'SQLITE_CONSTRAINT') throw error;
      for (const call of batch.values()) {
        await writeCalls(writer, [call]).catch((refused: unknown) => {
          if (sqliteCode(refused) !== 'SQLITE_CONSTRAINT') throw refused;
          this.options.log.error('call record refused', { call: call.id, error: messageOf(refused) });
        });
      }
    }
  }

  private putBack(batch: ReadonlyMap<string, CallRecord>): void {
    const newer = this.pending;
    this.pending = new Map();
    for (const [id, call] of [...batch, ...newer]) {
      if (!this.pending.has(id) && this.pending.size >= this.maxPending) this.dropOne();
      this.pending.set(id, call);
    }
    if (!this.stopped) this.windowTimer ??= setTimeout(() => void this.flush(), retryMs);
  }

  private report(error: unknown): void {
    if (this.failing) return;
    this.failing = true;
    this.options.log.error('call records cannot be written', { error: messageOf(error) });
  }

  private async pulse(): Promise<void> {
    if (this.going.size === 0) return;
    await writePulse(this.parts.writer(), this.now()).catch((error: unknown) => this.report(error));
  }
}
