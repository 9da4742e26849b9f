// Where the gain worker is, seen from outside: a child of the process that keeps it.
import { readdirSync, readFileSync } from 'node:fs';

/** @param parent process id of the application, or of the test that keeps a relay. @throws when there is no worker */
export function gainWorkerPid(parent: number): number {
  for (const entry of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      const status = readFileSync(`/proc/${entry}/status`, 'utf8');
      const command = readFileSync(`/proc/${entry}/cmdline`, 'utf8');
      if (Number(/^PPid:\s+(\d+)/m.exec(status)?.[1]) === parent && command.includes('gain-worker')) {
        return Number(entry);
      }
    } catch {
      // It ended while we looked.
    }
  }
  throw new Error('there is no gain worker');
}
