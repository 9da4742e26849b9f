import t from 'tap';
import { builtInGroups, controlGroupFor, parseGroup, type ControlGroup } from '../../src/dtmf/index.js';
import { documentWith } from '../conference/documents.js';

const table = (group: ControlGroup) => group.map(({ digits, action }) => `${digits} ${action.name}`);

void t.test('the default group: twelve keys', (t) => {
  t.strictSame(table(builtInGroups.get('default') ?? []).sort(), [
    '# leave',
    '* deaf-mute-toggle',
    '0 mute-toggle',
    '1 talk-down',
    '2 talk-reset',
    '3 talk-up',
    '4 listen-down',
    '5 listen-reset',
    '6 listen-up',
    '7 sensitivity-up',
    '8 sensitivity-reset',
    '9 sensitivity-down',
  ]);
  t.end();
});

void t.test('the star group', (t) => {
  t.strictSame(table(builtInGroups.get('star') ?? []), [
    '*1 mute-toggle',
    '*2 mute',
    '*3 unmute',
    '*4 deaf-toggle',
    '*5 deaf',
    '*6 undeaf',
    '# leave',
  ]);
  t.end();
});

void t.test('questions: a key to ask, the same key to give the floor', (t) => {
  const asked = table(builtInGroups.get('questions') ?? []);
  t.strictSame(asked, [...table(builtInGroups.get('star') ?? []), '*9 raise-hand-toggle']);
  t.ok(table(builtInGroups.get('questions-moderator') ?? []).includes('*9 next-speaker'));
  t.end();
});

void t.test('a group as a document brings it', (t) => {
  const { group, problems } = parseGroup([
    { action: 'mute', digits: '*1' },
    { action: 'MUTE  ON', digits: '*2' },
    { action: 'vol talk dn', digits: 1 },
    { action: 'energy up', digits: '9' },
    { action: 'dial-out', digits: '*8', data: 4711 },
    { action: 'hangup', digits: '#', extra: true },
    { action: 'mute', digits: '*a' },
    { action: 'transfer', digits: '5' },
    { action: 'mute', digits: '*1' },
    { action: 'mute', digits: '' },
    { action: 'mute', digits: '123456789' },
    { action: 'mute', digits: '1x' },
    { digits: '3' },
    null,
    'text',
  ]);
  t.strictSame(group, [
    { digits: '*1', action: { name: 'mute-toggle' } },
    { digits: '*2', action: { name: 'mute' } },
    { digits: '1', action: { name: 'talk-down' } },
    { digits: '9', action: { name: 'sensitivity-down' } },
    { digits: '*8', action: { name: 'dial-out', data: '4711' } },
    { digits: '#', action: { name: 'leave' } },
    { digits: '*A', action: { name: 'mute-toggle' } },
  ]);
  t.equal(problems.length, 8);
  t.match(problems[0], /Entry 7: the action/);
  t.match(problems[1], /Entry 8: these digits are used twice/);
  t.end();
});

void t.test('a group that is none, or too much', (t) => {
  for (const value of [undefined, null, 'mute', { action: 'mute', digits: '1' }]) {
    t.strictSame(parseGroup(value).group, []);
    t.equal(parseGroup(value).problems.length, 1);
  }
  const many = Array.from({ length: 100 }, (_, index) => ({ action: 'mute', digits: String(index) }));
  t.equal(parseGroup(many).group.length, 64);
  t.end();
});

void t.test('whose keys do what', (t) => {
  const name = (wish: Parameters<typeof documentWith>[0], role: 'member' | 'moderator') => {
    const group = controlGroupFor(documentWith(wish), role);
    for (const [known, builtIn] of builtInGroups) if (builtIn === group) return known;
    return table(group).join();
  };
  t.equal(name({}, 'member'), 'default');
  t.equal(name({}, 'moderator'), 'default');
  t.equal(name({ caller_controls: 'star' }, 'member'), 'star');
  t.equal(name({ caller_controls: 'star' }, 'moderator'), 'star', 'moderators follow the members');
  t.equal(
    name({ caller_controls: 'star', moderator_controls: 'star-moderator' }, 'moderator'),
    'star-moderator',
  );
  t.equal(name({ moderator_controls: 'star' }, 'member'), 'default');
  t.equal(name({ profile: { 'caller-controls': 'none' } }, 'member'), 'none');
  t.equal(name({ profile: { 'caller-controls': 'none' }, caller_controls: 'star' }, 'member'), 'star');
  t.equal(name({ profile: { 'moderator-controls': 'star' }, caller_controls: 'none' }, 'moderator'), 'star');
  t.equal(name({ profile_name: 'page' }, 'member'), 'none');
  t.equal(name({ caller_controls: 'no such group' }, 'member'), 'default');
  t.equal(name({ caller_controls: 'constructor', controls: {} }, 'member'), 'default');
  const controls = { mine: [{ action: 'hangup', digits: '**' }], default: [{ action: 'deaf', digits: '1' }] };
  t.equal(name({ caller_controls: 'mine', controls }, 'member'), '** leave');
  t.equal(name({ controls }, 'member'), '1 deaf-toggle', 'a document may replace the default');
  t.end();
});
