// Prints the TCP ports of a machine that answer, of all 65535: for the test of the image's firewall. What is dropped
// without a word costs its whole patience, so many are tried at once.
//
// usage: open-ports.js ADDRESS
import { connect } from 'node:net';

const [address = '127.0.0.1'] = process.argv.slice(2);
const atOnce = 3_000;
/** A SYN that is lost is sent again after a second, ms. */
const patienceMs = 2_500;
const open: number[] = [];
let next = 1;

async function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: address, timeout: patienceMs });
    const end = (result: boolean) => {
      socket.destroy();
      resolve(result);
    };
    socket.once('connect', () => end(true));
    socket.once('timeout', () => end(false));
    socket.once('error', () => end(false));
  });
}

async function worker(): Promise<void> {
  for (let port = next++; port <= 65_535; port = next++) if (await answers(port)) open.push(port);
}

await Promise.all(Array.from({ length: atOnce }, worker));
console.log(open.sort((a, b) => a - b).join(' '));
