// What may become a conference document: Kazoo's rules in Kazoo's words, its defaults, and bounds for what the network
// sends.
import t from 'tap';
import { documentLimits, validateConference, type FieldError } from '../../src/conference/validation.js';

function faults(input: unknown): readonly FieldError[] {
  const result = validateConference(input);
  return result.ok ? [] : result.errors;
}

void t.test('an empty document gets all defaults', (t) => {
  const input = {};
  t.same(validateConference(input), {
    ok: true,
    document: {
      conference_numbers: [],
      member: { join_deaf: false, join_muted: true, numbers: [], pins: [] },
      moderator: { join_deaf: false, join_muted: false, numbers: [], pins: [] },
      play_name: false,
    },
  });
  t.same(input, {}, 'the input is left alone');
  t.end();
});

void t.test('defaults fill gaps only, and two documents share nothing', (t) => {
  const first = validateConference({ member: { join_muted: false, pins: ['1'] } });
  const second = validateConference({});
  if (!first.ok || !second.ok) throw new Error('refused');
  t.same(first.document.member, { join_deaf: false, join_muted: false, numbers: [], pins: ['1'] });
  t.not(first.document.conference_numbers, second.document.conference_numbers);
  t.not(first.document.moderator, second.document.moderator);
  t.end();
});

void t.test('unknown keys are kept, private ones are not', (t) => {
  const result = validateConference({
    id: 'a'.repeat(32),
    _read_only: { members: 1 },
    pvt_type: 'conference',
    ui_metadata: { ui: 'monster', list: [1, 'a', true, null] },
    member: { extra: 1, _inner: 2 },
  });
  if (!result.ok) throw new Error('refused');
  t.same(Object.keys(result.document).sort(), [
    'conference_numbers',
    'member',
    'moderator',
    'play_name',
    'ui_metadata',
  ]);
  t.same(result.document.ui_metadata, { ui: 'monster', list: [1, 'a', true, null] });
  t.match(result.document.member, { extra: 1, _inner: 2 });
  t.end();
});

void t.test('every rule in its words', (t) => {
  const cases: [unknown, FieldError][] = [
    [
      { member: { pins: ['12a'] } },
      {
        field: 'member.pins.0',
        rule: 'pattern',
        message: "Failed to match pattern '^[0-9]+$'",
        target: '^[0-9]+$',
        value: '12a',
      },
    ],
    [
      { conference_numbers: ['1', ''] },
      {
        field: 'conference_numbers.1',
        rule: 'pattern',
        message: "Failed to match pattern '^[0-9]+$'",
        target: '^[0-9]+$',
        value: '',
      },
    ],
    [
      { name: '' },
      {
        field: 'name',
        rule: 'minLength',
        message: 'String must be at least 1 characters',
        target: 1,
        value: '',
      },
    ],
    [
      { name: 'x'.repeat(129) },
      {
        field: 'name',
        rule: 'maxLength',
        message: 'String must not be more than 128 characters',
        target: 128,
        value: 'x'.repeat(129),
      },
    ],
    [
      { owner_id: 'short' },
      {
        field: 'owner_id',
        rule: 'minLength',
        message: 'String must be at least 32 characters',
        target: 32,
        value: 'short',
      },
    ],
    [
      { play_name: 'yes' },
      {
        field: 'play_name',
        rule: 'type',
        message: 'Value did not match type(s): boolean',
        target: 'boolean',
        value: 'yes',
      },
    ],
    [
      { play_entry_tone: 3 },
      {
        field: 'play_entry_tone',
        rule: 'type',
        message: 'Value did not match type(s): boolean, string',
        target: 'boolean, string',
        value: 3,
      },
    ],
    [
      { max_participants: 2.5 },
      {
        field: 'max_participants',
        rule: 'type',
        message: 'Value did not match type(s): integer',
        target: 'integer',
        value: 2.5,
      },
    ],
    [
      { max_participants: -1 },
      {
        field: 'max_participants',
        rule: 'minimum',
        message: 'Value must be at least 0',
        target: 0,
        value: -1,
      },
    ],
    [
      { profile: { 'energy-level': 1801 } },
      {
        field: 'profile.energy-level',
        rule: 'maximum',
        message: 'Value must be at most 1800',
        target: 1800,
        value: 1801,
      },
    ],
    [
      { profile: { rate: 11_025 } },
      {
        field: 'profile.rate',
        rule: 'enum',
        message: 'Value not found in enumerated list of values',
        target: [8000, 12_000, 16_000, 24_000, 32_000, 44_100, 48_000],
        value: 11_025,
      },
    ],
    [
      { moderator: { numbers: ['1', '1'] } },
      {
        field: 'moderator.numbers',
        rule: 'uniqueItems',
        message: 'List of items is not unique',
        value: ['1', '1'],
      },
    ],
    [
      { controls: { 'my.group': [{ digits: '1' }] } },
      {
        field: 'controls.my%2Egroup.0.action',
        rule: 'required',
        message: 'Field is required but missing',
      },
    ],
    [
      { conference_numbers: Array.from({ length: 1001 }, (_, index) => String(index)) },
      {
        field: 'conference_numbers',
        rule: 'maxItems',
        message: 'The list is more than 1000 items',
        target: 1000,
      },
    ],
    ['text', { field: '', rule: 'type', message: 'Value did not match type(s): object', target: 'object' }],
    [
      { member: { numbers: ['5'] }, conference_numbers: ['4', '5'] },
      {
        field: 'conference_numbers.1',
        rule: 'unique',
        message: 'Numbers already in use',
        value: '5',
        cause: '5',
      },
    ],
  ];
  for (const [input, expected] of cases)
    t.same(faults(input), [expected], expected.field + ' ' + expected.rule);
  t.end();
});

