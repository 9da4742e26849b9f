// How long a request may take to arrive. Who trickles bytes must not hold a connection for ever, but a file that somebody
// who is logged in uploads has its time: an update has 400 MB, and a small box takes in a few MB each second.
import type { IncomingMessage, Server } from 'node:http';

/** ms */
export interface ArrivalLimits {
  readonly usual: number;
  /** Of a request that mayTakeLong was said of. */
  readonly long: number;
}

/** Ours; 2 GB at 600 kB/s. */
export const arrivalLimits: ArrivalLimits = { usual: 30_000, long: 3_600_000 };

const longOnes = new WeakSet<IncomingMessage>();

/** To be called once it is known who sends it. */
export function mayTakeLong(request: IncomingMessage): void {
  longOnes.add(request);
}

export function limitArrival(server: Server, { usual, long }: ArrivalLimits = arrivalLimits): void {
  server.headersTimeout = usual;
  server.requestTimeout = long;
  server.prependListener('request', (request: IncomingMessage) => {
    const { 'content-length': length, 'transfer-encoding': encoding } = request.headers;
    if (length === undefined && encoding === undefined) return;
    const timer = setTimeout(() => {
      if (!request.complete && !longOnes.has(request)) request.socket.destroy();
    }, usual);
    timer.unref();
    request.once('close', () => clearTimeout(timer));
  });
}
