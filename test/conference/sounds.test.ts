import t from 'tap';
import {
  comfortNoisePeakOf,
  energyLevelOf,
  limitOf,
  prompt,
  sequence,
  soundOf,
  soundsOf,
  spokenNumber,
} from '../../src/conference/index.js';
import { documentWith } from './documents.js';

void t.test('a sound as a document writes it', (t) => {
  const cases: [string, unknown][] = [
    ['tone_stream://%(300,0,523,659)', { kind: 'tone', tone: '%(300,0,523,659)' }],
    ['v=-7;%(300,0,440)', { kind: 'tone', tone: 'v=-7;%(300,0,440)' }],
    ['%(300,0,440);loops=2', { kind: 'tone', tone: '%(300,0,440);loops=2' }],
    ['silence_stream://1', undefined],
    ['', undefined],
    ['  ', undefined],
    ['$${hold_music}', { kind: 'music' }],
    ['local_stream://moh', { kind: 'music' }],
    ['conf-alone', prompt('conf-alone')],
    ['prompt://system_media/conf-alone/en-us', prompt('conf-alone')],
    ['prompt://conf-alone', prompt('conf-alone')],
    ['http://box/ring.wav', { kind: 'media', id: 'http://box/ring.wav' }],
    ['0123456789abcdef0123456789abcdef', { kind: 'media', id: '0123456789abcdef0123456789abcdef' }],
    ['../../etc/passwd', { kind: 'media', id: '../../etc/passwd' }],
  ];
  for (const [text, sound] of cases) t.strictSame(soundOf(text), sound, text || 'empty');
  t.end();
});

void t.test('the default profile names the sounds of an empty document', (t) => {
  const sounds = soundsOf(documentWith());
  t.strictSame(sounds.welcome, prompt('conf-welcome'));
  t.strictSame(sounds.alone, prompt('conf-alone'));
  t.strictSame(sounds.music, { kind: 'music' });
  t.strictSame(sounds.muted, prompt('conf-muted'));
  t.strictSame(sounds.unmuted, prompt('conf-unmuted'));
  t.strictSame(sounds.joinedMuted, prompt('conf-you_are_muted'));
  t.strictSame(sounds.deaf, prompt('conf-deaf'));
  t.strictSame(sounds.undeaf, prompt('conf-undeaf'));
  t.strictSame(sounds.entryPrompt, prompt('conf-joining_conference'));
  t.strictSame(sounds.full, prompt('conf-max_participants'));
  t.strictSame(sounds.locked, prompt('conf-locked'), 'who meets the lock is told of the lock');
  t.match(sounds.entryTone, { kind: 'tone', tone: /523,659/ });
  t.match(sounds.exitTone, { kind: 'tone', tone: /523,440/ });
  t.end();
});

void t.test('the document goes before the profile, the profile before the default', (t) => {
  const profile = {
    'enter-sound': '%(1,0,1)',
    'max-members-sound': 'conf-blocked',
    'muted-sound': 'conf-kicked',
  };
  t.strictSame(soundsOf(documentWith({ profile })).entryTone, { kind: 'tone', tone: '%(1,0,1)' });
  t.strictSame(soundsOf(documentWith({ profile, play_entry_tone: true })).entryTone, {
    kind: 'tone',
    tone: '%(1,0,1)',
  });
  t.strictSame(soundsOf(documentWith({ profile, play_entry_tone: '%(2,0,2)' })).entryTone, {
    kind: 'tone',
    tone: '%(2,0,2)',
  });
  t.equal(soundsOf(documentWith({ profile, play_entry_tone: false })).entryTone, undefined);
  t.equal(soundsOf(documentWith({ play_exit_tone: false })).exitTone, undefined);
  t.strictSame(soundsOf(documentWith({ profile })).full, prompt('conf-blocked'));
  t.strictSame(
    soundsOf(documentWith({ profile, max_members_media: 'conf-ended' })).full,
    prompt('conf-ended'),
  );
  t.strictSame(soundsOf(documentWith({ profile })).muted, prompt('conf-kicked'));
  t.strictSame(soundsOf(documentWith({ profile })).joinedMuted, prompt('conf-kicked'));
  t.equal(soundsOf(documentWith({ play_welcome: false })).welcome, undefined);
  t.equal(soundsOf(documentWith({ member: { play_entry_prompt: false } })).entryPrompt, undefined);
  t.strictSame(
    soundsOf(documentWith({ profile: { 'locked-sound': 'conf-goodbye' } })).locked,
    prompt('conf-goodbye'),
  );
  t.end();
});

