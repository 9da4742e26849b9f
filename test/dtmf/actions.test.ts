import t from 'tap';
import { actionNamed, actionSpellings } from '../../src/dtmf/index.js';

void t.test('every spelling is understood, in any case and spacing', (t) => {
  for (const spelling of actionSpellings) {
    const name = actionNamed(spelling);
    t.ok(name, spelling);
    t.equal(actionNamed(` ${spelling.toUpperCase().replaceAll(' ', '_')} `), name);
  }
  t.equal(actionNamed('mute on'), 'mute');
  t.equal(actionNamed('mute'), 'mute-toggle', "FreeSWITCH's mute is a toggle");
  t.equal(actionNamed('energy dn'), 'sensitivity-up', 'a lower threshold hears more');
  t.end();
});

void t.test('what is unknown', (t) => {
  for (const spelling of ['', 'vmute', 'transfer', 'toString', '__proto__'])
    t.equal(actionNamed(spelling), undefined);
  t.end();
});
