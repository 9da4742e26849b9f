// Asks every part of a box that has started whether it works, once: HTTP, rtpengine's NG, SIP, and a write to the
// database. Ends with 0 when all of them do, else with 1 and a line for each that does not. Run as the application's user.
//
// usage: check-health.js   with the settings of the application
import { createSocket } from 'node:dgram';
import { join } from 'node:path';
import { messageOf } from '../errors.js';
import { loadSettings } from '../settings.js';
import { Database } from '../store/database.js';
import { finalStatus, isNgPong, ngPing, optionsRequest, type Endpoint } from './health-probes.js';

/** A box that has just started is slow, and UDP may lose a datagram, ms. */
const patienceMs = 8_000;
const repeatMs = 1_000;

const { address, httpPort, sipPort, rtpengine, data } = loadSettings();

/** Sends until an answer is accepted. @throws Error when none is in time */
async function exchange(
  to: Endpoint,
  from: string,
  datagram: (own: Endpoint) => string,
  accept: (answer: string) => boolean,
): Promise<void> {
  const socket = createSocket('udp4');
  let repeat: NodeJS.Timeout | undefined;
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once('error', reject);
      socket.on('message', (message) => {
        if (accept(message.toString('latin1'))) resolve();
      });
      socket.bind(0, from, () => {
        const text = datagram({ address: from, port: socket.address().port });
        const send = () => socket.send(text, to.port, to.address);
        send();
        repeat = setInterval(send, repeatMs);
      });
      setTimeout(() => reject(new Error('no answer')), patienceMs);
    });
  } finally {
    // Another part may still be waited for, and nothing can be sent by a closed socket.
    clearInterval(repeat);
    socket.close();
  }
}

async function web(): Promise<void> {
  const answer = await fetch(`http://${address}:${httpPort}/health`, {
    signal: AbortSignal.timeout(patienceMs),
  });
  if (answer.status !== 200) throw new Error(`status ${answer.status}: ${await answer.text()}`);
}

async function media(): Promise<void> {
  const { host, port } = rtpengine ?? { host: '127.0.0.1', port: 22_222 };
  await exchange({ address: host, port }, '127.0.0.1', () => ngPing, isNgPong);
}

async function sip(): Promise<void> {
  const id = `health${process.pid}${Date.now()}`;
  let status: number | undefined;
  await exchange(
    { address, port: sipPort },
    address,
    (own) => optionsRequest({ address, port: sipPort }, own, id),
    (answer) => (status = finalStatus(answer, id)) !== undefined,
  );
  if (status !== 200) throw new Error(`status ${status}`);
}

/** The shape's number once more: a write to the file's first page, synced, which nobody who has it open notices. */
async function database(): Promise<void> {
  const file = await Database.open(join(data, 'partyline.db'));
  try {
    await file.exec('PRAGMA synchronous = FULL');
    await file.transaction(async (queries) => {
      const row = await queries.get<{ user_version: number }>('PRAGMA user_version');
      if (!row?.user_version) throw new Error('it has no shape');
      await queries.run(`PRAGMA user_version = ${row.user_version}`);
    });
  } finally {
    await file.close();
  }
}

const probes = Object.entries({
  'HTTP /health': web,
  'rtpengine, NG ping': media,
  'SIP OPTIONS': sip,
  database,
});
const results = await Promise.all(
  probes.map(([name, probe]) =>
    probe().then(
      () => true,
      (error: unknown) => {
        console.log(`${name}: ${messageOf(error)}`);
        return false;
      },
    ),
  ),
);
process.exit(results.every(Boolean) ? 0 : 1);
