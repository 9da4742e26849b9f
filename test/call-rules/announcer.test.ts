import t from 'tap';
import { announcedLanguageOf, Announcer } from '../../src/calls/index.js';
import type { Conference, Sound } from '../../src/conference/index.js';

void t.test('a sentence is spoken, prepared and played; to nobody it is not spoken', async (t) => {
  const said: string[] = [];
  const played: Sound[] = [];
  const targets: unknown[] = [];
  let somebody = true;
  const announcer = new Announcer({
    control: {
      find: () => (somebody ? ({ member: (id) => (id === 7 ? {} : undefined) } as Conference) : undefined),
      play: (_id, target, sound) => {
        targets.push(target);
        played.push(sound);
        return { started: Promise.resolve(true), done: Promise.resolve('finished'), stop: () => undefined };
      },
    },
    speech: {
      file: (sentence, { language }) => {
        said.push(`${language}: ${sentence}`);
        return Promise.resolve('spoken.wav');
      },
    },
    sounds: { prepared: (file) => Promise.resolve(`${file}.au`) },
  });
  t.equal(await announcer.say('c', 'all', 'Guten Tag', 'de'), true);
  t.same(said, ['de: Guten Tag']);
  t.same(played, [{ kind: 'file', path: 'spoken.wav.au' }]);
  t.equal(await announcer.say('c', 7, 'Psst', 'en'), true);
  t.same(targets, ['all', 7]);
  t.equal(await announcer.say('c', 8, 'Psst', 'en'), false, 'that one has left');
  somebody = false;
  t.equal(await announcer.say('c', 'all', 'Anybody?', 'en'), false);
  t.equal(said.length, 2);
});

void t.test('the voice is that of the conference’s language, or the English one', (t) => {
  t.equal(announcedLanguageOf('de-at'), 'de');
  t.equal(announcedLanguageOf('FR'), 'fr');
  t.equal(announcedLanguageOf('pl'), 'en');
  t.equal(announcedLanguageOf(undefined), 'en');
  t.end();
});
