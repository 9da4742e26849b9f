// The maker of the prompts, with folders of its own and a flite that is a stand-in: what it makes again and what not,
// recordings, and the sentences it fails with.
import { execFile } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import t from 'tap';
import { writeWav } from '../../src/rtp/index.js';
import { listen, loudness, peak, root, silences } from './listening.js';

const run = promisify(execFile);

/** Half a second of quiet, a tone of 1 s, half a second of quiet. */
function tone(rate: number, amplitude: number, click = 0): Buffer {
  const samples = Int16Array.from({ length: 2 * rate }, (_, n) =>
    n < rate / 2 || n > 1.5 * rate ? 0 : amplitude * Math.sin((2 * Math.PI * 500 * n) / rate),
  );
  if (click) samples.fill(click, rate, rate + rate / 4000);
  return writeWav(samples, rate);
}

class Workshop {
  readonly folder = mkdtempSync(join(tmpdir(), 'partyline-prompts-'));
  readonly spoken = join(this.folder, 'out/en');

  constructor() {
    for (const name of ['prompts', 'recordings/en', 'bin'])
      mkdirSync(join(this.folder, name), { recursive: true });
    writeFileSync(join(this.folder, 'tone.wav'), tone(22_050, 3000));
    // flite -voice NAME -t SENTENCE -o FILE
    const sound = join(this.folder, 'tone.wav');
    this.write(
      'bin/flite',
      `#!/bin/sh\n[ "$1" = --version ] || { echo "$4" >>"$0.log"; cp ${sound} "$6"; }\n`,
    );
    chmodSync(join(this.folder, 'bin/flite'), 0o755);
  }

  write(name: string, content: string | Buffer): void {
    writeFileSync(join(this.folder, name), content);
  }

  /** What it says when it stops; undefined when it does not. */
  async complaint(): Promise<string | undefined> {
    try {
      await this.speak();
      return undefined;
    } catch (error) {
      return (error as { stderr: string }).stderr;
    }
  }

  /** What was spoken, in alphabetical order. @throws when the maker stops */
  async speak(): Promise<string[]> {
    rmSync(join(this.folder, 'bin/flite.log'), { force: true });
    await run(process.execPath, [join(root, 'media/speak.mjs'), 'prompts', 'recordings', 'out'], {
      cwd: this.folder,
      env: { ...process.env, PATH: `${join(this.folder, 'bin')}${delimiter}${process.env.PATH ?? ''}` },
    });
    try {
      return readFileSync(join(this.folder, 'bin/flite.log'), 'utf8').trim().split('\n').sort();
    } catch {
      return [];
    }
  }
}

function workshop(t: { teardown: (undo: () => void) => void }): Workshop {
  const shop = new Workshop();
  t.teardown(() => rmSync(shop.folder, { recursive: true }));
  return shop;
}

void t.test('only what changed is made again; what is not named any more goes', async (t) => {
  const shop = workshop(t);
  shop.write('prompts/en.txt', '# A remark.\n\na = One sentence.\nb-2 = Another = one.\n');
  t.same(await shop.speak(), ['Another = one.', 'One sentence.']);
  t.same(readdirSync(shop.spoken).sort(), ['a.wav', 'b-2.wav', 'stamps']);
  t.same(await shop.speak(), []);

  shop.write('prompts/en.txt', 'a = One sentence.\nc = Third.\n');
  writeFileSync(join(shop.spoken, 'c.wav.part'), 'left by an interrupted run');
  t.same(await shop.speak(), ['Third.']);
  t.same(readdirSync(shop.spoken).sort(), ['a.wav', 'c.wav', 'stamps']);

  writeFileSync(join(shop.spoken, 'a.wav'), '');
  t.same(await shop.speak(), ['One sentence.'], 'a file that a power cut emptied');
  rmSync(join(shop.spoken, 'stamps'));
  t.same(await shop.speak(), ['One sentence.', 'Third.'], 'without stamps nothing is trusted');
});

void t.test('a sentence is trimmed, levelled and brought to 16 kHz', async (t) => {
  const shop = workshop(t);
  shop.write('prompts/en.txt', 'a = One sentence.\n');
  await shop.speak();
  const samples = listen(join(shop.spoken, 'a.wav'));
  t.ok(Math.abs(samples.length / 16_000 - 1.2) < 0.03, `${samples.length / 16_000} s`);
  t.ok(Math.abs(loudness(samples) + 22) < 0.2, `${loudness(samples)} LUFS`);
  t.ok(Math.abs(silences(samples).before - 0.05) < 0.02, `${silences(samples).before} s before`);
});

void t.test('a recording wins, is levelled too, and its peaks are held', async (t) => {
  const shop = workshop(t);
  shop.write('prompts/en.txt', 'a = One sentence.\nb = Another.\n');
  shop.write('recordings/en/a.wav', tone(48_000, 500, 32_000));
  shop.write('recordings/en/unknown.wav', tone(48_000, 500));
  t.same(await shop.speak(), ['Another.']);
  const samples = listen(join(shop.spoken, 'a.wav'));
  t.ok(Math.abs(loudness(samples) + 22) < 1, `${loudness(samples)} LUFS`);
  t.ok(peak(samples) <= 10 ** (-3 / 20), `peak ${peak(samples)}`);
  t.same(readdirSync(shop.spoken).sort(), ['a.wav', 'b.wav', 'stamps'], 'a recording that no sentence names');

  rmSync(join(shop.folder, 'recordings/en/a.wav'));
  t.same(await shop.speak(), ['One sentence.'], 'without it the program speaks again');
});

void t.test('what is wrong is said in one sentence', async (t) => {
  const shop = workshop(t);
  const failsWith = async (list: string, message: RegExp) => {
    shop.write('prompts/en.txt', list);
    t.match(await shop.complaint(), message);
  };
  await failsWith('a = x\n\nb x\n', /^prompts\/en\.txt, line 3: "b x" has no "="; write: name = sentence\n$/);
  await failsWith('a = x\nb = y\na = z\n', /^prompts\/en\.txt, line 3: "a" is named a second time\n$/);
  await failsWith('a = x\n../b = y\n', /^prompts\/en\.txt, line 2: "..\/b" is no name; use letters, digits/);
  await failsWith('a =\n', /^prompts\/en\.txt, line 1: "a" has no sentence\n$/);
  await failsWith('# nothing\n', /^prompts\/en\.txt names no prompt\n$/);

  shop.write('recordings/en/a.wav', 'no sound');
  await failsWith(
    'a = x\n',
    /^recordings\/en\/a\.wav cannot be used: it is not a WAV file\. Save it as a 16-bit WAV/,
  );
  shop.write('recordings/en/a.wav', writeWav(new Int16Array(16_000), 16_000));
  await failsWith('a = x\n', /^recordings\/en\/a\.wav cannot be used: it holds only silence\./);
  rmSync(join(shop.folder, 'recordings/en/a.wav'));

  shop.write('bin/flite', '#!/bin/sh\n[ "$1" = --version ]\n');
  await failsWith('a = x\n', /^prompts\/en\.txt: "a" could not be spoken: /);
  shop.write('prompts/xx.txt', 'a = x\n');
  rmSync(join(shop.folder, 'prompts/en.txt'));
  t.match(await shop.complaint(), /"a" could not be spoken: no voice is set for "xx"; add one to/);
});
