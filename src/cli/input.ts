// What a command is given besides its arguments: a document or a password, from standard input or a file. All of it is
// bounded, and a password is never shown.
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { Writable, type Readable } from 'node:stream';
import { isatty } from 'node:tty';
import { CliError, exitCodes } from './errors.js';

/** The same as a request to the web server may have, bytes. */
const mostBytes = 1024 * 1024;
/** More than any password that is taken, bytes. */
const mostPasswordBytes = 1024;

/** The JSON value in a file, or on standard input when there is none. @throws CliError naming where it comes from */
export async function readJson(file: string | undefined, note: (line: string) => void): Promise<unknown> {
  const name = file ?? 'standard input';
  if (file === undefined && isatty(0)) note('Type the document as JSON, then Ctrl-D.');
  const text = await readAll(file === undefined ? process.stdin : createReadStream(file), mostBytes, name);
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    // V8 quotes what it was given in its message; the place is enough, and there may be a PIN in it.
    const place = /position \d+/.exec(String(error))?.[0];
    throw new CliError(exitCodes.failed, `${name} is not JSON${place ? ` (at ${place})` : ''}.`);
  }
}

/** A new password: typed twice without being shown on a terminal, else the one line of standard input. */
export async function readPassword(prompt: string): Promise<string> {
  if (isatty(0)) {
    const first = await typed(`${prompt}: `);
    if ((await typed('The same again: ')) === first) return first;
    throw new CliError(exitCodes.failed, 'password: the two are not the same.');
  }
  const text = (await readAll(process.stdin, mostPasswordBytes, 'standard input')).replace(/\r?\n$/, '');
  if (/[\r\n]/.test(text)) throw new CliError(exitCodes.failed, 'password: must be one line.');
  return text;
}

async function readAll(stream: Readable, most: number, name: string): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > most) throw new CliError(exitCodes.failed, `${name} has more than ${most} bytes.`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** readline does the editing; what it would show goes nowhere. */
function typed(prompt: string): Promise<string> {
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: process.stdin, output: nowhere, terminal: true, historySize: 0 });
  process.stderr.write(prompt);
  return new Promise((resolve, reject) => {
    const given = (reason: string) => () => {
      lines.close();
      reject(new CliError(exitCodes.failed, reason));
    };
    lines.once('line', (line) => {
      lines.removeAllListeners('close');
      lines.close();
      resolve(line);
    });
    lines.once('SIGINT', given('Nothing was changed.'));
    lines.once('close', given('Nothing was changed.'));
  }).finally(() => process.stderr.write('\n')) as Promise<string>;
}
