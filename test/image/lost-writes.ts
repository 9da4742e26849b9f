// What a card has after its power was cut: all that was written before the last flush, which it had confirmed, and of
// what came later only a part, because a card keeps writes in a memory of its own and in an order of its own. From the
// log that QEMU's blklogwrites keeps (the format of Linux's dm-log-writes), applied to the card as it was at power-on.
// What the boot loader wrote before the kernel's first flush is there: it leaves the card's memory off.
//
// usage: lost-writes.js LOG CARD   CARD is changed
import { closeSync, fstatSync, openSync, readSync, writeSync } from 'node:fs';

const [logFile = '', cardFile = ''] = process.argv.slice(2);
const magic = 0x6a736677736872n;
const flushFlag = 1n;
const forceFlag = 2n;
const discardFlag = 4n;
/** Of a write that was not flushed, the part of them that is lost. */
const loss = 0.5;

interface Write {
  /** Where it is in the log, bytes. */
  readonly at: number;
  /** Where it goes on the card, bytes. */
  readonly to: number;
  readonly bytes: number;
}

const log = openSync(logFile, 'r');
const card = openSync(cardFile, 'r+');

/** @returns fewer bytes at the end of the file */
function read(at: number, bytes: number): Buffer {
  const buffer = Buffer.alloc(bytes);
  return buffer.subarray(0, readSync(log, buffer, 0, bytes, at));
}

function apply({ at, to, bytes }: Write): void {
  writeSync(card, read(at, bytes), 0, bytes, to);
}

const head = read(0, 28);
if (head.length < 28 || head.readBigUInt64LE(0) !== magic) throw new Error(`${logFile} is no log of writes`);
const logSector = head.readUInt32LE(24);
const end = fstatSync(log).size;

let kept = 0;
let lost = 0;
let flushes = 0;
let open: Write[] = [];
// The number of entries in the head is written now and then only; the entries themselves tell where they end.
for (let at = logSector; at + logSector <= end;) {
  const entry = read(at, 32);
  const [sector, sectors, flags] = [
    entry.readBigUInt64LE(0),
    entry.readBigUInt64LE(8),
    entry.readBigUInt64LE(16),
  ] as const;
  const bytes = Number(sectors) * logSector;
  if (sectors === 0n && flags === 0n) break;
  if ((flags & flushFlag) !== 0n) {
    flushes++;
    open.forEach(apply);
    kept += open.length;
    open = [];
  }
  const data = (flags & discardFlag) === 0n ? bytes : 0;
  if (at + logSector + data > end) break;
  const write = { at: at + logSector, to: Number(sector) * logSector, bytes: data };
  if (data > 0 && (flags & forceFlag) !== 0n) {
    apply(write);
    kept++;
  } else if (data > 0) open.push(write);
  at += logSector + Math.ceil(data / logSector) * logSector;
}
for (const write of open) {
  if (flushes > 0 && Math.random() < loss) lost++;
  else {
    apply(write);
    kept++;
  }
}
closeSync(card);
closeSync(log);
console.log(
  `${kept} writes, ${flushes} flushes; ${lost} writes lost, of ${open.length} after the last flush`,
);
