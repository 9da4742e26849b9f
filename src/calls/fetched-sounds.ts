// Sound files from addresses that somebody else chose: fetched past the guard, bounded, and only if they are sounds. What
// was fetched a moment ago is not fetched again.
import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../conference/index.js';
import { guardedRequest } from './guarded-request.js';
import type { UrlGuard } from './url-guard.js';

export interface FetchedSoundsOptions {
  readonly folder: string;
  readonly guard: UrlGuard;
  readonly clock: Clock;
}

/** The address leads to nothing that can be played. */
export class NotASound extends Error {
  constructor(sentence: string) {
    super(sentence);
    this.name = 'NotASound';
  }
}

const timeoutMs = 10_000;
/** Ten minutes of telephone WAV, or half an hour of MP3. */
const mostBytes = 20_000_000;
const freshMs = 60_000;
const mostKept = 50;

export class FetchedSounds {
  private readonly options: FetchedSoundsOptions;
  private readonly known = new Map<string, { readonly until: number; readonly file: Promise<string> }>();

  constructor(options: FetchedSoundsOptions) {
    this.options = options;
  }

  /** @throws UrlRefused, NotASound, or Error when it cannot be fetched */
  file(url: string): Promise<string> {
    const now = this.options.clock.now();
    for (const [address, { until }] of this.known) if (until <= now) this.known.delete(address);
    const kept = this.known.get(url);
    if (kept) return kept.file;
    const file = this.fetch(url);
    this.known.set(url, { until: now + freshMs, file });
    file.catch(() => this.known.delete(url));
    return file;
  }

  private async fetch(url: string): Promise<string> {
    const { folder, guard } = this.options;
    const { status, body } = await guardedRequest(guard, url, { method: 'GET', timeoutMs, mostBytes });
    if (status !== 200) throw new Error(`the answer is ${status}`);
    const kind = kindOf(body);
    if (!kind) throw new NotASound('neither WAV nor MP3');
    const hash = createHash('sha256').update(body).digest('hex').slice(0, 32);
    const path = join(folder, `${hash}.${kind}`);
    await mkdir(folder, { recursive: true });
    const draft = `${path}.${randomUUID()}`;
    await writeFile(draft, body);
    await rename(draft, path);
    await this.prune();
    return path;
  }

  private async prune(): Promise<void> {
    const { folder } = this.options;
    const names = await readdir(folder);
    if (names.length <= mostKept) return;
    const files = await Promise.all(
      names.map(async (name) => ({ path: join(folder, name), at: (await stat(join(folder, name))).mtimeMs })),
    );
    files.sort((a, b) => a.at - b.at);
    for (const { path } of files.slice(0, files.length - mostKept)) await rm(path, { force: true });
  }
}

/** By the first bytes; what a server says of it is often wrong. */
function kindOf(body: Buffer): 'wav' | 'mp3' | undefined {
  if (body.toString('latin1', 0, 4) === 'RIFF' && body.toString('latin1', 8, 12) === 'WAVE') return 'wav';
  const mp3 =
    body.toString('latin1', 0, 3) === 'ID3' || (body[0] === 0xff && ((body[1] ?? 0) & 0xe6) === 0xe2);
  return mp3 ? 'mp3' : undefined;
}