void t.test('limits of the profile', (t) => {
  const good = { 'comfort-noise': 10_000, 'energy-level': 0, interval: 10, 'max-members': 2, rate: 8000 };
  t.equal(validateConference({ profile: good }).ok, true);
  for (const [key, value] of [
    ['comfort-noise', -1],
    ['comfort-noise', 10_001],
    ['energy-level', -1],
    ['interval', 9],
    ['interval', 121],
    ['max-members', 1],
    ['announce-count', 'many'],
    ['alone-sound', false],
  ] as const) {
    t.equal(faults({ profile: { ...good, [key]: value } })[0]?.field, `profile.${key}`);
  }
  t.end();
});

void t.test('all faults are named, not only the first', (t) => {
  const fields = faults({
    name: '',
    member: { pins: ['x', 'y'], join_muted: 'no' },
    max_participants: 'ten',
  });
  t.same(fields.map(({ field }) => field).sort(), [
    'max_participants',
    'member.join_muted',
    'member.pins.0',
    'member.pins.1',
    'name',
  ]);
  t.end();
});

void t.test('a PIN of both roles is allowed: the member wins', (t) => {
  t.equal(validateConference({ member: { pins: ['1'] }, moderator: { pins: ['1'] } }).ok, true);
  t.end();
});

void t.test('the undocumented timeouts are allowed', (t) => {
  t.equal(validateConference({ pin_timeout: 8000, number_timeout: 8000 }).ok, true);
  t.equal(faults({ pin_timeout: 0 })[0]?.rule, 'minimum');
  t.end();
});

void t.test('what is too big, too deep or no JSON is refused without being looked through', (t) => {
  let deep: unknown = 1;
  for (let level = 0; level < 5000; level++) deep = { deep };
  const wide = Object.fromEntries(Array.from({ length: 200 }, (_, i) => [`k${i}`, Array(999).fill(1)]));
  const long = 'x'.repeat(documentLimits.text);
  const many = Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`k${i}`, long]));
  const cyclic: Record<string, unknown> = {};
  cyclic.self = cyclic;
  const cases: [unknown, string][] = [
    [{ deep }, 'maxDepth'],
    [cyclic, 'maxDepth'],
    [wide, 'maxSize'],
    [many, 'maxSize'],
    [{ ui: `${long}x` }, 'maxLength'],
    [{ ui: Array(1001).fill(0) }, 'maxItems'],
    [{ ui: NaN }, 'type'],
    [{ ui: () => 1 }, 'type'],
    [null, 'type'],
    [[], 'type'],
  ];
  for (const [input, rule] of cases) t.equal(faults(input)[0]?.rule, rule, rule);
  t.ok(
    faults({ ui: Array(1000).fill(Infinity) }).length <= documentLimits.errors,
    'the list of faults is bounded too',
  );
  t.end();
});

void t.test('keys that reach a prototype are left out', (t) => {
  const input = JSON.parse(
    '{"name": "A", "__proto__": {"x": 1}, "member": {"constructor": {"x": 1}}}',
  ) as unknown;
  const result = validateConference(input);
  if (!result.ok) throw new Error('refused');
  t.equal(result.document.x, undefined);
  t.same(Object.keys(result.document.member).sort(), ['join_deaf', 'join_muted', 'numbers', 'pins']);
  t.end();
});

void t.test('a part is checked as a part: no defaults, null for removal', (t) => {
  t.same(
    validateConference({ name: null, member: { pins: ['1'], extra: null }, id: 'x' }, { partial: true }),
    {
      ok: true,
      document: { name: null, member: { pins: ['1'], extra: null } },
    },
  );
  t.same(validateConference({}, { partial: true }), { ok: true, document: {} });
  const wrong = validateConference({ member: { pins: ['x'] } }, { partial: true });
  t.equal(wrong.ok, false);
  t.equal(faults({ name: null })[0]?.rule, 'type', 'in a whole document null is no text');
  t.end();
});
