// What the figures were measured on, and the two cores they are meant for.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, totalmem } from 'node:os';
import { join } from 'node:path';
import { realRuntime } from '../calls/tone-sounds.js';

/** The targets are for a machine of two cores. */
const targetCores = 2;

export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  /** Cores that this bench and the box keep to. */
  readonly coresUsed: number;
  /** GB (10^9 bytes). */
  readonly memory: number;
  readonly kernel: string;
  readonly node: string;
  readonly rtpengine: string;
}

/** On a larger machine, this process and all it starts from now on keep to two cores. Before any process is started. */
export function keepToTwoCores(): void {
  if (availableParallelism() <= targetCores) return;
  const allowed = /^Cpus_allowed_list:\s+(\S+)$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? '';
  const list = allowed.split(',').flatMap((part) => {
    const [first = 0, last = first] = part.split('-').map(Number);
    return Array.from({ length: last - first + 1 }, (_, i) => first + i);
  });
  // Without taskset (util-linux) all cores are used, and the report says so.
  spawnSync('taskset', ['-a', '-p', '-c', list.slice(0, targetCores).join(','), String(process.pid)]);
}

export function describeMachine(): Machine {
  return {
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    coresUsed: availableParallelism(),
    memory: totalmem() / 1e9,
    kernel: readFileSync('/proc/version', 'utf8').split(' ').slice(0, 3).join(' '),
    node: process.version,
    rtpengine: rtpengineVersion(),
  };
}

/** One, five and fifteen minutes; 1 = one core busy. */
export function load(): number[] {
  return loadavg().map((value) => Math.round(value * 100) / 100);
}

function rtpengineVersion(): string {
  const { stdout, stderr } = spawnSync(join(realRuntime, 'bin', 'rtpengine'), ['--version'], {
    encoding: 'utf8',
  });
  // It says so on standard error.
  return /Version: *(\S+)/i.exec(`${stdout}${stderr}`)?.[1] ?? 'unknown';
}
