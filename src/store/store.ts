// Everything the box remembers, in one SQLite file: what an admin edits, and the record of calls. Opens three
// connections: one writes, one reads, and one searches the record of calls, so that a number that is dialled waits
// neither for the storage to take a write nor for a long search.
import { closeSync, openSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { silentLog, type Log } from '../log.js';
import { AccessNumbers } from './access-numbers.js';
import { Account } from './account.js';
import { Admins } from './admins.js';
import { ApiKeys } from './api-keys.js';
import { certificateFolder, packCertificate } from './backup-certificate.js';
import { mediaFolder, packSounds } from './backup-sounds.js';
import { BoxLock } from './box-lock.js';
import type { Retention } from './call-record.js';
import { CallRecords } from './call-records.js';
import { ChangeLog } from './change-log.js';
import { CallbackQueue } from './callback-queue.js';
import { ConferenceRows } from './conference-rows.js';
import { Conferences } from './conferences.js';
import { ConfigVersion } from './config-version.js';
import { Credentials } from './credentials.js';
import { Database } from './database.js';
import { openDatabaseFile, openReader } from './database-file.js';
import { MediaTable } from './media-table.js';
import { MeetingTable } from './meetings.js';
import { NumberIndex } from './number-index.js';
import { OutboundPeerSetting } from './outbound-peer.js';
import { PlacedCalls } from './placed-calls.js';
import { sync } from './private-file.js';
import { Recordings } from './recordings.js';
import { Scrypt } from './scrypt.js';
import { Sessions } from './sessions.js';
import { SettingValues } from './setting-values.js';

export interface StoreOptions {
  /** Path of the database; it and its folder are made when they do not exist. */
  readonly file: string;
  readonly log?: Log;
  /** True for a tool that works beside a running box: it leaves the box's calls alone. */
  readonly tool?: boolean;
  readonly retention?: Retention;
  /** How long a change made by another process may go unnoticed, ms; 200 when absent. */
  readonly freshnessMs?: number;
  /** Unix ms, for when admins and keys were made and used. */
  readonly now?: () => number;
}

export class Store {
  readonly conferences: Conferences;
  readonly accessNumbers: AccessNumbers;
  readonly settings: SettingValues;
  readonly outboundPeer: OutboundPeerSetting;
  readonly calls: CallRecords;
  readonly recordings: Recordings;
  readonly media: MediaTable;
  readonly account: Account;
  readonly admins: Admins;
  readonly apiKeys: ApiKeys;
  readonly credentials: Credentials;
  readonly sessions: Sessions;
  readonly changes: ChangeLog;
  readonly meetings: MeetingTable;
  readonly placedCalls: PlacedCalls;
  readonly callbacks: CallbackQueue;
  private readonly options: StoreOptions;
  private readonly log: Log;
  private readonly version: ConfigVersion;
  private readonly lock: BoxLock;
  private writeConnection: Database | undefined;
  private readConnection: Database | undefined;
  private historyConnection: Database | undefined;

  constructor(options: StoreOptions) {
    this.options = options;
    this.log = options.log ?? silentLog;
    this.lock = new BoxLock(options.file, { holder: options.tool ? 'tool' : 'box' });
    const writer = () => opened(this.writeConnection);
    const reader = () => opened(this.readConnection);
    this.version = new ConfigVersion(reader, { freshnessMs: options.freshnessMs ?? 200 });
    const rows = new ConferenceRows();
    const parts = {
      writer,
      reader,
      rows,
      numbers: new NumberIndex({ reader, rows, version: this.version }),
      changed: () => this.version.changed(),
    };
    this.conferences = new Conferences(parts);
    this.accessNumbers = new AccessNumbers(parts);
    this.settings = new SettingValues({ writer, reader, version: this.version });
    this.outboundPeer = new OutboundPeerSetting(this.settings);
    this.calls = new CallRecords(
      { writer, reader: () => opened(this.historyConnection) },
      { log: this.log, ...(options.retention && { retention: options.retention }) },
    );
    this.recordings = new Recordings({ writer, reader: () => opened(this.historyConnection) });
    const now = options.now ?? Date.now;
    this.media = new MediaTable({ writer, reader, now });
    this.account = new Account({ reader, settings: this.settings });
    this.admins = new Admins({ ...parts, account: this.account, scrypt: new Scrypt(), now });
    this.apiKeys = new ApiKeys({ ...parts, log: this.log, now });
    this.credentials = new Credentials(this);
    this.sessions = new Sessions({ writer, reader, now });
    this.changes = new ChangeLog({ writer, reader, now });
    this.meetings = new MeetingTable({ writer, reader });
    this.placedCalls = new PlacedCalls({ writer, reader });
    this.callbacks = new CallbackQueue({ writer, reader });
  }

  /** @throws StoreFileError when the file cannot be used, with a sentence that says what to do */
  async start(): Promise<void> {
    const { file, tool } = this.options;
    try {
      // First: a restore may be putting another file in this one's place.
      await this.lock.start();
      this.writeConnection = await openDatabaseFile(file, this.log);
      this.readConnection = await openReader(file);
      this.historyConnection = await openReader(file);
      if (!tool) await this.calls.start();
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  /** Writes what is waiting and closes the file. */
  async stop(): Promise<void> {
    if (!this.writeConnection) return;
    await this.calls.stop();
    await this.close();
  }

  /**
   * Goes up with every change of the configuration, here or in another process; cheap enough for every call.
   * @param now true: what another process changed a moment ago counts too; costs a look at the file
   */
  async configVersion(now = false): Promise<number> {
    return now ? this.version.ask() : (this.version.known ?? (await this.version.ask()));
  }

  /**
   * Several changes as one: all of them are stored, or none. What `work` reads through the store is what was stored
   * before it began.
   */
  async transaction<T>(work: () => Promise<T>): Promise<T> {
    const result = await opened(this.writeConnection).transaction(work);
    this.version.changed();
    return result;
  }

  /**
   * Writes a copy of everything, the sounds and an uploaded certificate too but no recordings, to a new file, while calls
   * and changes go on. The file appears under its name only when it is whole; only its owner may read it (it holds PINs,
   * and the key of the certificate).
   * @throws when `toFile` exists or cannot be written
   */
  async backup(toFile: string): Promise<void> {
    await this.calls.flush();
    const part = `${toFile}.part`;
    // 'wx' refuses an existing file; SQLite fills an empty one.
    closeSync(openSync(toFile, 'wx', 0o600));
    try {
      closeSync(openSync(part, 'w', 0o600));
      // On a connection of its own: the readers must not wait for the copy.
      const source = await openReader(this.options.file);
      try {
        await source.run('VACUUM INTO ?', [part]);
      } finally {
        await source.close();
      }
      const backup = await Database.open(part);
      try {
        await packSounds(backup, mediaFolder(this.options.file));
        await packCertificate(backup, certificateFolder(this.options.file));
      } finally {
        await backup.close();
      }
      sync(part);
      renameSync(part, toFile);
      sync(dirname(toFile));
    } catch (error) {
      rmSync(part, { force: true });
      rmSync(toFile, { force: true });
      throw error;
    }
  }

  private async close(): Promise<void> {
    // The writer last: whoever closes last tidies the file up, and only the writer may.
    await this.historyConnection?.close();
    this.historyConnection = undefined;
    await this.readConnection?.close();
    this.readConnection = undefined;
    await this.writeConnection?.close();
    this.writeConnection = undefined;
    await this.lock.stop();
  }
}

function opened(database: Database | undefined): Database {
  if (!database) throw new Error('The store is not started.');
  return database;
}
