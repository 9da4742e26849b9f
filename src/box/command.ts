// Programs of the system that root's programs run.
import { execFile } from 'node:child_process';

/** A program that takes longer hangs, ms. */
const patienceMs = 60_000;

/** @throws Error with what it wrote, at most 500 characters */
export function command(program: string, ...args: string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = { timeout: patienceMs, maxBuffer: 1024 * 1024 };
    execFile(program, args, options, (error, stdout, stderr) => {
      if (error) reject(new Error(`${program}: ${(stderr || error.message).trim().slice(-500)}`));
      else resolve(stdout);
    });
  });
}
