// What is thrown anywhere in the box, as Catapult's clients are told of it.
import t from 'tap';
import { DialRefused, MeetingError, type DialRefusal, type MeetingFault } from '../../../src/calls/index.js';
import { PartylineError } from '../../../src/errors.js';
import { catapultErrorOf } from '../../../src/http/catapult/errors.js';
import { InvalidDocumentError, NumbersInUseError } from '../../../src/store/index.js';
import { Api } from './api.js';

void t.test('faults of meetings', async (t) => {
  const expected: Record<MeetingFault, [number, string, string]> = {
    'no-meeting': [404, 'not-found', 'conference-not-found'],
    'no-member': [404, 'not-found', 'conference-member-not-found'],
    'no-call': [403, 'forbidden', 'call-id-not-found'],
    'call-not-active': [403, 'forbidden', 'invalid-call-state'],
    'call-in-conference': [403, 'forbidden', 'invalid-call-state'],
    'call-of-other-conference': [403, 'forbidden', 'invalid-call-conference-id'],
    'not-made-here': [403, 'forbidden', 'conference-error'],
    over: [403, 'forbidden', 'conference-error'],
    full: [403, 'limit', 'conference-max-members'],
    'too-many': [403, 'limit', 'too-many-conferences'],
    'too-many-sounds': [403, 'limit', 'too-many-sounds'],
    'sound-not-fetched': [403, 'forbidden', 'media-invalid-url'],
    'sound-unreadable': [403, 'forbidden', 'media-not-supported'],
  };
  for (const [why, [status, category, code]] of Object.entries(expected)) {
    const error = catapultErrorOf(new MeetingError(why as MeetingFault, 'a sentence'));
    t.match({ status: error?.status, ...error?.body() }, { status, category, code, message: 'a sentence' });
  }
});

void t.test('calls that are not placed', async (t) => {
  const expected: Record<DialRefusal, [number, string]> = {
    'bad-target': [400, 'validation-error'],
    'no-peer': [403, 'call-error'],
    'own-number': [403, 'call-error'],
    'no-conference': [403, 'conference-error'],
    'nobody-in': [403, 'conference-error'],
    'too-many': [403, 'too-many-calls'],
    'not-now': [503, 'service-unavailable'],
  };
  for (const [why, [status, code]] of Object.entries(expected)) {
    t.match(catapultErrorOf(new DialRefused(why as DialRefusal, 'a sentence')), { status, code });
  }
});

void t.test('what is stored', async (t) => {
  const parameter = [{ name: 'parameter', value: 'from' }];
  const field = { field: 'from', rule: 'x', message: 'is odd' };
  for (const [thrown, expected] of [
    [new NumbersInUseError(['1']), { status: 409, code: 'duplicate-conference', details: parameter }],
    [new InvalidDocumentError([field]), { status: 400, message: 'from is odd', details: parameter }],
    [new PartylineError('CONFLICT', 'It'), { status: 409, code: 'conference-update-conflict' }],
    [new PartylineError('UNAVAILABLE', 'It'), { status: 503, code: 'service-unavailable' }],
  ] as const) {
    t.match(catapultErrorOf(thrown), expected);
  }
  t.equal(catapultErrorOf(new Error('a fault of ours')), undefined);
});

void t.test('a fault of ours is logged and not told; a body that is too large', async (t) => {
  const api = await Api.start(t);
  api.meetings.get = () => Promise.reject(new Error('secret'));
  const reply = await api.get('/conferences/x');
  t.match(reply, { status: 500, body: { category: 'service-unavailable', code: 'unexpected-error' } });
  t.notMatch(reply.text, 'secret');
  t.match(api.logged.at(-1), { event: 'API request failed' });
  t.match(await api.post('/conferences', { from: '1', tag: 'x'.repeat(2_000_000) }), {
    status: 413,
    body: { code: 'request-too-large' },
  });
});
