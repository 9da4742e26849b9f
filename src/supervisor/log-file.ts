// A log that cannot fill the disk: when the file is full it becomes FILE.1, and the FILE.1 before it goes.
import { appendFileSync, mkdirSync, renameSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

const defaultLimit = 10 * 1024 * 1024;

export class LogFile {
  private readonly path: string;
  private readonly limit: number;
  private size: number;
  private waiting: string[] = [];
  private timer: NodeJS.Timeout | undefined;

  /** @param limit bytes per file; two files are kept */
  constructor(path: string, limit = defaultLimit) {
    this.path = path;
    this.limit = limit;
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    this.size = sizeOf(path);
  }

  /** Lines are written together, a little later: a busy box logs hundreds in a second. */
  line(text: string): void {
    this.waiting.push(text);
    this.timer ??= setTimeout(() => this.flush(), 50);
  }

  /** Never throws: a full disk must not stop calls. */
  flush(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (this.waiting.length === 0) return;
    const text = `${this.waiting.join('\n')}\n`;
    this.waiting = [];
    try {
      if (this.size > 0 && this.size + text.length > this.limit) {
        renameSync(this.path, `${this.path}.1`);
        this.size = 0;
      }
      appendFileSync(this.path, text, { mode: 0o600 });
      this.size += Buffer.byteLength(text);
    } catch {
      // There is nowhere to say so.
    }
  }
}

function sizeOf(path: string): number {
  try {
    return statSync(path).size;
  } catch {
    return 0;
  }
}
