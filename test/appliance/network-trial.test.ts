import t from 'tap';
import {
  networkRequestOf,
  nextTrial,
  provesReach,
  shownAnswer,
  stoppedTrial,
  trialSeconds,
  type NetworkAnswer,
  type NetworkSettings,
  type TrialEvent,
} from '../../src/appliance/index.js';

const old = { name: 'lobby' };
const fresh = { name: 'hall', fixed: { address: '10.0.0.5', prefix: 24, dns: [] } };
const [id, other] = ['0123456789abcdef', 'fedcba9876543210'];
const settled: NetworkAnswer = { settings: old, source: 'text' };
const tried = () => nextTrial(settled, { kind: 'try', id, settings: fresh }, 100);
const begin = () => nextTrial(tried().answer, { kind: 'applied' }, 103);

void t.test('what is new is on trial, and the old is what is in force for good', (t) => {
  t.strictSame(tried(), {
    answer: { settings: old, source: 'text', trial: { id, settings: fresh, until: 100 + trialSeconds } },
    act: 'apply',
  });
  t.match(begin(), { answer: { trial: { applied: true, until: 100 + trialSeconds } } });
  t.strictSame(nextTrial(tried().answer, { kind: 'keep', id }, 101), { answer: tried().answer });
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
  t.strictSame(networkRequestOf({ kind: 'try', id, settings: fresh }, old), {
    kind: 'try',
    id,
    settings: fresh,
  });
  t.strictSame(networkRequestOf({ kind: 'keep', id, settings: 1 }, old), { kind: 'keep', id });
  const wrong: unknown[] = [
    undefined,
    7,
    { kind: 'keep' },
    { kind: 'keep', id: '../../../etc/x' },
    { kind: 'reboot', id },
    { kind: 'try', id },
    { kind: 'try', id, settings: { name: 'a b' } },
  ];
  for (const value of wrong) t.equal(networkRequestOf(value, old), undefined, JSON.stringify(value));
  t.end();
});

void t.test('a Wi-Fi goes on with the key that it has, and with no other', (t) => {
  const key = 'a'.repeat(64);
  const present = { name: 'lobby', wifi: { name: 'Office', key } };
  const asked = (wifi: unknown, inForce: NetworkSettings = present) =>
    networkRequestOf({ kind: 'try', id, settings: { name: 'lobby', wifi } }, inForce);
  t.match(asked({ name: 'Office', key: true, country: 'DE' }), {
    settings: { wifi: { name: 'Office', key, country: 'DE' } },
  });
  t.match(asked({ name: 'Guests', key: 'b'.repeat(64) }), { settings: { wifi: { key: 'b'.repeat(64) } } });
  t.equal(asked({ name: 'Guests', key: true }), undefined, 'a key belongs to its name');
  t.equal(asked({ name: 'Office', key: true }, { name: 'lobby' }), undefined);
  t.equal(asked({ name: 'Office', key: true }, { name: 'lobby', wifi: { name: 'Office' } }), undefined);
  t.end();
});

void t.test('the application is told that there is a key, and not which', (t) => {
  const key = 'a'.repeat(64);
  const settings = { name: 'lobby', wifi: { name: 'Office', key } };
  const last = { id, settings, returned: 'asked' } as const;
  const answer = { settings, source: 'page', trial: { id, settings, until: 7 }, last } as const;
  const known = { name: 'lobby', wifi: { name: 'Office', key: true } } as const;
  t.strictSame(shownAnswer(answer), {
    settings: known,
    source: 'page',
    trial: { id, settings: known, until: 7 },
    last: { id, settings: known, returned: 'asked' },
  });
  const open: NetworkAnswer = { settings: { name: 'lobby', wifi: { name: 'Guests' } }, source: 'text' };
  t.strictSame(shownAnswer(open), open);
  t.strictSame(shownAnswer(settled), settled);
  t.end();
});

void t.test('only who comes by the new address, once it is in force, proves that it is reached', (t) => {
  const trial = { id, settings: fresh, until: 200, applied: true } as const;
  t.ok(provesReach(trial, '10.0.0.5'));
  t.ok(provesReach(trial, '::ffff:10.0.0.5'));
  t.notOk(provesReach({ id, settings: fresh, until: 200 }, '10.0.0.5'), 'the old settings may have it too');
  for (const other of ['10.0.0.6', '127.0.0.1', '169.254.1.1', '']) t.notOk(provesReach(trial, other), other);
  const dhcp = { ...trial, settings: { name: 'a' } };
  t.ok(provesReach(dhcp, '192.168.1.7'));
  for (const other of ['127.0.0.1', '169.254.1.1', '::1', '']) t.notOk(provesReach(dhcp, other), other);
  const wifi = { ...trial, settings: { ...fresh, wifi: { name: 'Office' } } };
  t.ok(provesReach(wifi, '10.0.0.5'));
  t.ok(provesReach(wifi, '192.168.1.7'), 'that of the Wi-Fi');
  t.notOk(provesReach(wifi, '169.254.1.1'));
  t.end();
});
