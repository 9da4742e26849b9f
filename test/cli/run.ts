// The command line as its users have it: bin/partyline as a process of its own, on a data folder of the test.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Store } from '../../src/store/index.js';
import { scratchFolder, type Test } from '../store/scratch.js';
import { asItShips } from '../as-it-ships.js';

export const partyline = fileURLToPath(new URL('../../../bin/partyline', import.meta.url));

export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

export interface RunOptions {
  /** Given on standard input; nothing when absent. */
  readonly input?: string | Buffer;
  readonly env?: Record<string, string>;
  readonly cwd?: string;
}

/** None of the settings of whoever runs the tests. */
export function cleanEnv(env: Record<string, string> = {}): Record<string, string | undefined> {
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith('PARTYLINE_'));
  return { ...Object.fromEntries(own), ...env };
}

export async function run(args: readonly string[], options: RunOptions = {}): Promise<Ended> {
  const child = spawn(...asItShips(partyline, args), {
    env: cleanEnv(options.env),
    cwd: options.cwd ?? tmpdir(),
  });
  const closed = once(child, 'close') as Promise<[number | null]>;
  let out = '';
  let err = '';
  child.stdout.on('data', (chunk: Buffer) => (out += String(chunk)));
  child.stderr.on('data', (chunk: Buffer) => (err += String(chunk)));
  // A command that does not read its input may be gone before it is written.
  child.stdin.on('error', () => undefined);
  child.stdin.end(options.input ?? '');
  const [code] = await closed;
  return { code, out, err };
}

export interface ScratchBox {
  readonly data: string;
  /** Of the database. */
  readonly file: string;
  /** A command on this folder. */
  run(...args: string[]): Promise<Ended>;
  runWith(input: unknown, ...args: string[]): Promise<Ended>;
  /** With --json; the value. @throws when it did not end well */
  json<T = Record<string, unknown>>(...args: string[]): Promise<T>;
  /** The box runs until the end of the test: its store is open and holds the lock. */
  start(): Promise<Store>;
}

export function scratchBox(t: Test): ScratchBox {
  const data = join(scratchFolder(t), 'data');
  const file = join(data, 'partyline.db');
  const env = { PARTYLINE_DATA: data };
  const runHere = (...args: string[]) => run(args, { env });
  return {
    data,
    file,
    run: runHere,
    runWith: (input, ...args) =>
      run(args, { env, input: typeof input === 'string' ? input : JSON.stringify(input) }),
    json: async <T>(...args: string[]) => {
      const { code, out, err } = await runHere(...args, '--json');
      if (code !== 0) throw new Error(`${args.join(' ')}: ${code} ${err}`);
      return JSON.parse(out) as T;
    },
    start: async () => {
      const store = new Store({ file, freshnessMs: 0 });
      await store.start();
      t.teardown(() => store.stop());
      return store;
    },
  };
}

/** What --json says of a failure. */
export function errorOf(ended: Ended): { message: string; exit_code: number; fields: { field: string }[] } {
  return (JSON.parse(ended.err) as { error: ReturnType<typeof errorOf> }).error;
}
