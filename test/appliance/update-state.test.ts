import t from 'tap';
import {
  endOf,
  firstState,
  mayBegin,
  mayCancel,
  nextUpdate,
  percentOf,
  updateRequestOf,
  type UpdateAnswer,
  type UpdateRecord,
  type UpdateState,
} from '../../src/appliance/index.js';
import type { UpdateEvent } from '../../src/appliance/update-state.js';

const id = '0123456789abcdef';
const version = '2.0.0';

function run(state: UpdateState, ...events: UpdateEvent[]): string[] {
  const kinds: string[] = [];
  for (const event of events) {
    state = nextUpdate(state, event);
    kinds.push(state.kind === 'waiting' ? `waiting for ${state.before}` : state.kind);
  }
  return kinds;
}

const answer = (answer: UpdateAnswer, calls = 0): UpdateEvent => ({ kind: 'answer', answer, calls });
const fetched: UpdateEvent[] = [
  { kind: 'begin', source: 'file' },
  { kind: 'fetched', bytes: 10 },
  { kind: 'complete' },
  answer({ kind: 'verified', id, version }),
];

void t.test('the way of an update while nobody calls', (t) => {
  t.strictSame(
    run(
      { kind: 'idle' },
      ...fetched,
      { kind: 'install', quiet: true, calls: 0 },
      { kind: 'backed-up' },
      answer({ kind: 'installing', id, version, percent: 40 }),
      answer({ kind: 'installed', id, version }),
    ),
    ['fetching', 'fetching', 'verifying', 'ready', 'backing-up', 'installing', 'installing', 'restarting'],
  );
  t.end();
});

void t.test('calls are waited for before the installing and before the restart', (t) => {
  t.strictSame(
    run(
      { kind: 'ready', version },
      { kind: 'install', quiet: true, calls: 2 },
      { kind: 'calls', calls: 1 },
      { kind: 'calls', calls: 0 },
      { kind: 'backed-up' },
      answer({ kind: 'installed', id, version }, 1),
      { kind: 'calls', calls: 1 },
      { kind: 'calls', calls: 0 },
    ),
    [
      ...['waiting for install', 'waiting for install', 'backing-up', 'installing'],
      ...['waiting for restart', 'waiting for restart', 'restarting'],
    ],
  );
  t.end();
});

void t.test('or not, when an admin says so', (t) => {
  t.strictSame(
    run(
      { kind: 'ready', version },
      { kind: 'install', quiet: false, calls: 2 },
      { kind: 'backed-up' },
      answer({ kind: 'installed', id, version }, 2),
    ),
    ['backing-up', 'installing', 'restarting'],
  );
  t.strictSame(
    run({ kind: 'waiting', version, before: 'install' }, { kind: 'hurry' }, { kind: 'backed-up' }),
    ['backing-up', 'installing'],
  );
  t.strictSame(run({ kind: 'waiting', version, before: 'restart' }, { kind: 'hurry' }), ['restarting']);
  t.end();
});

const states: UpdateState[] = [
  { kind: 'idle' },
  { kind: 'fetching', source: 'file', bytes: 0 },
  { kind: 'verifying' },
  { kind: 'ready', version },
  { kind: 'waiting', version, before: 'install' },
  { kind: 'waiting', version, before: 'restart' },
  { kind: 'backing-up', version, quiet: true },
  { kind: 'installing', version, quiet: true, percent: 3 },
  { kind: 'restarting', version },
  { kind: 'ended', end: { kind: 'proving', id, version, from: '1.0.0' } },
  { kind: 'ended', end: { kind: 'kept', id, version, from: '1.0.0' } },
  { kind: 'ended', end: { kind: 'returned', id, version, from: '1.0.0' } },
  { kind: 'refused', why: 'signature' },
];

void t.test('a second update begins only where none is on its way', (t) => {
  for (const state of states) {
    const next = nextUpdate(state, { kind: 'begin', source: 'other' });
    t.equal(next !== state, mayBegin(state), JSON.stringify(state));
  }
  t.equal(states.filter(mayBegin).length, 4);
  t.end();
});

void t.test('it is cancelled as long as nothing is installed', (t) => {
  for (const state of states) {
    const next = nextUpdate(state, { kind: 'cancel' });
    t.equal(next !== state && next.kind === 'idle', mayCancel(state), JSON.stringify(state));
  }
  t.equal(states.filter(mayCancel).length, 4);
  t.end();
});

