// Why a call of ours was not answered.
import t from 'tap';
import { reasonOf } from '../../src/calls/invited-call.js';

void t.test('the reason by the status of the answer', (t) => {
  const reason = (status: number, rang = false) => reasonOf({ status, rang });
  t.equal(reason(486), 'busy');
  t.equal(reason(600), 'busy');
  t.equal(reason(480), 'no-answer');
  t.equal(reason(408, true), 'no-answer');
  t.equal(reason(408), 'unreachable', 'nothing ever came back');
  t.equal(reason(0), 'unreachable', 'it could not be sent');
  t.equal(reason(503), 'unreachable');
  t.equal(reason(404), 'not-found');
  t.equal(reason(488), 'no-codec');
  for (const status of [401, 403, 407, 603, 302]) t.equal(reason(status), 'rejected');
  t.end();
});
