import t from 'tap';
import { validateConference, type ConferenceDocument } from '../src/conference/index.js';
import { greeting } from '../src/greeting.js';

function document(wish: Record<string, unknown>): ConferenceDocument {
  const validated = validateConference(wish);
  if (!validated.ok) throw new Error('not valid');
  return validated.document;
}

const facts = {
  address: '192.0.2.1',
  sipPort: 5060,
  httpPort: 8000,
  demoMade: false,
  accessNumbers: ['3999'],
};

void t.test('says what to dial, and the PINs of the demo alone', async (t) => {
  const text = greeting({
    ...facts,
    demoMade: true,
    conferences: [
      document({
        name: 'Demo',
        conference_numbers: ['3000'],
        member: { pins: ['1234'] },
        moderator: { pins: ['9999'] },
      }),
      document({ name: 'Board', conference_numbers: ['4000'], member: { pins: ['735511'] } }),
      document({ member: { numbers: ['5000'] } }),
    ],
  }).join('\n');
  t.match(text, 'Ready. Phones dial sip:NUMBER@192.0.2.1\n');
  t.match(text, 'Demo conferences were made for you:');
  t.match(text, '  3000  "Demo"  PIN 1234, moderator PIN 9999');
  t.match(text, '  4000  "Board"  PIN (set)');
  t.notMatch(text, '735511');
  t.match(text, '  5000  "unnamed"  no PIN');
  t.match(text, '  3999  asks for the conference number');
  t.match(text, 'Web: http://192.0.2.1:8000/\n');
});

void t.test('an unusual port is part of the address, and many conferences are counted', async (t) => {
  const conferences = Array.from({ length: 7 }, (_, n) =>
    document({ name: `c${n}`, conference_numbers: [`60${n}`] }),
  );
  const text = greeting({ ...facts, sipPort: 5070, conferences }).join('\n');
  t.match(text, 'sip:NUMBER@192.0.2.1:5070');
  t.match(text, '  and 2 more');
});

void t.test(
  'the web page is told by HTTPS where there is, and the start code while there is no admin',
  async (t) => {
    const text = greeting({ ...facts, httpsPort: 8443, setupCode: 'ABCD-2345', conferences: [] }).join('\n');
    t.match(text, 'the start code is ABCD-2345');
    t.match(text, 'Web: https://192.0.2.1:8443/\n');
    t.notMatch(greeting({ ...facts, conferences: [] }).join('\n'), 'start code');
  },
);
