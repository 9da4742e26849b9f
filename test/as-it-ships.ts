// Starts a program of the product as it ships: the test runner makes every Node process that a test starts load its own
// hooks, which cost time and memory and change how modules are found.

/** For child_process.spawn: env takes NODE_OPTIONS away and becomes the program, so the process id is the program's. */
export function asItShips(command: string, args: readonly string[]): [command: string, args: string[]] {
  return ['/usr/bin/env', ['-u', 'NODE_OPTIONS', command, ...args]];
}
