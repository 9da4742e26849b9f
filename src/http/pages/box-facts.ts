// What the pages about the box are told of it, and what is read from the machine when a page asks: storage, memory, load,
// temperature.
import { readdirSync, readFileSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { cpus, freemem, loadavg } from 'node:os';
import type { Health } from '../health.js';

export interface BoxFacts {
  readonly version: string;
  readonly address: string;
  readonly httpPort: number;
  /** What follows the @ in the address of a conference. */
  readonly sipHost: string;
  /** Unix ms. */
  readonly startedAt: number;
  readonly health: () => Health;
  /** Folder of database, logs and recordings; absolute. */
  readonly data: string;
  /** Folder of uploads and downloads while they go on; absolute. Emptied at the start. */
  readonly temporary: string;
  /** Folder of the prompts, one folder per language; absolute. */
  readonly prompts: string;
  /** The application's log, JSON lines. */
  readonly logFile: string;
}

export interface MachineState {
  /** Bytes. */
  readonly diskFree: number;
  readonly diskTotal: number;
  /** Bytes that programs may still have. */
  readonly memoryFree: number;
  /** Processes that want to run, mean of a minute. */
  readonly load: number;
  readonly cores: number;
  /** Degrees Celsius of the hottest sensor; undefined = the machine has none. */
  readonly temperature: number | undefined;
}

export async function machineState(dataFolder: string): Promise<MachineState> {
  const disk = await statfs(dataFolder).catch(() => undefined);
  return {
    diskFree: disk ? disk.bavail * disk.bsize : 0,
    diskTotal: disk ? disk.blocks * disk.bsize : 0,
    memoryFree: memoryFree(),
    load: loadavg()[0] ?? 0,
    cores: cpus().length,
    temperature: temperature('/sys/class/thermal'),
  };
}

/** With what the kernel would give back of its caches, which freemem leaves out. */
function memoryFree(): number {
  try {
    const match = /^MemAvailable:\s+(\d+) kB/m.exec(readFileSync('/proc/meminfo', 'utf8'));
    if (match?.[1]) return Number(match[1]) * 1024;
  } catch {
    // No Linux.
  }
  return freemem();
}

/** @param folder of the kernel's thermal zones; each tells thousandths of a degree */
export function temperature(folder: string): number | undefined {
  try {
    const zones = readdirSync(folder).filter((name) => name.startsWith('thermal_zone'));
    const degrees = zones.map((zone) => Number(readFileSync(`${folder}/${zone}/temp`, 'utf8').trim()) / 1000);
    // A sensor that is not there says 0 or less.
    const real = degrees.filter((value) => value > 0 && value < 200);
    return real.length > 0 ? Math.max(...real) : undefined;
  } catch {
    return undefined;
  }
}
