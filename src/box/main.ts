// Run once at every start of a box from the image, before its network: reads partyline.txt and writes what follows from
// it below /run. A file that is missing or unreadable is an empty one: the box comes up by DHCP under its usual name.
//
// usage: main.js FILE RUN_FOLDER
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { messageOf } from '../errors.js';
import { parseBoxFile } from './box-file.js';
import { systemFiles } from './system-files.js';

const [file = '/boot/firmware/partyline.txt', run = '/run'] = process.argv.slice(2);

function content(): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    console.log(`There is no text file: ${messageOf(error)}`);
    return '';
  }
}

const box = parseBoxFile(content());
for (const problem of box.problems) console.log(`partyline.txt: ${problem}`);
for (const { path, content, mode } of systemFiles(box)) {
  const target = join(run, path);
  mkdirSync(dirname(target), { recursive: true, mode: 0o755 });
  writeFileSync(target, content, { mode });
}
writeFileSync(join(run, 'partyline', 'name'), `${box.name}\n`);
