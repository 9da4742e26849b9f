// A web server on loopback for as long as a test runs; keeps what it is asked for.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { FetchGuard } from '../../src/sounds/index.js';

export interface WebServer {
  readonly port: number;
  /** URL without a path. */
  readonly base: string;
  readonly asked: IncomingMessage[];
}

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

export async function webServer(
  t: { teardown(undo: () => unknown): unknown },
  answer: Answer,
): Promise<WebServer> {
  const asked: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    asked.push(request);
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { port, base: `http://127.0.0.1:${port}`, asked };
}

/** Lets loopback in, and nothing that is not the Internet beside it. */
export const loopbackGuard = new FetchGuard({ allowed: [{ address: '127.0.0.1', prefix: 32 }] });
