// Programs of the system that root's programs run.
import { execFile, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

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

/** Has no limit of time: a slow card takes minutes. @throws Error when it fails, with the last line of its complaint */
export async function lines(
  onLine: (line: string) => void,
  program: string,
  ...args: string[]
): Promise<void> {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let complaint = '';
  createInterface(child.stdout).on('line', onLine);
  createInterface(child.stderr).on('line', (line) => (complaint = line.slice(0, 500)));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  if (code !== 0) throw new Error(`${program}: ${complaint || `exit ${code}`}`);
}
