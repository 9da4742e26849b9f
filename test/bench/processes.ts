// What processes cost, as the kernel counts it (proc(5)), and how busy everything else kept the machine meanwhile: a
// figure from a busy machine is worth little, and this says so.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const ticksPerSecond = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));

/** CPU time a process has used so far, all threads, s. @throws when it is gone */
export function cpuSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The name in brackets may itself hold blanks and brackets; user and system time are fields 14 and 15.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}

/** Resident memory of a process, MB (10^6 bytes); pages that several processes share count for each. */
export function residentMegabytes(pid: number): number {
  const kibibytes = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return (Number(kibibytes) * 1024) / 1e6;
}

/** CPU time of the whole machine so far that was neither idle nor waiting for a disk, s. */
function machineSeconds(): number {
  const line = /^cpu +(.*)$/m.exec(readFileSync('/proc/stat', 'utf8'))?.[1] ?? '';
  const [user = 0, nice = 0, system = 0, , , irq = 0, softIrq = 0, steal = 0] = line.split(' ').map(Number);
  return (user + nice + system + irq + softIrq + steal) / ticksPerSecond;
}

export interface Cost {
  /** How long was measured, s. */
  readonly seconds: number;
  /** CPU seconds of each process. */
  readonly cpu: Record<string, number>;
  /** Resident memory of each at the end, MB. */
  readonly memory: Record<string, number>;
  /** Cores that everything else on the machine kept busy. */
  readonly others: number;
}

/** Begins to measure; the function returned ends it. */
export function startMeter(pids: Readonly<Record<string, number>>): () => Cost {
  const all = { ...pids, bench: process.pid };
  const read = (what: (pid: number) => number): Record<string, number> =>
    Object.fromEntries(
      Object.entries(all).map(([name, pid]) => {
        try {
          return [name, what(pid)];
        } catch {
          throw new Error(`${name} ended while it was measured`);
        }
      }),
    );
  const begun = performance.now();
  const machineBefore = machineSeconds();
  const before = read(cpuSeconds);
  return () => {
    const after = read(cpuSeconds);
    const seconds = (performance.now() - begun) / 1000;
    const cpu = Object.fromEntries(Object.entries(after).map(([name, used]) => [name, used - before[name]!]));
    const ours = Object.values(cpu).reduce((sum, one) => sum + one, 0);
    const others = Math.max(0, machineSeconds() - machineBefore - ours) / seconds;
    return { seconds, cpu, memory: read(residentMegabytes), others };
  };
}
