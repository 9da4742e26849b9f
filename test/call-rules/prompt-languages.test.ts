import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { promptLanguages } from '../../src/calls/index.js';
import { scratchFolder } from '../store/scratch.js';

void t.test('English first, and what each language lacks', async (t) => {
  const folder = scratchFolder(t);
  const speak = (language: string, ...prompts: string[]) => {
    mkdirSync(join(folder, language));
    for (const prompt of prompts) writeFileSync(join(folder, language, prompt), '');
  };
  speak('de', 'conf-alone.wav', 'extra.wav');
  speak('en', 'conf-muted.wav', 'conf-alone.wav', 'notes.txt');
  speak('.cache', 'x.wav');
  speak('cs');
  t.same(await promptLanguages(folder), [
    { language: 'en', prompts: 2, missing: [] },
    { language: 'cs', prompts: 0, missing: ['conf-alone', 'conf-muted'] },
    { language: 'de', prompts: 2, missing: ['conf-muted'] },
  ]);
  t.same(await promptLanguages(join(folder, 'nothing')), []);
});
