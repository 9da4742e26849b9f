// Every error that Catapult's API can answer with, in Catapult's words, and how what is thrown anywhere in the box becomes
// one of them. A fault of ours tells the client nothing but that it was one; the log has the rest.
import { DialRefused, MeetingError, type DialRefusal, type MeetingFault } from '../../calls/index.js';
import { PartylineError } from '../../errors.js';
import { InvalidDocumentError, NumbersInUseError } from '../../store/index.js';
import { refusedStatus } from '../fault.js';

/** HTTP status and category of each code. */
const codes = {
  'validation-error': { status: 400, category: 'bad-request' },
  'callback-invalid-url': { status: 400, category: 'bad-request' },
  'bad-request': { status: 400, category: 'bad-request' },
  'user-access-denied': { status: 401, category: 'authorization' },
  'conference-max-members': { status: 403, category: 'limit' },
  'too-many-conferences': { status: 403, category: 'limit' },
  'too-many-calls': { status: 403, category: 'limit' },
  'too-many-sounds': { status: 403, category: 'limit' },
  'conference-error': { status: 403, category: 'forbidden' },
  'call-id-not-found': { status: 403, category: 'forbidden' },
  'invalid-call-state': { status: 403, category: 'forbidden' },
  'invalid-call-conference-id': { status: 403, category: 'forbidden' },
  'call-error': { status: 403, category: 'forbidden' },
  'media-invalid-url': { status: 403, category: 'forbidden' },
  'media-not-supported': { status: 403, category: 'forbidden' },
  'conference-not-found': { status: 404, category: 'not-found' },
  'conference-member-not-found': { status: 404, category: 'not-found' },
  'call-not-found': { status: 404, category: 'not-found' },
  'not-found': { status: 404, category: 'not-found' },
  'method-not-allowed': { status: 405, category: 'bad-request' },
  'duplicate-conference': { status: 409, category: 'conflict' },
  'conference-update-conflict': { status: 409, category: 'conflict' },
  'request-too-large': { status: 413, category: 'bad-request' },
  'rate-limit-reached': { status: 429, category: 'too-many-requests' },
  'unexpected-error': { status: 500, category: 'service-unavailable' },
  'service-unavailable': { status: 503, category: 'service-unavailable' },
} as const;

export type Code = keyof typeof codes;

export interface Detail {
  readonly name: string;
  readonly value: string;
}

/** An answer that is an error. */
export class CatapultError extends Error {
  readonly code: Code;
  readonly status: number;
  readonly details: readonly Detail[];
  readonly headers: Readonly<Record<string, string>>;

  /** @param sentence for people */
  constructor(
    code: Code,
    sentence: string,
    details: readonly Detail[] = [],
    headers: Readonly<Record<string, string>> = {},
  ) {
    super(sentence);
    this.name = 'CatapultError';
    this.code = code;
    this.status = codes[code].status;
    this.details = details;
    this.headers = headers;
  }

  body(): Record<string, unknown> {
    const { code, message, details } = this;
    return { category: codes[code].category, code, message, details };
  }
}

/** 400, naming the parameter. */
export function invalid(parameter: string, why: string): CatapultError {
  return new CatapultError('validation-error', `${parameter} ${why}`, [
    { name: 'parameter', value: parameter },
  ]);
}

const meetingCodes: Readonly<Record<MeetingFault, Code>> = {
  'no-meeting': 'conference-not-found',
  'no-member': 'conference-member-not-found',
  'no-call': 'call-id-not-found',
  'call-not-active': 'invalid-call-state',
  'call-in-conference': 'invalid-call-state',
  'call-of-other-conference': 'invalid-call-conference-id',
  'not-made-here': 'conference-error',
  over: 'conference-error',
  full: 'conference-max-members',
  'too-many': 'too-many-conferences',
  'too-many-sounds': 'too-many-sounds',
  'sound-not-fetched': 'media-invalid-url',
  'sound-unreadable': 'media-not-supported',
};

/** Of the request, where a fault is always that of one. */
const meetingParameters: Partial<Readonly<Record<MeetingFault, string>>> = {
  'sound-not-fetched': 'fileUrl',
  'sound-unreadable': 'fileUrl',
};

const dialCodes: Readonly<Record<DialRefusal, Code>> = {
  'bad-target': 'validation-error',
  'no-peer': 'call-error',
  'own-number': 'call-error',
  'no-conference': 'conference-error',
  'nobody-in': 'conference-error',
  'too-many': 'too-many-calls',
  'not-now': 'service-unavailable',
};

/** The Catapult error for anything that was thrown; undefined = a fault of ours, to be logged. */
export function catapultErrorOf(thrown: unknown): CatapultError | undefined {
  if (thrown instanceof CatapultError) return thrown;
  if (thrown instanceof MeetingError) {
    const parameter = meetingParameters[thrown.why];
    const details = parameter === undefined ? [] : [{ name: 'parameter', value: parameter }];
    return new CatapultError(meetingCodes[thrown.why], thrown.message, details);
  }
  if (thrown instanceof DialRefused) return new CatapultError(dialCodes[thrown.why], thrown.message);
  if (thrown instanceof NumbersInUseError) {
    const sentence = `${thrown.numbers.join(', ')} leads to a conference already`;
    return new CatapultError('duplicate-conference', sentence, [{ name: 'parameter', value: 'from' }]);
  }
  if (thrown instanceof InvalidDocumentError) {
    const [first] = thrown.errors;
    return invalid(first?.field ?? 'from', first?.message ?? 'is not valid');
  }
  if (thrown instanceof PartylineError) {
    if (thrown.code === 'CONFLICT') return new CatapultError('conference-update-conflict', thrown.message);
    if (thrown.code === 'UNAVAILABLE') return new CatapultError('service-unavailable', thrown.message);
    return undefined;
  }
  return requestErrorOf(thrown);
}

function requestErrorOf(thrown: unknown): CatapultError | undefined {
  const status = refusedStatus(thrown);
  if (status === undefined) return undefined;
  if (status === 413) return new CatapultError('request-too-large', 'the request body is too large');
  return new CatapultError('bad-request', 'the request cannot be read');
}
