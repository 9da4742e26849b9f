// Root's program as it ships, on a folder of its own, with a RAUC that says what RAUC says and installs nothing.
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { Appliance, type UpdateAnswer, type UpdateRequest } from '../../src/appliance/index.js';
import { scratchFolder, type Test } from '../store/scratch.js';

const id = '0123456789abcdef';

/** RAUC's words, as its own program writes them; goes on once the first of them was told. */
const good = `info) echo 'rauc-Message: Reading bundle' >&2; echo '{"compatible":"partyline","version":"2.0.0"}' ;;
install) echo installing; echo '  0% Installing'; echo ' 40% Verifying signature done.'
  told=$folder/run/partyline/answers/update.json; tries=0
  until grep -q '"percent":40' "$told" || [ $tries = 200 ]; do sleep 0.05; tries=$((tries + 1)); done
  cat "$told" >>"$folder/told"; echo ' 90% Copying image to rootfs.1'; echo '100% Installing done.'; echo idle ;;`;
const failing = `info) echo '{"compatible":"partyline","version":"2.0.0"}' ;;
install) echo ' 40% Copying image'; echo 'LastError: Installation error: Failed updating slot rootfs.1: No space left on device'; echo idle; echo 'Installing failed' >&2; exit 1 ;;`;

class FakeBox {
  readonly folder: string;
  readonly appliance: Appliance;
  slot = 'A';

  constructor(t: Test, rauc = good) {
    this.folder = scratchFolder(t);
    for (const name of ['bin', 'run/partyline/requests', 'run/partyline/answers'])
      mkdirSync(join(this.folder, name), { recursive: true });
    this.program('rauc', `case $1 in ${rauc} esac`);
    this.program('systemctl', '');
    writeFileSync(join(this.folder, 'version'), '1.0.0\n');
    this.appliance = new Appliance({ folder: join(this.folder, 'run/partyline'), data: this.folder });
  }

  run(mode: 'work' | 'begin' | 'healthy'): void {
    writeFileSync(join(this.folder, 'cmdline'), `root=x ro rauc.slot=${this.slot} panic=10\n`);
    const files = ['run', 'kept', 'bundle.raucb', 'version', 'cmdline'].map((name) =>
      join(this.folder, name),
    );
    const { status, stderr } = spawnSync(process.execPath, ['dist/src/box/update-main.js', mode, ...files], {
      env: { PATH: `${join(this.folder, 'bin')}:/usr/bin:/bin` },
      encoding: 'utf8',
    });
    if (status !== 0) throw new Error(stderr);
  }

  ask(kind: UpdateRequest['kind']): UpdateAnswer {
    this.appliance.askUpdate({ kind, id });
    this.run('work');
    return this.appliance.update()!;
  }

  /** Everything in memory is gone. */
  restart(slot: string): UpdateAnswer | undefined {
    this.slot = slot;
    writeFileSync(join(this.folder, 'run/partyline/answers/update.json'), '');
    this.run('begin');
    return this.appliance.update();
  }

  text(name: string): string {
    const path = join(this.folder, name);
    return existsSync(path) ? readFileSync(path, 'utf8') : '';
  }

  private program(name: string, body: string): void {
    const path = join(this.folder, 'bin', name);
    const head = `#!/bin/sh\nfolder=${this.folder}\necho "${name} $*" >>"$folder/asked"\n`;
    writeFileSync(path, `${head}${body}\n`);
    chmodSync(path, 0o755);
  }
}

