// Carries an update through: has the file fetched or takes it in, asks root's program whose it is, waits for calls, makes a
// backup, and asks for the installing and the restart. What follows from what is decided in update-state.ts.
import { mkdirSync, readdirSync, renameSync, rmSync, statfsSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../conference/index.js';
import { messageOf } from '../errors.js';
import type { Log } from '../log.js';
import { readableUrl, type FetchGuard } from '../sounds/index.js';
import type { Appliance } from './appliance.js';
import { fetchBundle, FetchFailed } from './fetch-bundle.js';
import type { UpdateRequest } from './update-answer.js';
import {
  firstState,
  mayBegin,
  nextUpdate,
  type FetchFault,
  type UpdateEvent,
  type UpdateState,
} from './update-state.js';

export interface UpdateDeskOptions {
  readonly appliance: Pick<Appliance, 'newId' | 'askUpdate' | 'update'>;
  /** Of the application's data; absolute. */
  readonly data: string;
  readonly version: string;
  /** Which addresses updates may be fetched from. */
  readonly guard: FetchGuard;
  readonly calls: () => number;
  /** Copies all that the box remembers into a new file. */
  readonly backup: (file: string) => Promise<void>;
  readonly clock: Clock;
  readonly log: Log;
  /** Most bytes of an update; 1 GiB when absent, RAUC's limit on the box. */
  readonly mostBytes?: number;
}

/** A file that is uploaded. */
export interface Intake {
  /** @throws FetchFailed when it was cancelled meanwhile */
  took(bytes: number): void;
  /** The whole file; it is moved away. @throws FetchFailed as above */
  complete(file: string): void;
  failed(why: FetchFault): void;
}

/** Between two looks at calls and answers, ms. */
const lookMs = 500;
/** Root's program starts in some seconds, and on a small box that is busy in twenty, ms. */
const silentMs = 90_000;
/** A box that is still up so long after it was told to restart does not restart, ms. */
const restartMs = 300_000;
/** Between two tellings of how far a file is, ms. */
const tellMs = 250;
/** Of a download, ms: 1 GiB at 300 kB/s. Ours. */
const fetchMs = 3_600_000;
/** Stays free beside an update, for the database and the backup, bytes. Ours. */
const spared = 200e6;
/** Backups of before an update that are kept. Ours. */
const mostBackups = 3;
const backupName = /^partyline-[\w.+-]{1,64}-\d{8}T\d{6}Z\.backup$/;

export class UpdateDesk {
  private readonly options: UpdateDeskOptions;
  private readonly folder: string;
  private readonly backups: string;
  private now: UpdateState = { kind: 'idle' };
  private id = '';
  private askedAt = 0;
  private toldAt = 0;
  private cancelLook: (() => void) | undefined;
  private abort: AbortController | undefined;
  private changed: () => void = () => undefined;

  constructor(options: UpdateDeskOptions) {
    this.options = options;
    this.folder = join(options.data, 'update');
    this.backups = join(options.data, 'before-update');
  }

  get state(): UpdateState {
    return this.now;
  }

  /** Called whenever the state is another one. */
  onChange(changed: () => void): void {
    this.changed = changed;
  }

  /** Goes on with what root's program is at. */
  start(): void {
    const answer = this.options.appliance.update();
    this.id = answer?.id ?? '';
    this.now = firstState(answer);
    this.askedAt = this.options.clock.now();
    // Of an application that was restarted on the way; what is being installed is still read.
    if (this.now.kind !== 'installing') this.forgetFile();
    this.look();
  }

  stop(): void {
    this.abort?.abort();
    this.cancelLook?.();
  }

  /** How large a file may be that is taken in now, bytes, and what is wrong with a larger one. */
  room(): { readonly most: number; readonly beyond: FetchFault } {
    const { data, mostBytes = 1024 ** 3 } = this.options;
    const { bavail, bsize } = statfsSync(data);
    const free = Math.max(0, bavail * bsize - spared);
    return free < mostBytes ? { most: free, beyond: 'no-space' } : { most: mostBytes, beyond: 'too-large' };
  }

  /** A file is about to be uploaded. @returns undefined when an update is on its way already */
  receive(source: string, total: number | undefined): Intake | undefined {
    if (!mayBegin(this.now)) return undefined;
    this.begin(source, total);
    const { id } = this;
    const isWanted = () => this.id === id && this.now.kind === 'fetching';
    const wanted = (work: () => void) => {
      if (!isWanted()) throw new FetchFailed('connection', 'cancelled');
      work();
    };
    return {
      took: (bytes) => wanted(() => this.take({ kind: 'fetched', bytes })),
      complete: (file) => wanted(() => this.complete(file)),
      failed: (why) => {
        if (isWanted()) this.take({ kind: 'refuse', why });
      },
    };
  }

  /** Fetches on its own; how far it is, and how it ends, is in the state. @returns false when an update is on its way */
  fetch(url: string): boolean {
    if (!mayBegin(this.now)) return false;
    this.begin(readableUrl(url), undefined);
    const abort = new AbortController();
    this.abort = abort;
    void this.fetchAll(url, abort.signal).catch((error: unknown) => {
      if (abort.signal.aborted) return;
      const why = error instanceof FetchFailed ? error.why : 'connection';
      this.options.log.warn('update not fetched', { url: readableUrl(url), error: messageOf(error) });
      this.take({ kind: 'refuse', why, detail: error instanceof FetchFailed ? error.message : undefined });
    });
    return true;
  }

  /** @param quiet only while nobody is in a call */
  install(quiet: boolean): void {
    this.take({ kind: 'install', quiet, calls: this.options.calls() });
  }

  hurry(): void {
    this.take({ kind: 'hurry' });
  }

  cancel(): void {
    this.take({ kind: 'cancel' });
  }

  /** Names of the backups that were made before updates, the newest first. */
  keptBackups(): string[] {
    try {
      const names = readdirSync(this.backups).filter((name) => backupName.test(name));
      const time = (name: string) => name.slice(-'20260102T030405Z.backup'.length);
      return names.sort((a, b) => time(b).localeCompare(time(a)));
    } catch {
      return [];
    }
  }

  /** Undefined: there is none of this name. */
  backupFile(name: string): string | undefined {
    return this.keptBackups().includes(name) ? join(this.backups, name) : undefined;
  }

  private get file(): string {
    return join(this.folder, 'bundle.raucb');
  }

  private begin(source: string, total: number | undefined): void {
    this.forgetFile();
    this.id = this.options.appliance.newId();
    this.take({ kind: 'begin', source: source.slice(0, 200), total });
  }

  private async fetchAll(url: string, signal: AbortSignal): Promise<void> {
    const { most, beyond } = this.room();
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
    const to = `${this.file}.part`;
    try {
      await fetchBundle({
        url,
        to,
        guard: this.options.guard,
        most,
        patienceMs: fetchMs,
        signal,
        onBytes: (bytes, total) => this.take({ kind: 'fetched', bytes, total }),
      });
      if (!signal.aborted) this.complete(to);
    } catch (error) {
      throw error instanceof FetchFailed && error.why === 'too-large' ? new FetchFailed(beyond) : error;
    } finally {
      await rm(to, { force: true });
    }
  }

  private complete(file: string): void {
    mkdirSync(this.folder, { recursive: true, mode: 0o700 });
    renameSync(file, this.file);
    this.take({ kind: 'complete' });
  }

  private take(event: UpdateEvent): void {
    const before = this.now;
    this.now = nextUpdate(before, event);
    if (this.now === before) return;
    if (this.now.kind !== before.kind) this.enter(this.now);
    const at = this.options.clock.now();
    if (event.kind === 'fetched' && at - this.toldAt < tellMs) return;
    this.toldAt = at;
    this.changed();
  }

  /** What is to be done in a state, once. */
  private enter(state: UpdateState): void {
    const { log } = this.options;
    if (state.kind !== 'fetching') log.info('update', { ...state });
    switch (state.kind) {
      case 'idle':
      case 'refused':
        this.abort?.abort();
        this.forgetFile();
        return;
      case 'verifying':
        return this.ask('verify');
      case 'backing-up':
        void this.backUp();
        return;
      case 'installing':
        return this.ask('install');
      case 'restarting':
        return this.ask('restart');
      default:
        return this.look();
    }
  }

  private ask(kind: UpdateRequest['kind']): void {
    this.askedAt = this.options.clock.now();
    try {
      this.options.appliance.askUpdate({ kind, id: this.id });
    } catch (error) {
      this.options.log.error('update not asked for', { error: messageOf(error) });
      this.take({ kind: 'refuse', why: 'silent' });
      return;
    }
    this.look();
  }

  private async backUp(): Promise<void> {
    const { backup, clock, version, log } = this.options;
    const time = new Date(clock.now()).toISOString().replace(/[-:]|\.\d+/g, '');
    try {
      await mkdir(this.backups, { recursive: true, mode: 0o700 });
      await backup(join(this.backups, `partyline-${version}-${time}.backup`));
      for (const name of this.keptBackups().slice(mostBackups)) rmSync(join(this.backups, name));
      this.take({ kind: 'backed-up' });
    } catch (error) {
      log.error('no backup before the update', { error: messageOf(error) });
      this.take({ kind: 'refuse', why: 'backup' });
    }
  }

  /** Looks at calls and answers as long as something follows from them. */
  private look(): void {
    const { appliance, clock, calls } = this.options;
    this.cancelLook?.();
    this.cancelLook = undefined;
    const { kind } = this.now;
    const watched = ['verifying', 'waiting', 'installing', 'restarting', 'ended'].includes(kind);
    if (!watched || (this.now.kind === 'ended' && this.now.end.kind !== 'proving')) return;
    this.cancelLook = clock.after(lookMs, () => {
      const answer = appliance.update();
      const ours = answer?.id === this.id;
      if (kind === 'waiting') this.take({ kind: 'calls', calls: calls() });
      else if (ours) this.take({ kind: 'answer', answer, calls: calls() });
      if (this.isSilent(ours ? answer?.kind : undefined)) this.take({ kind: 'refuse', why: 'silent' });
      this.look();
    });
  }

  /** Root's program answers to each request with its first step. @param said its last answer */
  private isSilent(said: string | undefined): boolean {
    const waited = this.options.clock.now() - this.askedAt;
    switch (this.now.kind) {
      case 'verifying':
        return said === undefined && waited > silentMs;
      case 'installing':
        return said !== 'installing' && waited > silentMs;
      case 'restarting':
        return waited > restartMs;
      default:
        return false;
    }
  }

  private forgetFile(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
