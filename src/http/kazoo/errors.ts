// Every error that Kazoo's API can answer with, in Kazoo's words, and how what is thrown anywhere in the box becomes one
// of them. A fault of ours tells the client nothing but that it was one; the log has the rest.
import type { FieldError } from '../../conference/validation.js';
import { PartylineError } from '../../errors.js';
import { ConflictError, InvalidDocumentError, NumbersInUseError } from '../../store/index.js';
import { refusedStatus } from '../fault.js';

/** HTTP status and sentence of each of Kazoo's system errors; the last four are not Kazoo's. */
const systemErrors = {
  parse_error: { status: 400, sentence: 'failed to parse request body' },
  invalid_credentials: { status: 401, sentence: 'invalid credentials' },
  forbidden: { status: 403, sentence: 'forbidden' },
  bad_identifier: { status: 404, sentence: 'bad identifier' },
  not_found: { status: 404, sentence: 'not found' },
  faulty_request: { status: 404, sentence: 'faulty request' },
  invalid_method: { status: 405, sentence: 'method not allowed' },
  datastore_conflict: { status: 409, sentence: 'conflicting documents' },
  too_many_requests: { status: 429, sentence: 'too many requests' },
  unspecified_fault: { status: 500, sentence: 'unspecified fault' },
  datastore_unreachable: { status: 503, sentence: 'datastore timeout' },
  request_too_large: { status: 413, sentence: 'request body is too large' },
  unsupported_media_type: { status: 415, sentence: 'unsupported media type' },
  uri_too_long: { status: 414, sentence: 'request address is too long' },
  bad_request: { status: 400, sentence: 'bad request' },
} as const;

export type SystemError = keyof typeof systemErrors;

/** An answer that is an error: `kind` goes into `message`, `data` says more. */
export class KazooError extends Error {
  readonly status: number;
  /** `bad_identifier` and so on, or `validation error`. */
  readonly kind: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    kind: string,
    data: Readonly<Record<string, unknown>>,
    headers: Readonly<Record<string, string>> = {},
  ) {
    super(kind);
    this.name = 'KazooError';
    this.status = status;
    this.kind = kind;
    this.data = data;
    this.headers = headers;
  }
}

/** @param more what is told beside the sentence, as `{ cause: 'the id' }` */
export function systemError(
  kind: SystemError,
  more: Readonly<Record<string, unknown>> = {},
  headers: Readonly<Record<string, string>> = {},
): KazooError {
  const { status, sentence } = systemErrors[kind];
  return new KazooError(status, kind, { message: sentence, ...more }, headers);
}

/** 400, each field by its path with dots, then by the rule it breaks. */
export function validationError(errors: readonly FieldError[]): KazooError {
  const byField = new Map<string, Map<string, Record<string, unknown>>>();
  for (const { field, rule, ...rest } of errors) {
    const name = field || 'data';
    const rules = byField.get(name) ?? new Map<string, Record<string, unknown>>();
    rules.set(rule, rest);
    byField.set(name, rules);
  }
  const data = Object.fromEntries([...byField].map(([field, rules]) => [field, Object.fromEntries(rules)]));
  return new KazooError(400, 'validation error', data);
}

/** 429; Retry-After in whole seconds. */
export function tooManyRequests(retryAfterMs: number): KazooError {
  return systemError('too_many_requests', {}, { 'retry-after': String(Math.ceil(retryAfterMs / 1000)) });
}

/** The Kazoo error for anything that was thrown; undefined = a fault of ours, to be logged. */
export function kazooErrorOf(thrown: unknown): KazooError | undefined {
  if (thrown instanceof KazooError) return thrown;
  if (thrown instanceof ConflictError) return systemError('datastore_conflict');
  if (thrown instanceof InvalidDocumentError) return validationError(thrown.errors);
  if (thrown instanceof NumbersInUseError) {
    const cause = thrown.numbers.join(', ');
    return validationError([{ field: 'numbers', rule: 'unique', message: 'Numbers already in use', cause }]);
  }
  if (thrown instanceof PartylineError) return systemErrorOf(thrown);
  return requestErrorOf(thrown);
}

function systemErrorOf({ code, message }: PartylineError): KazooError | undefined {
  switch (code) {
    case 'NOT_FOUND':
      return systemError('bad_identifier');
    case 'CONFLICT':
      return systemError('datastore_conflict');
    case 'IN_USE':
      return systemError('datastore_conflict', { cause: message });
    case 'TOO_LARGE':
      return systemError('request_too_large', { cause: message });
    case 'UNAVAILABLE':
      return systemError('datastore_unreachable');
    case 'VALIDATION':
      return validationError([{ field: '', rule: 'invalid', message }]);
    case 'SETTING_INVALID':
      return undefined;
  }
}

function requestErrorOf(thrown: unknown): KazooError | undefined {
  const status = refusedStatus(thrown);
  if (status === undefined) return undefined;
  if (status === 413) return systemError('request_too_large');
  if (status === 414) return systemError('uri_too_long');
  return systemError('bad_request');
}
