// A process of its own that writes to a store, for the tests that kill it or run several at once.
// Arguments: `endless <file>` writes until it is killed and prints what the store has confirmed;
// `take <file> <count>` tries to take the numbers 0..count-1, one conference each, and prints how many it got;
// `keys <file>` makes API keys until it is killed and prints each; `restore <file> <backup> <step>` restores the backup
// and kills itself at that step; `put <file> <id> <text> <times>` writes a document that says the text over and over.
import { writeSync } from 'node:fs';
import { NumbersInUseError, restoreDatabase, Store, type RestoreStep } from '../../src/store/index.js';
import { callOf, documentOf } from './scratch.js';

/** Synchronous: what was printed is out before a kill. */
function print(line: object): void {
  writeSync(1, `${JSON.stringify(line)}\n`);
}

/** A document all of whose parts say the same count, so that a mixture would show. */
function evenDocument(base: number, count: number) {
  const numbers = Array.from({ length: 5 }, (_, i) => `${base}0${count}0${i}`);
  return documentOf({
    name: `count ${count}`,
    conference_numbers: numbers.slice(0, 3),
    member: { numbers: numbers.slice(3), pins: [String(count)] },
    filling: String(count).repeat(1000),
  });
}

async function writeEndlessly(file: string): Promise<void> {
  const store = new Store({ file });
  await store.start();
  const base = Date.now();
  for (let count = 1; ; count++) {
    const { id } = await store.conferences.create(evenDocument(base, count));
    print({ id, count });
    store.calls.begin(callOf(`${base}-${count}`));
    const { revision } = await store.conferences.replace(id, evenDocument(base, count + 1_000_000));
    print({ id, count: count + 1_000_000, revision });
    if (count % 3 === 0) {
      await store.conferences.remove(id);
      print({ id, removed: true });
    }
    if (count % 2 === 0) await store.calls.flush();
    // So that some calls go on at any time.
    store.calls.end(`${base}-${count - 2}`, { endReason: 'hangup' });
  }
}

async function take(file: string, count: number): Promise<void> {
  const store = new Store({ file, tool: true });
  await store.start();
  let got = 0;
  for (let number = 0; number < count; number++) {
    try {
      await store.conferences.create(documentOf({ conference_numbers: [String(number)] }));
      got++;
    } catch (error) {
      if (!(error instanceof NumbersInUseError)) throw error;
    }
  }
  await store.stop();
  print({ got });
}

async function makeKeys(file: string): Promise<void> {
  const store = new Store({ file, tool: true });
  await store.start();
  for (;;) {
    print(await store.apiKeys.create({ kind: 'kazoo' }));
    print(await store.apiKeys.create({ kind: 'catapult' }));
  }
}

async function restoreUntil(file: string, from: string, last: RestoreStep): Promise<void> {
  const onStep = (step: RestoreStep) => void (step === last && process.kill(process.pid, 'SIGKILL'));
  await restoreDatabase({ file, from, onStep });
}

async function putAgain(file: string, id: string, text: string, times: number): Promise<void> {
  const store = new Store({ file, tool: true });
  await store.start();
  const document = documentOf({ name: text, conference_numbers: [text], filling: text.repeat(2500) });
  for (let count = 0; count < times; count++) await store.conferences.replace(id, document);
  await store.stop();
}

const [mode, file, ...args] = process.argv.slice(2);
if (mode === 'endless') await writeEndlessly(file!);
else if (mode === 'take') await take(file!, Number(args[0]));
else if (mode === 'keys') await makeKeys(file!);
else if (mode === 'restore') await restoreUntil(file!, args[0]!, args[1] as RestoreStep);
else if (mode === 'put') await putAgain(file!, args[0]!, args[1]!, Number(args[2]));
