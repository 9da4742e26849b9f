// A load of calls from a process of its own, so that neither the bench nor its phones stand in the way of it.
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { LoadReply } from './load-child.js';
import type { LoadOptions, LoadResult } from './load-run.js';

export class LoadGenerator {
  private readonly child: ChildProcess;

  constructor() {
    const path = fileURLToPath(new URL('./load-child.js', import.meta.url));
    this.child = fork(path, { serialization: 'advanced', execArgv: [] });
  }

  get pid(): number {
    return this.child.pid!;
  }

  /** Makes the calls; resolves when all are over. One run at a time. */
  async run(options: LoadOptions): Promise<LoadResult> {
    this.child.send(options);
    const ended = new AbortController();
    try {
      const [reply] = (await Promise.race([
        once(this.child, 'message', { signal: ended.signal }),
        once(this.child, 'exit', { signal: ended.signal }).then(() => [
          { error: 'the load generator ended' },
        ]),
      ])) as [LoadReply];
      if ('error' in reply) throw new Error(reply.error);
      return reply.result;
    } finally {
      ended.abort();
    }
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const exited = once(this.child, 'exit');
    if (this.child.connected) this.child.disconnect();
    await exited;
  }
}
