import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { access } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { SoundFiles } from '../../src/calls/sound-files.js';
import { silentLog } from '../../src/log.js';

const folder = mkdtempSync(join(tmpdir(), 'partyline-prompts-'));
t.teardown(() => rmSync(folder, { recursive: true, force: true }));
for (const [language, name] of [
  ['en', 'hello'],
  ['en', 'bye'],
  ['de', 'hello'],
] as const) {
  mkdirSync(join(folder, language), { recursive: true });
  writeFileSync(join(folder, language, `${name}.wav`), '');
}

const known = '0123456789abcdef0123456789abcdef';

function soundFiles() {
  const missing: unknown[] = [];
  const files = new SoundFiles({
    promptsFolder: folder,
    musicFile: '/music.wav',
    renderTone: (tone) =>
      tone === 'bad' ? Promise.reject(new Error('no tone')) : Promise.resolve(`/tone/${tone}`),
    prepare: async (file) => {
      if (file !== '/music.wav') await access(file);
      return file;
    },
    stored: (id) => Promise.resolve(id === known ? `/media/${id}.au` : undefined),
    fetched: (url, patienceMs) =>
      url.includes('down') ? Promise.reject(new Error('is down')) : Promise.resolve(`/fetched/${patienceMs}`),
    log: { ...silentLog, warn: (event, fields) => missing.push([event, fields]) },
  });
  return { files, missing };
}

void t.test('prompts in the language, or else in English', async (t) => {
  const { files, missing } = soundFiles();
  const hello = { kind: 'prompt', name: 'hello' } as const;
  t.strictSame(await files.files(hello), [join(folder, 'en', 'hello.wav')]);
  t.strictSame(await files.files(hello, 'de-de'), [join(folder, 'de', 'hello.wav')]);
  t.strictSame(await files.files(hello, 'DE_at'), [join(folder, 'de', 'hello.wav')]);
  t.strictSame(missing, []);
  t.strictSame(await files.files({ kind: 'prompt', name: 'bye' }, 'de'), [join(folder, 'en', 'bye.wav')]);
  for (const language of ['xx', 'xx-yy', 'xx', '../de', 'deutsch', '']) {
    t.strictSame(await files.files(hello, language), [join(folder, 'en', 'hello.wav')], language);
  }
  const told = 'prompts spoken in English instead';
  t.strictSame(
    missing,
    [
      [told, { language: 'de', prompt: 'bye' }],
      [told, { language: 'xx', prompt: 'hello' }],
      [told, { language: '../de', prompt: 'hello' }],
    ],
    'each language is told once',
  );
});

void t.test('what cannot be found is left out with a warning, and the rest is played', async (t) => {
  const { files, missing } = soundFiles();
  const sound = {
    kind: 'sequence',
    sounds: [
      { kind: 'prompt', name: 'hello' },
      { kind: 'prompt', name: 'nobody-has-this' },
      { kind: 'tone', tone: 'bad' },
      { kind: 'silence', ms: 300 },
      { kind: 'music' },
    ],
  } as const;
  t.strictSame(await files.files(sound), [join(folder, 'en', 'hello.wav'), '/tone/%(300,0,0)', '/music.wav']);
  t.equal(missing.length, 2);
});

void t.test('a name from a document is never a path', async (t) => {
  const { files } = soundFiles();
  for (const name of ['../en/hello', '/etc/passwd', 'a'.repeat(65), '']) {
    t.strictSame(await files.files({ kind: 'prompt', name }), []);
  }
});

void t.test('a recording that is dropped in later is found', async (t) => {
  const { files } = soundFiles();
  const late = { kind: 'prompt', name: 'late' } as const;
  t.strictSame(await files.files(late), []);
  writeFileSync(join(folder, 'en', 'late.wav'), '');
  t.strictSame(await files.files(late), [join(folder, 'en', 'late.wav')]);
});

void t.test('a sound that was given to the box, in every form that its id has', async (t) => {
  const { files, missing } = soundFiles();
  const account = 'f'.repeat(32);
  for (const id of [
    known,
    `/media/${known}`,
    `media/${known}`,
    `/${account}/${known}`,
    `${account}/${known}`,
  ]) {
    t.strictSame(await files.files({ kind: 'media', id }), [`/media/${known}.au`], id);
  }
  t.strictSame(await files.files({ kind: 'media', id: account }), []);
  t.equal(missing.length, 1);
});

void t.test('a sound of a web server; what is heard when there is none', async (t) => {
  const { files, missing } = soundFiles();
  const instead = { kind: 'prompt', name: 'hello' } as const;
  t.strictSame(await files.files({ kind: 'media', id: 'http://a/b.wav' }), ['/fetched/3000']);
  t.strictSame(await files.files({ kind: 'media', id: 'HTTPS://a/b' }, 'en', 100), ['/fetched/100']);
  t.strictSame(await files.files({ kind: 'media', id: 'http://down/?key=secret', instead }), [
    join(folder, 'en', 'hello.wav'),
  ]);
  t.strictSame(missing, [['sound not found', { sound: 'http://down/', why: 'is down' }]]);
  t.strictSame(await files.files({ kind: 'media', id: 'a'.repeat(32), instead }), [
    join(folder, 'en', 'hello.wav'),
  ]);
});