void t.test('a good update is verified, installed, started, and kept when it is healthy', (t) => {
  const box = new FakeBox(t);
  t.strictSame(box.ask('verify'), { kind: 'verified', id, version: '2.0.0' });
  t.equal(box.text('kept/update.json'), '', 'looking at it changes nothing');
  t.strictSame(box.ask('restart'), { kind: 'verified', id, version: '2.0.0' }, 'there is nothing to start');
  t.strictSame(box.ask('install'), { kind: 'installed', id, version: '2.0.0' });
  t.match(box.text('told'), '"percent":40');
  t.match(box.text('asked'), `rauc install ${box.folder}/bundle.raucb\n`);
  t.strictSame(box.ask('restart'), { kind: 'restarting', id, version: '2.0.0' });
  t.match(box.text('asked'), /systemctl --no-block reboot\n$/);

  const end = { id, version: '2.0.0', from: '1.0.0' };
  t.strictSame(box.restart('B'), { kind: 'proving', ...end });
  box.run('healthy');
  t.strictSame(box.appliance.update(), { kind: 'kept', ...end });
  t.strictSame(box.restart('B'), { kind: 'kept', ...end }, 'also after the next restart');
  t.equal(box.ask('restart').kind, 'kept', 'an update is started once');
  t.end();
});

void t.test('an update that is not healthy: the box is back, and says why', (t) => {
  const box = new FakeBox(t);
  mkdirSync(join(box.folder, 'kept'));
  writeFileSync(join(box.folder, 'kept/unhealthy'), 'of an earlier update');
  box.ask('install');
  t.equal(box.text('kept/unhealthy'), '');
  writeFileSync(join(box.folder, 'kept/unhealthy'), 'rtpengine does not answer.\n');
  const end = { id, version: '2.0.0', from: '1.0.0', detail: 'rtpengine does not answer.' };
  t.strictSame(box.restart('A'), { kind: 'returned', ...end });
  t.end();
});

void t.test('a power cut while it is installed leaves the version that runs', (t) => {
  const box = new FakeBox(t);
  mkdirSync(join(box.folder, 'kept'));
  const record = { id, version: '2.0.0', from: '1.0.0', slot: 'A', installed: false };
  writeFileSync(join(box.folder, 'kept/update.json'), JSON.stringify(record));
  t.match(box.restart('A'), { kind: 'interrupted' });
  t.end();
});

void t.test('what must not be installed is not', (t) => {
  const complaint = (text: string) => `*) echo '${text}' >&2; exit 1 ;;`;
  const cases = [
    [complaint('signature verification failed: Verify error: self-signed certificate'), 'signature'],
    [complaint('Invalid bundle format: Signature size (7594) exceeds bundle size'), 'damaged'],
    [`*) echo '{"compatible":"coffee machine","version":"2"}' ;;`, 'product'],
    [`*) echo '{"compatible":"partyline","version":"2 ; reboot"}' ;;`, 'damaged'],
    [`*) echo nonsense ;;`, 'damaged'],
  ] as const;
  for (const [rauc, why] of cases) {
    const box = new FakeBox(t, rauc);
    for (const kind of ['verify', 'install'] as const)
      t.strictSame(box.ask(kind), { kind: 'bad', id, why }, rauc);
    t.notMatch(box.text('asked'), 'rauc install');
    t.equal(box.text('kept/update.json'), '');
  }
  t.end();
});

void t.test('an installation that fails says what RAUC said, and is not started', (t) => {
  const box = new FakeBox(t, failing);
  const answer = box.ask('install');
  t.strictSame(answer, {
    kind: 'failed',
    id,
    detail: 'Installation error: Failed updating slot rootfs.1: No space left on device',
  });
  box.ask('restart');
  t.notMatch(box.text('asked'), 'systemctl');
  t.equal(box.restart('A'), undefined, 'and nothing of it is told later');
  t.end();
});

void t.test('without a request, or with what is none, nothing is done', (t) => {
  const box = new FakeBox(t);
  box.run('work');
  writeFileSync(join(box.folder, 'run/partyline/requests/update.json'), '{"kind":"constructor","id":"x"}');
  box.run('work');
  t.equal(box.restart('A'), undefined);
  t.equal(box.text('asked'), '');
  t.notOk(existsSync(join(box.folder, 'run/partyline/requests/update.json')));
  t.end();
});
