// A UDP port that takes RTP and never reads it: the kernel drops what does not fit, so that thousands of packets a
// second cost the load generator nothing and the box gets no "port unreachable". A thread that sleeps holds the port.
import { once } from 'node:events';
import { createSocket } from 'node:dgram';
import { fileURLToPath } from 'node:url';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';

export interface MediaSink {
  readonly port: number;
  close(): Promise<unknown>;
}

export async function openMediaSink(host: string): Promise<MediaSink> {
  const thread = new Worker(fileURLToPath(import.meta.url), { workerData: { sinkHost: host } });
  const [port] = (await once(thread, 'message')) as [number];
  return { port, close: () => thread.terminate() };
}

const sinkHost = (workerData as { sinkHost?: string } | null)?.sinkHost;
if (!isMainThread && sinkHost !== undefined) {
  const socket = createSocket('udp4');
  socket.bind(0, sinkHost, () => {
    parentPort?.postMessage(socket.address().port);
    setImmediate(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0));
  });
}
