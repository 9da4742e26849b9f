// Reading numbers off a document and merging patches into it: the merge takes what comes from the network.
import t from 'tap';
import { emptyDocument, profileOf } from '../../src/conference/defaults.js';
import { numbersOf, patchDocument, summarize } from '../../src/conference/document.js';

const document = {
  ...emptyDocument(),
  name: 'Sales',
  member: { join_muted: true, join_deaf: false, numbers: ['100'], pins: ['1234'] },
  moderator: { join_muted: false, join_deaf: false, numbers: ['200'], pins: [] },
  conference_numbers: ['300', '301'],
  ui_metadata: { origin: 'elsewhere' },
};

void t.test('numbers come with the list they stand in', (t) => {
  t.same(numbersOf(document), [
    { number: '100', listedIn: 'member' },
    { number: '200', listedIn: 'moderator' },
    { number: '300', listedIn: 'conference' },
    { number: '301', listedIn: 'conference' },
  ]);
  t.end();
});

void t.test('a summary names no PIN', (t) => {
  const summary = summarize(document);
  t.match(summary, { name: 'Sales', memberPin: true, moderatorPin: false, maxParticipants: 0 });
  t.notMatch(JSON.stringify(summary), '1234');
  t.end();
});

void t.test('a patch merges objects, replaces arrays, and null removes', (t) => {
  const before = JSON.stringify(document);
  const patched = patchDocument(document, {
    name: null,
    member: { join_muted: false, pins: ['1', '2'], extra: { a: 1, b: null } },
    conference_numbers: [],
    profile: { interval: 20 },
    never: null,
  });
  t.same(patched, {
    ...emptyDocument(),
    member: { join_muted: false, join_deaf: false, numbers: ['100'], pins: ['1', '2'], extra: { a: 1 } },
    moderator: document.moderator,
    conference_numbers: [],
    ui_metadata: { origin: 'elsewhere' },
    profile: { interval: 20 },
  });
  t.equal(JSON.stringify(document), before, 'the document itself is left alone');
  t.end();
});

void t.test('an object takes the place of what is no object, and the other way round', (t) => {
  t.same(patchDocument({ a: 'text', b: { c: 1 }, d: [1] }, { a: { x: 1 }, b: 2, d: { e: 1 } }), {
    a: { x: 1 },
    b: 2,
    d: { e: 1 },
  });
  t.end();
});

void t.test('no patch reaches a prototype', (t) => {
  const attacks = [
    '{"__proto__": {"polluted": true}}',
    '{"member": {"__proto__": {"polluted": true}}}',
    '{"constructor": {"prototype": {"polluted": true}}}',
    '{"toString": {"polluted": true}, "hasOwnProperty": {"polluted": true}}',
  ];
  for (const attack of attacks) {
    const patched = patchDocument(document, JSON.parse(attack) as Record<string, unknown>);
    t.equal(({} as Record<string, unknown>).polluted, undefined, attack);
    t.equal(patched.polluted, undefined);
    t.equal(Object.getPrototypeOf(patched), Object.prototype);
    t.equal(Object.getPrototypeOf(patched.member), Object.prototype);
    t.equal((Object.prototype.toString as unknown as Record<string, unknown>).polluted, undefined);
  }
  t.end();
});

void t.test('a patch that is nested without end is refused', (t) => {
  let deep: Record<string, unknown> = {};
  for (let level = 0; level < 10_000; level++) deep = { deep };
  t.throws(() => patchDocument(document, deep), RangeError);
  t.end();
});

void t.test("a document's own profile keys win over the profile it names", (t) => {
  t.equal(profileOf(document)['alone-sound'], 'conf-alone');
  t.match(profileOf({ ...document, profile_name: 'page', profile: { interval: 40 } }), {
    'caller-controls': 'paging',
    interval: 40,
  });
  t.equal(profileOf({ ...document, profile_name: 'nowhere' })['caller-controls'], 'default');
  t.end();
});
