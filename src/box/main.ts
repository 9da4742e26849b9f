// Run once at every start of a box from the image, before its network: reads partyline.txt and writes what follows from
// it below /run. A box whose file is wrong or gone goes on with the last good one; one that never had any comes up by
// DHCP under its usual name.
//
// usage: main.js FILE RUN_FOLDER KEPT_FOLDER
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { shownAnswer, type NetworkAnswer } from '../appliance/index.js';
import { messageOf } from '../errors.js';
import { newSetupCode } from '../http/pages/setup-code.js';
import { version } from '../version.js';
import { acceptFile } from './accepted-file.js';
import { keep as keepFile, textOf } from './kept-file.js';
import { pageNetworkOf, textInForce, withNetwork } from './page-network.js';
import { resultText } from './result-text.js';
import { systemFiles } from './system-files.js';

const [file = '/boot/firmware/partyline.txt', run = '/run', keptFolder = '/data/box'] = process.argv.slice(2);
const keptFile = join(keptFolder, 'partyline.txt');
const codeFile = join(keptFolder, 'start-code');

/** A folder that cannot be written costs only the memory. */
function keep(path: string, content: string): void {
  try {
    keepFile(path, content);
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

const kept = textOf(keptFile);
const accepted = acceptFile(textOf(file), kept);
if (accepted.keep !== undefined) keep(keptFile, accepted.keep);
const ofPage = pageNetworkOf(
  textOf(join(keptFolder, 'network.json')),
  textInForce(accepted, kept),
  accepted.box.wifi,
);
const said = ofPage ? withNetwork(accepted.box, ofPage) : accepted.box;
const box = { ...said, startCode: said.startCode ?? startCode() };
const { name, fixed, wifi } = box;
const network: NetworkAnswer = {
  settings: { name, ...(fixed && { fixed }), ...(wifi && { wifi }) },
  source: ofPage ? 'page' : 'text',
};
for (const problem of accepted.problems) console.log(`partyline.txt: ${problem}`);
const made = [
  ...systemFiles(box),
  { path: 'partyline/name', content: `${name}\n`, mode: 0o644 },
  { path: 'partyline/network.json', content: JSON.stringify(network), mode: 0o600 },
  {
    path: 'partyline/answers/network.json',
    content: JSON.stringify(shownAnswer(network)),
    mode: 0o644,
  },
  {
    path: 'partyline/result.txt',
    content: resultText(
      { ...accepted, box },
      { version, startCode: box.startCode, ofPage: ofPage !== undefined },
    ),
    mode: 0o600,
  },
];
for (const { path, content, mode } of made) {
  const target = join(run, path);
  mkdirSync(dirname(target), { recursive: true, mode: 0o755 });
  writeFileSync(target, content, { mode });
}
