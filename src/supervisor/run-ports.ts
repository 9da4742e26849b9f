// The ports that only the three processes of one box use among themselves, on loopback: chosen free, so that several
// boxes live on one machine, and remembered, so that they stay the same when a part is started again.
import { createSocket } from 'node:dgram';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';

export interface RunPorts {
  /** NG, UDP. */
  readonly ng: number;
  /** Key presses, UDP. */
  readonly dtmf: number;
  /** The SIP server's admin port, TCP. */
  readonly drachtio: number;
}

const names = ['ng', 'dtmf', 'drachtio'] as const;

/** The remembered ports where they are free, others where not; written down for the next time. */
export async function runPorts(dataFolder: string): Promise<RunPorts> {
  const folder = join(dataFolder, 'run');
  const file = join(folder, 'ports.json');
  const known = readKnown(file);
  const taken = new Set<number>();
  const ports: Record<string, number> = {};
  for (const name of names) {
    const before = known[name];
    const port = before !== undefined && (await isFree(before)) ? before : await freePort(taken);
    taken.add(port);
    ports[name] = port;
  }
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  writeFileSync(file, `${JSON.stringify(ports)}\n`, { mode: 0o600 });
  return ports as unknown as RunPorts;
}

function readKnown(file: string): Record<string, number | undefined> {
  try {
    const parsed: unknown = JSON.parse(readFileSync(file, 'utf8'));
    return typeof parsed === 'object' && parsed !== null ? (parsed as Record<string, number>) : {};
  } catch {
    return {};
  }
}

/** Free for UDP and TCP on loopback. */
async function isFree(port: number): Promise<boolean> {
  if (!Number.isInteger(port) || port < 1024 || port > 65535) return false;
  const udp = await new Promise<boolean>((resolve) => {
    const socket = createSocket('udp4');
    socket.once('error', () => resolve(false));
    socket.bind({ address: '127.0.0.1', port, exclusive: true }, () => socket.close(() => resolve(true)));
  });
  if (!udp) return false;
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

/** From below the ephemeral range, so that no outgoing connection takes it between two starts. */
async function freePort(taken: ReadonlySet<number>): Promise<number> {
  for (let tries = 0; tries < 200; tries += 1) {
    const port = 10_000 + Math.floor(Math.random() * 9_000);
    if (!taken.has(port) && (await isFree(port))) return port;
  }
  throw new Error('No free port was found between 10000 and 19000.');
}
