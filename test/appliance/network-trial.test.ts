import t from 'tap';
import {
  networkRequestOf,
  nextTrial,
  stoppedTrial,
  trialSeconds,
  type NetworkAnswer,
  type TrialEvent,
} from '../../src/appliance/index.js';

const old = { name: 'lobby' };
const fresh = { name: 'hall', fixed: { address: '10.0.0.5', prefix: 24, dns: [] } };
const [id, other] = ['0123456789abcdef', 'fedcba9876543210'];
const settled: NetworkAnswer = { settings: old, source: 'text' };
const begin = () => nextTrial(settled, { kind: 'try', id, settings: fresh }, 100);

void t.test('what is new is on trial, and the old is what is in force for good', (t) => {
  t.strictSame(begin(), {
    answer: { settings: old, source: 'text', trial: { id, settings: fresh, until: 100 + trialSeconds } },
    act: 'apply',
  });
  t.end();
});

void t.test('a trial ends in one of four ways', (t) => {
  const cases: [TrialEvent, number, NetworkAnswer, string][] = [
    [{ kind: 'keep', id }, 101, { settings: fresh, source: 'page', last: { id, settings: fresh } }, 'keep'],
    [
      { kind: 'return', id },
      101,
      { settings: old, source: 'text', last: { id, settings: fresh, returned: 'asked' } },
      'restore',
    ],
    [
      { kind: 'tick' },
      100 + trialSeconds,
      { settings: old, source: 'text', last: { id, settings: fresh, returned: 'unconfirmed' } },
      'restore',
    ],
    [
      { kind: 'failed' },
      101,
      { settings: old, source: 'text', last: { id, settings: fresh, returned: 'failed' } },
      'restore',
    ],
  ];
  for (const [event, now, answer, act] of cases)
    t.strictSame(nextTrial(begin().answer, event, now), { answer, act }, event.kind);
  t.end();
});

void t.test('nothing else ends it, and nothing happens without one', (t) => {
  const { answer } = begin();
  const events: [TrialEvent, number][] = [
    [{ kind: 'tick' }, 100 + trialSeconds - 1],
    [{ kind: 'keep', id: other }, 101],
    [{ kind: 'keep', id }, 100 + trialSeconds],
    [{ kind: 'return', id: other }, 101],
    [{ kind: 'try', id: other, settings: old }, 101],
  ];
  for (const [event, now] of events) t.strictSame(nextTrial(answer, event, now), { answer }, event.kind);
  for (const kind of ['keep', 'return'] as const)
    t.strictSame(nextTrial(settled, { kind, id }, 100), { answer: settled });
  t.strictSame(nextTrial(settled, { kind: 'tick' }, 1e9), { answer: settled });
  t.end();
});

void t.test('a trial that nobody watches any more is over', (t) => {
  t.strictSame(stoppedTrial(begin().answer), {
    settings: old,
    source: 'text',
    last: { id, settings: fresh, returned: 'stopped' },
  });
  t.end();
});

void t.test('a request is as it must be, or none', (t) => {
  t.strictSame(networkRequestOf({ kind: 'try', id, settings: fresh }), { kind: 'try', id, settings: fresh });
  t.strictSame(networkRequestOf({ kind: 'keep', id, settings: 1 }), { kind: 'keep', id });
  const wrong: unknown[] = [
    undefined,
    7,
    { kind: 'keep' },
    { kind: 'keep', id: '../../../etc/x' },
    { kind: 'reboot', id },
    { kind: 'try', id },
    { kind: 'try', id, settings: { name: 'a b' } },
  ];
  for (const value of wrong) t.equal(networkRequestOf(value), undefined, JSON.stringify(value));
  t.end();
});
