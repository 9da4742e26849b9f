// How a command ends when it does not end well: an exit code for scripts, a sentence for people, and the fields at fault.
import type { FieldError } from '../conference/index.js';
import { messageOf, PartylineError } from '../errors.js';
import { InvalidDocumentError, NumbersInUseError, StoreFileError } from '../store/index.js';

/** Part of the interface: scripts depend on them, see docs/command-line.md. */
export const exitCodes = { ok: 0, failed: 1, usage: 2, notFound: 3, conflict: 4 } as const;
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** A fault of one field, without what was given: that may be a PIN. */
export interface Fault {
  /** As in the document, 'member.pins.0'; '' = the whole. */
  readonly field: string;
  readonly message: string;
}

export class CliError extends Error {
  readonly exitCode: ExitCode;
  readonly faults: readonly Fault[];

  constructor(exitCode: ExitCode, sentence: string, faults: readonly Fault[] = []) {
    super(sentence);
    this.name = 'CliError';
    this.exitCode = exitCode;
    this.faults = faults;
  }
}

export function usageError(sentence: string): CliError {
  return new CliError(exitCodes.usage, sentence);
}

/** The faults a field each, none of them with what was given. */
export function invalid(what: string, errors: readonly FieldError[]): CliError {
  const faults = errors.map(({ field, message }) => ({ field, message }));
  return new CliError(exitCodes.failed, `${what} is not valid.`, faults);
}

/** Anything that was thrown, as the end of a command. */
export function cliError(thrown: unknown): CliError {
  if (thrown instanceof CliError) return thrown;
  if (thrown instanceof NumbersInUseError) return new CliError(exitCodes.conflict, sentenceOf(thrown));
  if (thrown instanceof InvalidDocumentError) return invalid('What was given', thrown.errors);
  if (thrown instanceof StoreFileError) {
    const code = thrown.problem === 'in-use' ? exitCodes.conflict : exitCodes.failed;
    return new CliError(code, thrown.message);
  }
  if (thrown instanceof PartylineError) return new CliError(codeOf(thrown), sentenceOf(thrown));
  return systemError(thrown);
}

function codeOf({ code }: PartylineError): ExitCode {
  if (code === 'NOT_FOUND') return exitCodes.notFound;
  if (code === 'CONFLICT') return exitCodes.conflict;
  return code === 'SETTING_INVALID' ? exitCodes.usage : exitCodes.failed;
}

/** The sentence without what only makes sense for a request. */
function sentenceOf(error: PartylineError): string {
  return error.message.replace(/^The request is not valid: /, 'This cannot be done: ');
}

/** Node's words for a file that is not there, or may not be read, are not for people. */
function systemError(thrown: unknown): CliError {
  const { code, path } = (thrown ?? {}) as { code?: unknown; path?: unknown };
  if (typeof path !== 'string') return new CliError(exitCodes.failed, messageOf(thrown));
  if (code === 'ENOENT') return new CliError(exitCodes.notFound, `${path} was not found.`);
  if (code === 'EEXIST') return new CliError(exitCodes.conflict, `${path} exists already.`);
  if (code === 'EACCES') return new CliError(exitCodes.failed, `${path} may not be used by this user.`);
  if (code === 'EISDIR') return new CliError(exitCodes.failed, `${path} is a folder.`);
  return new CliError(exitCodes.failed, messageOf(thrown));
}
