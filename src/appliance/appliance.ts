// How the application, which may change nothing of the system, asks root's programs of the image for something: with a
// file in a folder that systemd watches. They answer with files that the application can only read.
import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { uptime } from 'node:os';
import { join } from 'node:path';
import { readMessage, writeMessage } from './message-file.js';
import type { NetworkAnswer, NetworkRequest } from './network-trial.js';
import type { UpdateAnswer, UpdateRequest } from './update-answer.js';

export interface ApplianceOptions {
  /** With a folder `requests`, where this process may write, and a folder `answers`, where it may not. */
  readonly folder: string;
  /** Where the file is made that asks for a factory reset; absolute. */
  readonly data: string;
  /** Where the kernel says how the radio is; default that of wlan0. */
  readonly radio?: string;
}

/** Whether the box is in a Wi-Fi; missing: it has no radio. */
export type WifiState = 'connected' | 'apart' | 'missing';

/** Between two looks for an answer, ms. */
const lookMs = 50;

export class Appliance {
  private readonly options: ApplianceOptions;

  constructor(options: ApplianceOptions) {
    this.options = options;
  }

  newId(): string {
    return randomBytes(8).toString('hex');
  }

  /** @throws what the file system throws */
  askNetwork(request: NetworkRequest): void {
    // It may have the key of a Wi-Fi.
    writeMessage(this.request('network'), request, 0o600);
  }

  /** @throws what the file system throws */
  askUpdate(request: UpdateRequest): void {
    writeMessage(this.request('update'), request);
  }

  /** At the next start of the box, which follows at once, everything is as delivered. */
  askFactoryReset(): void {
    writeFileSync(join(this.options.data, 'factory-reset'), '');
  }

  /** Undefined: root's program has not said anything yet. */
  network(): NetworkAnswer | undefined {
    return readMessage(this.answer('network')) as NetworkAnswer | undefined;
  }

  update(): UpdateAnswer | undefined {
    return readMessage(this.answer('update')) as UpdateAnswer | undefined;
  }

  wifi(): WifiState {
    try {
      // IF_OPER_UP of RFC 2863: with a key, only once both sides have proved that they have it.
      const state = readFileSync(this.options.radio ?? '/sys/class/net/wlan0/operstate', 'utf8');
      return state.trim() === 'up' ? 'connected' : 'apart';
    } catch {
      return 'missing';
    }
  }

  /** Resolves when it holds, or after so many ms. */
  async until(holds: () => boolean, patienceMs: number): Promise<void> {
    for (let waited = 0; waited < patienceMs && !holds(); waited += lookMs) {
      await new Promise((resolve) => setTimeout(resolve, lookMs));
    }
  }

  /** Seconds since the machine started: the time that trials are measured in. */
  uptime(): number {
    return uptime();
  }

  private request(name: string): string {
    return join(this.options.folder, 'requests', `${name}.json`);
  }

  private answer(name: string): string {
    return join(this.options.folder, 'answers', `${name}.json`);
  }
}