void t.test('what has no place in a state changes nothing', (t) => {
  const strays: UpdateEvent[] = [
    { kind: 'complete' },
    { kind: 'backed-up' },
    { kind: 'hurry' },
    { kind: 'calls', calls: 0 },
    { kind: 'install', quiet: false, calls: 0 },
    answer({ kind: 'verified', id, version }),
    answer({ kind: 'installed', id, version }),
    answer({ kind: 'kept', id, version, from: '1.0.0' }),
    { kind: 'refuse', why: 'backup' },
  ];
  for (const state of [{ kind: 'idle' }, { kind: 'refused', why: 'time' }] as const)
    for (const event of strays) t.equal(nextUpdate(state, event), state, `${state.kind}: ${event.kind}`);
  t.end();
});

void t.test('a bad file, a failure and a silence are told with their reason', (t) => {
  t.match(nextUpdate({ kind: 'verifying' }, answer({ kind: 'bad', id, why: 'product' })), {
    kind: 'refused',
    why: 'product',
  });
  const installing = { kind: 'installing', version, quiet: true, percent: 3 } as const;
  t.match(nextUpdate(installing, answer({ kind: 'failed', id, detail: 'No space' })), {
    kind: 'refused',
    why: 'install',
    detail: 'No space',
  });
  t.match(nextUpdate(installing, { kind: 'refuse', why: 'silent' }), { kind: 'refused', why: 'silent' });
  t.end();
});

void t.test('an application that comes up shows what root is at', (t) => {
  const end = { kind: 'kept', id, version, from: '1.0.0' } as const;
  t.strictSame(firstState(undefined), { kind: 'idle' });
  t.strictSame(firstState({ kind: 'verified', id, version }), { kind: 'idle' });
  t.match(firstState({ kind: 'installing', id, version, percent: 7 }), { kind: 'installing', percent: 7 });
  t.match(firstState({ kind: 'installed', id, version }), { kind: 'waiting', before: 'restart' });
  t.strictSame(firstState(end), { kind: 'ended', end });
  const proving = { kind: 'ended', end: { ...end, kind: 'proving' } } as const;
  t.strictSame(nextUpdate(proving, answer(end)), { kind: 'ended', end });
  t.end();
});

void t.test('after the restart the slot that runs says what became of it', (t) => {
  const record: UpdateRecord = { id, version, from: '1.0.0', slot: 'A', installed: true };
  const kind = (record: UpdateRecord, slot: string, healthy = false) => endOf(record, { slot, healthy }).kind;
  t.equal(kind(record, 'B'), 'proving');
  t.equal(kind(record, 'B', true), 'kept');
  t.equal(kind(record, 'A'), 'returned');
  t.equal(kind({ ...record, installed: false }, 'A'), 'interrupted');
  t.match(endOf(record, { slot: 'A', healthy: false, detail: 'no SIP' }), {
    kind: 'returned',
    detail: 'no SIP',
  });
  const kept = { ...record, end: endOf(record, { slot: 'B', healthy: true }) };
  t.equal(kind(kept, 'B'), 'kept', 'also at later starts, before they are healthy');
  t.equal(kind(kept, 'A'), 'returned', 'given up after it was kept');
  const returned = { ...record, end: endOf(record, { slot: 'A', healthy: false }) };
  t.equal(kind(returned, 'A', true), 'returned');
  t.end();
});

void t.test('requests and lines of progress', (t) => {
  t.strictSame(updateRequestOf({ kind: 'install', id, file: '/etc/shadow' }), { kind: 'install', id });
  for (const wrong of [
    undefined,
    'install',
    { kind: 'install' },
    { kind: 'constructor', id },
    { kind: 'work', id },
  ])
    t.equal(updateRequestOf(wrong), undefined, JSON.stringify(wrong) ?? 'undefined');
  t.equal(percentOf(' 40% Verifying signature done.'), 40);
  t.equal(percentOf('100% Installing done.'), 100);
  for (const line of ['installing', 'LastError: 5% off', '', '1000% x'])
    t.equal(percentOf(line), undefined, line);
  t.end();
});
