import t from 'tap';
import { longestPin, roleByPin, roleWithoutPin } from '../../src/reception/pins.js';
import { documentWith } from '../conference/documents.js';

const both = documentWith({ member: { pins: ['1111', '5555'] }, moderator: { pins: ['222222', '5555'] } });
const moderatorsOnly = documentWith({ moderator: { pins: ['2222'] } });
const none = documentWith();

void t.test('where no PIN is needed', (t) => {
  t.equal(roleWithoutPin(none, 'member'), 'member');
  t.equal(roleWithoutPin(none, 'moderator'), 'moderator');
  t.equal(roleWithoutPin(none, 'conference'), 'member');
  t.equal(roleWithoutPin(moderatorsOnly, 'member'), 'member');
  t.equal(roleWithoutPin(moderatorsOnly, 'moderator'), undefined);
  t.equal(roleWithoutPin(moderatorsOnly, 'conference'), undefined);
  t.equal(roleWithoutPin(both, 'member'), undefined);
  t.end();
});

void t.test('the role by PIN', (t) => {
  t.equal(roleByPin(both, 'member', '1111'), 'member');
  t.equal(roleByPin(both, 'member', '222222'), undefined, "a member's number takes no moderator's PIN");
  t.equal(roleByPin(both, 'moderator', '222222'), 'moderator');
  t.equal(roleByPin(both, 'moderator', '1111'), undefined);
  t.equal(roleByPin(both, 'moderator', '5555'), 'moderator');
  t.equal(roleByPin(both, 'conference', '1111'), 'member');
  t.equal(roleByPin(both, 'conference', '222222'), 'moderator');
  t.equal(roleByPin(both, 'conference', '5555'), 'member', 'in both lists: member');
  for (const wrong of ['', '1', '111', '11111', '1112', '0111', '2222222', '1111111111111111']) {
    t.equal(roleByPin(both, 'conference', wrong), undefined, `'${wrong}'`);
  }
  t.equal(roleByPin(moderatorsOnly, 'conference', ''), 'member', 'no entry, and members need no PIN');
  t.equal(roleByPin(moderatorsOnly, 'conference', '3333'), undefined);
  t.equal(roleByPin(moderatorsOnly, 'moderator', ''), undefined);
  t.equal(
    roleByPin(documentWith({ member: { pins: [''] } }), 'member', ''),
    undefined,
    'an empty PIN is none',
  );
  t.end();
});

void t.test('the longest PIN that could be right', (t) => {
  t.equal(longestPin(both, 'member'), 4);
  t.equal(longestPin(both, 'moderator'), 6);
  t.equal(longestPin(both, 'conference'), 6);
  t.equal(longestPin(documentWith({ member: { pins: ['1'.repeat(20)] } }), 'member'), 16);
  t.end();
});
