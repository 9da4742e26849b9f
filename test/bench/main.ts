// Measures a box: runs the named parts (all without a name) one after the other, prints one table and writes
// var/bench.json. Each part starts a box of its own, exactly as `make run` does, on ports and in a folder of its own.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { api } from './api.js';
import { Bench, type Part } from './bench.js';
import { gain } from './gain.js';
import { join as joinPart } from './join.js';
import { latency } from './latency.js';
import { describeMachine, keepToTwoCores, load } from './machine.js';
import { mediaLoss } from './media-loss.js';
import { pages } from './pages.js';
import { machineLine, type PartReport, tableOf, verdictOf } from './report.js';
import { rest } from './rest.js';
import { setup } from './setup.js';
import { talkers } from './talkers.js';

const parts: readonly Part[] = [rest, setup, joinPart, latency, talkers, gain, mediaLoss, api, pages];
const file = join(fileURLToPath(new URL('../../..', import.meta.url)), 'var', 'bench.json');

async function measure(part: Part, bench: Bench): Promise<PartReport> {
  const { name, title } = part;
  const before = load();
  const begun = performance.now();
  const report = (rest: Pick<PartReport, 'figures' | 'error' | 'details'>): PartReport => ({
    name,
    title,
    seconds: (performance.now() - begun) / 1000,
    load: before,
    ...rest,
  });
  try {
    return report(await part.run(bench));
  } catch (error) {
    return report({ figures: [], error: error instanceof Error ? error.message : String(error) });
  } finally {
    await bench.clear();
  }
}

async function main(names: readonly string[]): Promise<number> {
  const unknown = names.filter((name) => !parts.some((part) => part.name === name));
  if (unknown.length > 0) {
    console.error(
      `There is no part ${unknown.join(', ')}; there are ${parts.map(({ name }) => name).join(', ')}.`,
    );
    return 2;
  }
  keepToTwoCores();
  const machine = describeMachine();
  console.log(machineLine(machine));
  const begun = performance.now();
  const bench = new Bench((line) => console.log(`  ${line}`));
  let stopping = false;
  const stop = (sentence: string, code: number): void => {
    if (stopping) return;
    stopping = true;
    console.error(sentence);
    void bench.clear().then(() => process.exit(code));
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => stop('Stopping.', 130));
  // Also when nobody reads the report any more: a box must not be left behind.
  process.on('uncaughtException', (error) => stop(error.message, 1));
  const reports: PartReport[] = [];
  for (const part of parts) {
    if (names.length > 0 && !names.includes(part.name)) continue;
    console.log(`Measuring ${part.title}.`);
    const report = await measure(part, bench);
    if (report.error !== undefined) console.error(`  not measured: ${report.error}`);
    reports.push(report);
  }
  const verdicts = reports.flatMap(({ figures }) => figures.map(verdictOf));
  const result = {
    date: new Date().toISOString(),
    machine,
    seconds: (performance.now() - begun) / 1000,
    parts: reports.map(({ figures, ...report }) => ({
      ...report,
      figures: figures.map((figure) => ({ ...figure, verdict: verdictOf(figure) })),
    })),
  };
  mkdirSync(join(file, '..'), { recursive: true, mode: 0o700 });
  writeFileSync(file, `${JSON.stringify(result, null, 2)}\n`);
  console.log(`\n${tableOf(reports)}\n`);
  const count = (verdict: string): number => verdicts.filter((one) => one === verdict).length;
  console.log(`${count('ok')} targets kept, ${count('MISSED')} missed; all figures are in var/bench.json.`);
  return reports.some(({ error }) => error !== undefined) ? 1 : 0;
}

process.exitCode = await main(process.argv.slice(2));
