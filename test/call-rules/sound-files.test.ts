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
    log: { ...silentLog, warn: (event, fields) => missing.push([event, fields]) },
  });
  return { files, missing };
}

void t.test('prompts in the language, or else in English', async (t) => {
  const { files } = soundFiles();
  const hello = { kind: 'prompt', name: 'hello' } as const;
  t.strictSame(await files.files(hello), [join(folder, 'en', 'hello.wav')]);
  t.strictSame(await files.files(hello, 'de-de'), [join(folder, 'de', 'hello.wav')]);
  t.strictSame(await files.files({ kind: 'prompt', name: 'bye' }, 'de'), [join(folder, 'en', 'bye.wav')]);
  t.strictSame(await files.files(hello, 'xx'), [join(folder, 'en', 'hello.wav')]);
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