void t.test("every sound of a profile: the document's own, then that of the profile that it names", (t) => {
  const keys = {
    'alone-sound': 'alone',
    'deaf-sound': 'deaf',
    'enter-sound': 'entryTone',
    'exit-sound': 'exitTone',
    'locked-sound': 'locked',
    'max-members-sound': 'full',
    'member-enter-sound': 'entryPrompt',
    'moh-sound': 'music',
    'muted-sound': 'muted',
    'undeaf-sound': 'undeaf',
    'unmuted-sound': 'unmuted',
  } as const;
  const refusals: string[] = ['locked', 'full'];
  for (const [key, sound] of Object.entries(keys)) {
    const own = { profile: { [key]: 'conf-goodbye' } };
    t.strictSame(soundsOf(documentWith(own))[sound], prompt('conf-goodbye'), key);
    const overPage = documentWith({ ...own, profile_name: 'page' });
    t.strictSame(soundsOf(overPage)[sound], prompt('conf-goodbye'), `${key} over a silent profile`);
    const silenced = soundsOf(documentWith({ profile: { [key]: '' } }))[sound];
    t.equal(silenced !== undefined, refusals.includes(sound), `${key}: an empty text is silence`);
  }
  t.end();
});

void t.test('the page profile is silent, but not its refusals', (t) => {
  const sounds = soundsOf(documentWith({ profile_name: 'page' }));
  for (const key of [
    'entryTone',
    'exitTone',
    'music',
    'alone',
    'muted',
    'joinedMuted',
    'entryPrompt',
  ] as const) {
    t.equal(sounds[key], undefined, key);
  }
  t.ok(sounds.full);
  t.ok(sounds.locked);
  t.end();
});

void t.test('limits and levels', (t) => {
  t.equal(limitOf(documentWith()), 0);
  t.equal(limitOf(documentWith({ max_participants: 0 })), 0);
  t.equal(limitOf(documentWith({ max_participants: 3 })), 3);
  t.equal(limitOf(documentWith({ profile: { 'max-members': 5 } })), 5);
  t.equal(limitOf(documentWith({ max_participants: 3, profile: { 'max-members': 5 } })), 3);
  t.equal(energyLevelOf(documentWith()), 0);
  t.equal(energyLevelOf(documentWith({ profile: { 'energy-level': 300 } })), 300);
  t.end();
});

void t.test('numbers are spoken digit by digit', (t) => {
  t.strictSame(spokenNumber(0), prompt('digit-0'));
  t.strictSame(spokenNumber(-4), sequence([prompt('negative'), prompt('digit-4')]));
  t.strictSame(spokenNumber(12), sequence([prompt('digit-1'), prompt('digit-2')]));
  t.strictSame(spokenNumber(-0), prompt('digit-0'));
  t.throws(() => spokenNumber(NaN), RangeError);
  t.end();
});

void t.test('a sound that may be missing names what is heard instead', (t) => {
  const id = '0123456789abcdef0123456789abcdef';
  const media = (instead: unknown) => ({ kind: 'media', id, instead });
  const keys = ['alone-sound', 'moh-sound', 'muted-sound', 'max-members-sound', 'locked-sound'];
  const sounds = soundsOf(
    documentWith({ profile: Object.fromEntries(keys.map((key) => [key, id])), play_exit_tone: id }),
  );
  t.strictSame(sounds.alone, media(prompt('conf-alone')));
  t.strictSame(sounds.music, media({ kind: 'music' }));
  t.strictSame(sounds.muted, media(prompt('conf-muted')));
  t.strictSame(sounds.joinedMuted, media(prompt('conf-you_are_muted')));
  t.strictSame(sounds.full, media(prompt('conf-max_participants')));
  t.strictSame(sounds.locked, media(prompt('conf-locked')));
  t.match(sounds.exitTone, media({ kind: 'tone' }));
  t.strictSame(
    soundsOf(documentWith({ max_members_media: id })).full,
    media(prompt('conf-max_participants')),
  );
  t.strictSame(
    soundsOf(documentWith({ profile_name: 'page', profile: { 'moh-sound': id } })).music,
    { kind: 'media', id },
    'where silence is the default',
  );
  t.end();
});

void t.test('comfort noise: none by itself, softer with a higher number, never loud', (t) => {
  const peakOf = (level: number) => comfortNoisePeakOf(documentWith({ profile: { 'comfort-noise': level } }));
  t.equal(comfortNoisePeakOf(documentWith({})), 0);
  t.equal(comfortNoisePeakOf(documentWith({ profile_name: 'page' })), 0);
  t.equal(peakOf(0), 0);
  t.equal(peakOf(1000), 32.768);
  t.equal(peakOf(10_000), 3.2768);
  for (const level of [1, 50, 99]) t.equal(peakOf(level), 328, `${level} would hurt`);
  t.end();
});
