// Many phones in a process of their own, for benches and crowded rooms: the test's event loop then neither delays their
// packets nor blurs what they measure. The commands are the methods of `FarmCommands`, asked by name and typed.
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

import type { PhoneOptions } from './phone.js';
import type { FarmCommands, FarmReply, FarmRequest } from './phone-farm-child.js';

type Argument<K extends keyof FarmCommands> = Parameters<FarmCommands[K]>[0];
type Result<K extends keyof FarmCommands> = Awaited<ReturnType<FarmCommands[K]>>;

interface Open {
  resolve(result: unknown): void;
  reject(error: Error): void;
}

export class PhoneFarm {
  /** SIP URIs of the phones. */
  uris: string[] = [];
  private readonly open = new Map<number, Open>();
  private next = 0;

  private constructor(private readonly child: ChildProcess) {
    child.on('message', (reply: FarmReply) => {
      const asked = this.open.get(reply.id);
      this.open.delete(reply.id);
      if (reply.error === undefined) asked?.resolve(reply.result);
      else asked?.reject(new Error(reply.error));
    });
    child.on('exit', (code, signal) => {
      for (const { reject } of this.open.values())
        reject(new Error(`the phone farm ended: ${signal ?? code}`));
      this.open.clear();
    });
  }

  /** A process with one phone for each of the options. */
  static async start(phones: readonly PhoneOptions[]): Promise<PhoneFarm> {
    const path = fileURLToPath(new URL('./phone-farm-child.js', import.meta.url));
    const farm = new PhoneFarm(fork(path, { serialization: 'advanced', execArgv: [] }));
    farm.uris = await farm.ask('start', phones);
    return farm;
  }

  /** The process of the phones, to leave its CPU time out of a measurement. */
  get pid(): number {
    return this.child.pid!;
  }

  ask<K extends keyof FarmCommands>(
    command: K,
    ...argument: undefined extends Argument<K> ? [Argument<K>?] : [Argument<K>]
  ): Promise<Result<K>> {
    const id = this.next++;
    return new Promise<Result<K>>((resolve, reject) => {
      this.open.set(id, { resolve: resolve as (result: unknown) => void, reject });
      const request: FarmRequest = { id, command, argument: argument[0] };
      this.child.send(request, (error) => {
        if (error) reject(error);
      });
    });
  }

  /** Hangs up everywhere and ends the process. */
  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const exited = once(this.child, 'exit');
    await this.ask('stop').catch(() => undefined);
    this.child.disconnect();
    await exited;
  }
}
