// What a command prints: results on standard output, everything else on standard error, so that a script can take the
// one and a person sees the other. Text by default, JSON with --json; one value for each command.
import type { CliError } from './errors.js';

export interface Writer {
  write(text: string): unknown;
}

export interface OutputOptions {
  readonly json: boolean;
  readonly out: Writer;
  readonly err: Writer;
}

export class Output {
  private readonly options: OutputOptions;

  constructor(options: OutputOptions) {
    this.options = options;
  }

  /** The result of the command: as JSON, or as these lines. */
  result(value: unknown, lines: readonly string[]): void {
    const { json, out } = this.options;
    out.write(json ? `${JSON.stringify(value, undefined, 2)}\n` : asLines(lines));
  }

  /** For the person at the terminal; a script that wants JSON gets none of it. */
  note(line: string): void {
    if (!this.options.json) this.options.err.write(asLines([line]));
  }

  error(error: CliError): void {
    const { json, err } = this.options;
    const { message, exitCode, faults } = error;
    if (json) {
      err.write(
        `${JSON.stringify({ error: { message, exit_code: exitCode, fields: faults } }, undefined, 2)}\n`,
      );
    } else {
      err.write(
        asLines([message, ...faults.map((fault) => `  ${fault.field || 'document'}: ${fault.message}`)]),
      );
    }
  }
}

/** Columns of equal width, the last one open; with a line of heads when there is any row. */
export function table(heads: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const all = [heads, ...rows].map((row) => row.map(printable));
  const widths = heads.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  return all.map((row) =>
    row
      .map((cell, column) => (column === heads.length - 1 ? cell : cell.padEnd(widths[column]!)))
      .join('  ')
      .trimEnd(),
  );
}

/** UTC, to the second; '-' for never. */
export function timeText(at: number | undefined): string {
  return at === undefined ? '-' : new Date(at).toISOString().replace(/\.\d+Z$/, 'Z');
}

/** As timeText, for JSON: null for never. */
export function timeJson(at: number | undefined): string | null {
  return at === undefined ? null : new Date(at).toISOString();
}

/** Names come from whoever may use the APIs; none of them may move the cursor of an admin's terminal. */
function printable(text: string): string {
  // eslint-disable-next-line no-control-regex
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g, '?');
}

function asLines(lines: readonly string[]): string {
  return lines
    .flatMap((line) => line.split('\n'))
    .map((line) => `${printable(line)}\n`)
    .join('');
}
