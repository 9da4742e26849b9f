// Run once at every start of a box from the image, before its network: reads partyline.txt and writes what follows from
// it below /run. A box whose file is wrong or gone goes on with the last good one; one that never had any comes up by
// DHCP under its usual name.
//
// usage: main.js FILE RUN_FOLDER KEPT_FOLDER
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { messageOf } from '../errors.js';
import { newSetupCode } from '../http/pages/setup-code.js';
import { version } from '../version.js';
import { acceptFile } from './accepted-file.js';
import { mostBytes } from './box-file.js';
import { resultText } from './result-text.js';
import { systemFiles } from './system-files.js';

const [file = '/boot/firmware/partyline.txt', run = '/run', keptFolder = '/data/box'] = process.argv.slice(2);
const keptFile = join(keptFolder, 'partyline.txt');
const codeFile = join(keptFolder, 'start-code');

/** Undefined: there is none, or it cannot be read. One byte too many is read, and refused by whoever parses it. */
function textOf(path: string): string | undefined {
  if (!existsSync(path)) return undefined;
  try {
    if (statSync(path).size > mostBytes) return 'x'.repeat(mostBytes + 1);
    return readFileSync(path, 'utf8');
  } catch (error) {
    console.log(`${path} cannot be read: ${messageOf(error)}`);
    return undefined;
  }
}

/** Whole or not at all, also when the power goes; a folder that cannot be written costs only the memory. */
function keep(path: string, content: string): void {
  if (textOf(path) === content) return;
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    writeFileSync(`${path}.part`, content, { mode: 0o600 });
    const written = openSync(`${path}.part`, 'r+');
    fsyncSync(written);
    closeSync(written);
    renameSync(`${path}.part`, path);
  } catch (error) {
    console.log(`${path} cannot be kept: ${messageOf(error)}`);
  }
}

/** The file's own, or one that is made at the first start and stays. */
function startCode(): string {
  const known = textOf(codeFile)?.trim();
  if (known) return known;
  const code = newSetupCode();
  keep(codeFile, `${code}\n`);
  return code;
}

const accepted = acceptFile(textOf(file), textOf(keptFile));
if (accepted.keep !== undefined) keep(keptFile, accepted.keep);
const box = { ...accepted.box, startCode: accepted.box.startCode ?? startCode() };
for (const problem of accepted.problems) console.log(`partyline.txt: ${problem}`);
const made = [
  ...systemFiles(box),
  { path: 'partyline/name', content: `${box.name}\n`, mode: 0o644 },
  {
    path: 'partyline/result.txt',
    content: resultText(accepted, { version, startCode: box.startCode }),
    mode: 0o600,
  },
];
for (const { path, content, mode } of made) {
  const target = join(run, path);
  mkdirSync(dirname(target), { recursive: true, mode: 0o755 });
  writeFileSync(target, content, { mode });
}
