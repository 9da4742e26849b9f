// Sounds of web servers, kept on disk. A call never waits long for one: what is here is played, and asked for again behind
// the scenes when it has not been looked at for some minutes.
import { createHash } from 'node:crypto';
import { access, mkdir, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { durableRename } from '../durable-rename.js';
import type { FetchGuard } from './fetch-guard.js';
import { fetchSound, type Validators } from './sound-fetcher.js';
import type { Transcoder } from './transcoder.js';
import { SoundError } from './sound-error.js';

export interface FetchedSoundsOptions {
  /** Made when the first sound comes. */
  readonly folder: string;
  readonly guard: FetchGuard;
  readonly transcoder: Pick<Transcoder, 'transcode'>;
  /** Of one sound as it is fetched; 20 MB when absent. */
  readonly mostBytes?: number;
  /** For fetching one, ms; 15 s when absent. */
  readonly fetchMs?: number;
  /** So long nobody asks the server again, ms; 5 minutes when absent. */
  readonly freshMs?: number;
  /** So long a sound that could not be had is not asked for again, ms; a minute when absent. */
  readonly retryMs?: number;
  /** Of all that is kept, as it is kept; 200 MB when absent. The one that was looked at longest ago goes first. */
  readonly mostKept?: number;
  /** Told of a sound that nobody waits for. */
  readonly failed?: (url: string, error: unknown) => void;
  /** Unix ms */
  readonly now?: () => number;
}

/** What is known of one URL; the sound is beside it. */
interface Kept extends Validators {
  readonly url: string;
  /** Unix ms */
  readonly checkedAt: number;
}

interface Failure {
  readonly at: number;
  readonly error: unknown;
}

const mostAtOnce = 4;
/** URLs whose failure is remembered. */
const mostFailures = 100;

export class FetchedSounds {
  private readonly options: FetchedSoundsOptions;
  private readonly now: () => number;
  private readonly under = new Map<string, Promise<string>>();
  private readonly failures = new Map<string, Failure>();

  constructor(options: FetchedSoundsOptions) {
    this.options = options;
    this.now = options.now ?? Date.now;
  }

  /**
   * The file of a sound.
   * @param patienceMs so long it is waited for when it has to be fetched first; it goes on being fetched
   * @throws SoundError when it cannot be had, or not within that time
   */
  async file(url: string, patienceMs: number): Promise<string> {
    const { freshMs = 300_000 } = this.options;
    const kept = await this.kept(url);
    if (kept && this.now() - kept.checkedAt < freshMs) return this.path(url, 'au');
    const failure = this.recentFailure(url);
    if (kept) {
      if (!failure) this.fetch(url, kept).catch((error: unknown) => this.options.failed?.(url, error));
      return this.path(url, 'au');
    }
    if (failure) throw failure.error;
    return inTime(this.fetch(url, undefined), patienceMs, (error) => this.options.failed?.(url, error));
  }

  private fetch(url: string, kept: Kept | undefined): Promise<string> {
    const under = this.under.get(url);
    if (under) return under;
    if (this.under.size >= mostAtOnce)
      return Promise.reject(new SoundError('too many sounds are being fetched now'));
    const fetching = this.fetchNow(url, kept)
      .catch((error: unknown) => {
        if (this.failures.size >= mostFailures) this.failures.clear();
        this.failures.set(url, { at: this.now(), error });
        throw error;
      })
      .finally(() => this.under.delete(url));
    this.under.set(url, fetching);
    return fetching;
  }

  private async fetchNow(url: string, kept: Kept | undefined): Promise<string> {
    const { folder, guard, transcoder, mostBytes = 20_000_000, fetchMs = 15_000 } = this.options;
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const [given, made, final] = [this.path(url, 'given'), this.path(url, 'made'), this.path(url, 'au')];
    try {
      const limits = { bytes: mostBytes, ms: fetchMs };
      const fetched = await fetchSound({ url, to: given, known: kept, guard, limits });
      if (fetched.kind === 'written') {
        await transcoder.transcode(given, made);
        await durableRename(made, final);
      }
      const checkedAt = this.now();
      const validators = fetched.kind === 'written' ? fetched.validators : { ...kept };
      await writeFile(this.path(url, 'json'), JSON.stringify({ ...validators, url, checkedAt }));
      await utimes(final, checkedAt / 1000, checkedAt / 1000);
      await this.makeRoom(final);
      return final;
    } finally {
      await rm(given, { force: true });
    }
  }

  /** Undefined where there is no whole sound. */
  private async kept(url: string): Promise<Kept | undefined> {
    try {
      await access(this.path(url, 'au'));
      const kept = JSON.parse(await readFile(this.path(url, 'json'), 'utf8')) as Kept;
      return kept.url === url ? kept : undefined;
    } catch {
      return undefined;
    }
  }

  private recentFailure(url: string): Failure | undefined {
    const { retryMs = 60_000 } = this.options;
    const failure = this.failures.get(url);
    if (failure && this.now() - failure.at < retryMs) return failure;
    this.failures.delete(url);
    return undefined;
  }

  private async makeRoom(newest: string): Promise<void> {
    const { folder, mostKept = 200_000_000 } = this.options;
    const names = (await readdir(folder)).filter((name) => name.endsWith('.au'));
    const files = await Promise.all(
      names.map(async (name) => {
        const path = join(folder, name);
        const { size, mtimeMs } = await stat(path);
        return { path, size, mtimeMs };
      }),
    );
    files.sort((a, b) => a.mtimeMs - b.mtimeMs);
    let total = files.reduce((sum, { size }) => sum + size, 0);
    for (const { path, size } of files) {
      if (total <= mostKept) return;
      if (path === newest) continue;
      await rm(path, { force: true });
      await rm(path.replace(/au$/, 'json'), { force: true });
      total -= size;
    }
  }

  private path(url: string, ending: 'au' | 'json' | 'given' | 'made'): string {
    const hash = createHash('sha256').update(url).digest('hex').slice(0, 32);
    return join(this.options.folder, `${hash}.${ending}`);
  }
}

/** @param late told of an error that comes when nobody waits any more */
async function inTime<T>(work: Promise<T>, ms: number, late: (error: unknown) => void): Promise<T> {
  let waiting = true;
  work.catch((error: unknown) => {
    if (!waiting) late(error);
  });
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new SoundError('it is still being fetched')), ms);
  });
  try {
    return await Promise.race([work, patience]);
  } finally {
    waiting = false;
    clearTimeout(timer);
  }
}
