// RTP ports for the boxes of tests. Test processes may run side by side, and two boxes that share ports would send their
// phones' sound to each other when one of them restarts its rtpengine: each box holds its range by a socket.
import { createSocket, type Socket } from 'node:dgram';

/** Below the ports that the system hands out (32768) and those of other tests, above those that a box takes for itself. */
const firstPort = 20_000;
const ports = 1_500;
const ranges = 8;

export interface RtpRange {
  /** As PARTYLINE_RTP_PORTS wants it. */
  readonly text: string;
  /** Idempotent. */
  release(): void;
}

/** @throws when as many boxes are running as there are ranges */
export async function takeRtpRange(): Promise<RtpRange> {
  for (let n = 0; n < ranges; n++) {
    const first = firstPort + n * ports;
    const claim = await hold(first + ports - 1);
    if (!claim) continue;
    let held = true;
    const release = () => {
      if (held) claim.close();
      held = false;
    };
    return { text: `${first}-${first + ports - 3}`, release };
  }
  throw new Error('too many boxes of tests are running');
}

function hold(port: number): Promise<Socket | undefined> {
  const socket = createSocket('udp4');
  return new Promise((resolve) => {
    socket.once('error', () => resolve(undefined));
    socket.bind(port, '127.0.0.1', () => {
      socket.unref();
      resolve(socket);
    });
  });
}
