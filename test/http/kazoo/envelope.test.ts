// The wrapping of requests and answers.
import t from 'tap';
import {
  errorEnvelope,
  gregorianSeconds,
  parseBody,
  readEnvelope,
  successEnvelope,
} from '../../../src/http/kazoo/envelope.js';
import { systemError, validationError } from '../../../src/http/kazoo/errors.js';
import { startMs } from '../phoneless-box.js';
import { Api } from './api.js';

const circumstances = {
  box: { name: 'box', address: '192.0.2.1', sipPort: 5060, version: '1.2.3' },
  requestId: 'r'.repeat(32),
  now: startMs + 678,
  authToken: 'T',
};

const signature = {
  timestamp: '2026-01-02T03:04:05Z',
  version: '1.2.3',
  node: 'partyline@box',
  request_id: 'r'.repeat(32),
  auth_token: 'T',
};

void t.test('success, with a revision or without, with a page or without', (t) => {
  t.strictSame(successEnvelope({ data: [1] }, circumstances), {
    data: [1],
    revision: 'automatic',
    ...signature,
    status: 'success',
  });
  t.match(successEnvelope({ data: {}, revision: '3-x', page: { page_size: 2 } }, circumstances), {
    revision: '3-x',
    page_size: 2,
  });
  t.end();
});

void t.test('errors: of the system, of a field', (t) => {
  t.strictSame(errorEnvelope(systemError('bad_identifier', { cause: 'x' }), circumstances), {
    data: { message: 'bad identifier', cause: 'x' },
    error: '404',
    message: 'bad_identifier',
    ...signature,
    status: 'error',
  });
  const error = validationError([
    { field: 'member.pins.0', rule: 'pattern', message: 'no', target: '^[0-9]+$', value: '12a' },
    { field: 'member.pins.0', rule: 'maxLength', message: 'long' },
    { field: '', rule: 'type', message: 'what' },
  ]);
  t.match(errorEnvelope(error, circumstances), { error: '400', message: 'validation error' });
  t.strictSame(errorEnvelope(error, circumstances).data, {
    'member.pins.0': {
      pattern: { message: 'no', target: '^[0-9]+$', value: '12a' },
      maxLength: { message: 'long' },
    },
    data: { type: { message: 'what' } },
  });
  t.end();
});

void t.test('what a request says', (t) => {
  t.strictSame(readEnvelope(undefined), {});
  t.strictSame(readEnvelope({ data: 1, verb: 'PUT' }), { data: 1, verb: 'PUT' });
  t.throws(() => readEnvelope([]), { message: 'parse_error' });
  t.throws(() => readEnvelope('text'), { message: 'parse_error' });
  t.equal(parseBody('  '), undefined);
  t.throws(() => parseBody('{'), { message: 'parse_error' });
  t.end();
});

void t.test('Gregorian seconds', (t) => {
  t.equal(gregorianSeconds(0), 62_167_219_200);
  t.equal(gregorianSeconds(1_468_000_000_999), 63_635_219_200);
  t.end();
});

void t.test('every answer carries the envelope, and the token that was used', async (t) => {
  const api = await Api.start(t);
  const { body, headers } = await api.get('/accounts/{A}/conferences');
  t.match(body, {
    data: [],
    status: 'success',
    revision: 'automatic',
    timestamp: '2026-01-02T03:04:05Z',
    version: '1.2.3',
    node: 'partyline@box',
    request_id: /^[0-9a-f]{32}$/,
    auth_token: api.token,
  });
  t.equal(headers['x-request-id'], body.request_id);
  t.equal(headers['cache-control'], 'no-store');
  t.match(headers['content-type'], /^application\/json/);
});
