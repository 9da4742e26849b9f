import t from 'tap';
import { announcedLanguageOf, Announcer } from '../../src/calls/index.js';
import type { Conference, Sound } from '../../src/conference/index.js';

void t.test('a sentence is spoken, prepared and played to all; to nobody it is not spoken', async (t) => {
  const said: string[] = [];
  const played: Sound[] = [];
  let somebody = true;
  const announcer = new Announcer({
    control: {
      find: () => (somebody ? ({} as Conference) : undefined),
      play: (_id, target, sound) => {
        t.equal(target, 'all');
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
  t.equal(await announcer.say('c', 'Guten Tag', 'de'), true);
  t.same(said, ['de: Guten Tag']);
  t.same(played, [{ kind: 'file', path: 'spoken.wav.au' }]);
  somebody = false;
  t.equal(await announcer.say('c', 'Anybody?', 'en'), false);
  t.equal(said.length, 1);
});

void t.test('the voice is that of the conference’s language, or the English one', (t) => {
  t.equal(announcedLanguageOf('de-at'), 'de');
  t.equal(announcedLanguageOf('FR'), 'fr');
  t.equal(announcedLanguageOf('pl'), 'en');
  t.equal(announcedLanguageOf(undefined), 'en');
  t.end();
});
