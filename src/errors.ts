// The one list of errors that a person or a client can meet: a code that never changes, the HTTP status the APIs
// answer with, and a sentence that says what to do. Each API words its own envelope around them.

/** HTTP status and sentence of every code; `%s` takes the argument given to the error. */
const catalogue = {
  SETTING_INVALID: { status: 500, message: '%s' },
  NOT_FOUND: { status: 404, message: '%s was not found.' },
  VALIDATION: { status: 400, message: 'The request is not valid: %s.' },
  CONFLICT: { status: 409, message: '%s was changed by somebody else meanwhile; read it again.' },
  IN_USE: { status: 409, message: '%s' },
  TOO_LARGE: { status: 413, message: '%s' },
  UNAVAILABLE: { status: 503, message: '%s is not available now; try again in a moment.' },
} as const;

export type ErrorCode = keyof typeof catalogue;

/** An error with a code of the catalogue; `detail` completes its sentence. */
export class PartylineError extends Error {
  readonly code: ErrorCode;
  readonly status: number;

  constructor(code: ErrorCode, detail: string) {
    super(catalogue[code].message.replace('%s', detail));
    this.name = 'PartylineError';
    this.code = code;
    this.status = catalogue[code].status;
  }
}

/** A setting that is missing or wrong; the message is one sentence that names it. */
export class SettingsError extends PartylineError {
  constructor(sentence: string) {
    super('SETTING_INVALID', sentence);
    this.name = 'SettingsError';
  }
}

/** The text of anything that was thrown. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
