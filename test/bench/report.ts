// The table that a person reads.
import type { Figure } from './bench.js';
import type { Machine } from './machine.js';
import { keeps, rounded } from './statistics.js';

export interface PartReport {
  readonly name: string;
  readonly title: string;
  readonly figures: readonly Figure[];
  /** Why the part could not be measured. */
  readonly error?: string;
  readonly seconds: number;
  /** Load average of the machine before the part; see load(). */
  readonly load: readonly number[];
  readonly details?: unknown;
}

/** 'ok', 'MISSED', or nothing where nothing is asked for. */
export function verdictOf({ value, target }: Figure): string {
  if (!target) return '';
  return keeps(value, target) ? 'ok' : 'MISSED';
}

function targetOf({ target, unit }: Figure): string {
  if (target?.atMost !== undefined) return `at most ${target.atMost} ${unit}`;
  if (target?.atLeast !== undefined) return `at least ${target.atLeast} ${unit}`;
  return '';
}

export function machineLine(machine: Machine): string {
  const { cores, coresUsed, cpu, memory, node, rtpengine } = machine;
  const used = cores === coresUsed ? `${cores} cores` : `${coresUsed} of ${cores} cores`;
  return `${used} of ${cpu}, ${Math.round(memory)} GB, node ${node}, rtpengine ${rtpengine}`;
}

/** what, figure, target, verdict; one line for each figure, under the title of its part. */
export function tableOf(reports: readonly PartReport[]): string {
  const rows = reports.flatMap(({ figures }) =>
    figures.map((figure) => ({
      what: figure.what,
      figure: `${rounded(figure.value)} ${figure.unit}`,
      target: targetOf(figure),
      verdict: verdictOf(figure),
    })),
  );
  const widthOf = (key: 'what' | 'figure' | 'target', least: number): number =>
    Math.max(least, ...rows.map((row) => row[key].length));
  const widths = { what: widthOf('what', 4), figure: widthOf('figure', 6), target: widthOf('target', 6) };
  const line = (what: string, figure: string, target: string, rest: string): string =>
    `  ${what.padEnd(widths.what)}  ${figure.padStart(widths.figure)}  ${target.padEnd(widths.target)}  ${rest}`.trimEnd();
  const out = [line('what', 'figure', 'target', '')];
  for (const report of reports) {
    out.push('', `${report.title} (load average before: ${report.load.join(' ')})`);
    if (report.error !== undefined) out.push(`  NOT MEASURED: ${report.error}`);
    for (const figure of report.figures) {
      const verdict = [verdictOf(figure), figure.note && `(${figure.note})`].filter(Boolean).join(' ');
      const value = `${rounded(figure.value)} ${figure.unit}`;
      out.push(line(figure.what, value, targetOf(figure), verdict));
    }
  }
  return out.join('\n');
}
