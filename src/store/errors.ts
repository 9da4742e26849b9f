// What the store can refuse. Each says in its message what to do; the APIs word their envelopes from the fields.
import { messageOf, PartylineError } from '../errors.js';
import type { FieldError } from '../conference/validation.js';
import { sqliteCode } from './database.js';

/** Somebody else changed the document since it was read; `current` is the revision it has now. */
export class ConflictError extends PartylineError {
  readonly current: number;

  constructor(id: string, current: number) {
    super('CONFLICT', `Conference ${id}`);
    this.name = 'ConflictError';
    this.current = current;
  }
}

/** Numbers of a document that already lead somewhere else. */
export class NumbersInUseError extends PartylineError {
  /** In the order of the document, each once. */
  readonly numbers: readonly string[];

  constructor(numbers: readonly string[]) {
    super('VALIDATION', `already in use: ${numbers.join(', ')}`);
    this.name = 'NumbersInUseError';
    this.numbers = numbers;
  }
}

/** A sound that conferences play. */
export class SoundInUseError extends PartylineError {
  /** Of some of those conferences; '' = it has none. */
  readonly names: readonly string[];

  constructor(names: readonly string[]) {
    const list = names.map((name) => name || 'a conference without a name').join(', ');
    super('IN_USE', `The sound is played by ${list}.`);
    this.name = 'SoundInUseError';
    this.names = names;
  }
}

/** A patched document breaks the rules; `errors` names every field. */
export class InvalidDocumentError extends PartylineError {
  readonly errors: readonly FieldError[];

  constructor(errors: readonly FieldError[]) {
    super('VALIDATION', errors.map(({ field, message }) => `${field}: ${message}`).join('; '));
    this.name = 'InvalidDocumentError';
    this.errors = errors;
  }
}

/** SQLite's names for a storage that does not take a write now: locked too long, full, failing, read-only. */
const storageFaults = new Set([
  'SQLITE_BUSY',
  'SQLITE_FULL',
  'SQLITE_IOERR',
  'SQLITE_READONLY',
  'SQLITE_CANTOPEN',
]);

/** The storage did not take a change; nothing of it has been stored. */
export class StorageError extends PartylineError {
  constructor(cause: unknown) {
    super('UNAVAILABLE', `The storage (${messageOf(cause)})`);
    this.name = 'StorageError';
    this.cause = cause;
  }
}

/** The result of a write; a fault of the storage becomes a StorageError. */
export async function stored<T>(write: Promise<T>): Promise<T> {
  try {
    return await write;
  } catch (error) {
    throw storageFaults.has(sqliteCode(error) ?? '') ? new StorageError(error) : error;
  }
}

/** What is wrong with the database file. */
export type FileProblem =
  | 'damaged' // not a database any more, or pages of it do not fit together
  | 'foreign' // a database, but not one of ours
  | 'newer' // written by a later release
  | 'not-migrated' // cannot be brought to the shape this release needs
  | 'in-use' // another box has it open
  | 'unreachable'; // cannot be opened or made

/** The database cannot be used; the message names the file and says what to do. */
export class StoreFileError extends Error {
  readonly file: string;
  readonly problem: FileProblem;

  constructor(file: string, problem: FileProblem, sentence: string, cause?: unknown) {
    super(sentence, { cause });
    this.name = 'StoreFileError';
    this.file = file;
    this.problem = problem;
  }
}
