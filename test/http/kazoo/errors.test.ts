// What is thrown anywhere becomes an error of Kazoo's.
import t from 'tap';
import { PartylineError, SettingsError } from '../../../src/errors.js';
import { kazooErrorOf, tooManyRequests } from '../../../src/http/kazoo/errors.js';
import {
  ConflictError,
  InvalidDocumentError,
  NumbersInUseError,
  StorageError,
} from '../../../src/store/index.js';

const cases: [string, unknown, Record<string, unknown>][] = [
  ['not found', new PartylineError('NOT_FOUND', 'x'), { status: 404, kind: 'bad_identifier' }],
  ['conflict', new ConflictError('x', 2), { status: 409, kind: 'datastore_conflict' }],
  ['id taken', new PartylineError('CONFLICT', 'x'), { status: 409, kind: 'datastore_conflict' }],
  ['storage', new StorageError(new Error('full')), { status: 503, kind: 'datastore_unreachable' }],
  ['validation', new PartylineError('VALIDATION', 'x'), { status: 400, kind: 'validation error' }],
  [
    'numbers',
    new NumbersInUseError(['3001', '3002']),
    {
      status: 400,
      kind: 'validation error',
      data: { numbers: { unique: { message: 'Numbers already in use', cause: '3001, 3002' } } },
    },
  ],
  [
    'document',
    new InvalidDocumentError([{ field: 'name', rule: 'minLength', message: 'short', target: 1 }]),
    { data: { name: { minLength: { message: 'short', target: 1 } } } },
  ],
  ['too large', { statusCode: 413 }, { status: 413, kind: 'request_too_large' }],
  ['too long', { statusCode: 414 }, { status: 414, kind: 'uri_too_long' }],
  ['anything else of the request', { statusCode: 400 }, { status: 400, kind: 'bad_request' }],
];

for (const [name, thrown, wanted] of cases) {
  void t.test(name, (t) => {
    t.match(kazooErrorOf(thrown), wanted);
    t.end();
  });
}

void t.test('faults of ours are none of the client', (t) => {
  for (const thrown of [new Error('x'), new SettingsError('x'), { statusCode: 500 }, undefined, 'text']) {
    t.equal(kazooErrorOf(thrown), undefined);
  }
  t.end();
});

void t.test('when to come back', (t) => {
  t.match(tooManyRequests(1001), { status: 429, kind: 'too_many_requests', headers: { 'retry-after': '2' } });
  t.end();
});
