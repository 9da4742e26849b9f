// Root's programs of the image, started as systemd's path units start them, with programs of the system that only write
// down what they were asked: what a box needs beside itself to be taken for one from the image.
import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, watch, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { scratchFolder, type Test } from '../store/scratch.js';

/** RAUC's words for an update that is good. */
const rauc = `case $1 in
info) echo '{"compatible":"partyline","version":"2.0.0"}' ;;
install) echo '  0% Installing'; wc -c <"$2" >"$folder/installed"; echo '100% Installing done.' ;;
esac`;

export class RootPrograms {
  /** For PARTYLINE_APPLIANCE. */
  readonly folder: string;
  private readonly root: string;
  private readonly data: string;
  private readonly running = new Set<string>();

  /** @param data of the box */
  constructor(t: Test, data: string) {
    this.root = scratchFolder(t);
    this.data = data;
    this.folder = join(this.root, 'run/partyline');
    for (const name of ['requests', 'answers']) mkdirSync(join(this.folder, name), { recursive: true });
    mkdirSync(join(this.root, 'bin'));
    for (const [name, body] of [
      ['rauc', rauc],
      ['systemctl', ''],
      ['networkctl', ''],
    ] as const) {
      const path = join(this.root, 'bin', name);
      const head = `#!/bin/sh\nfolder=${this.root}\necho "${name} $*" >>"$folder/asked"\n`;
      writeFileSync(path, `${head}${body}\n`);
      chmodSync(path, 0o755);
    }
    writeFileSync(join(this.root, 'version'), '1.0.0');
    this.start('A');
    const watcher = watch(join(this.folder, 'requests'), () => {
      this.answer('network.json', 'network-main.js', this.files('run', 'kept'));
      this.answer('update.json', 'update-main.js', ['work', ...this.updateFiles()]);
    });
    t.teardown(() => watcher.close());
  }

  /** What happens at every start of the machine. @param slot that runs */
  start(slot: string): void {
    writeFileSync(join(this.root, 'cmdline'), `rauc.slot=${slot}`);
    this.runOnce('main.js', this.files('partyline.txt', 'run', 'kept'));
    this.runOnce('update-main.js', ['begin', ...this.updateFiles()]);
  }

  /** The start has been found healthy. */
  healthy(): void {
    this.runOnce('update-main.js', ['healthy', ...this.updateFiles()]);
  }

  /** What the programs wrote down; '' = nothing yet. */
  text(name: string): string {
    const path = join(this.root, name);
    return existsSync(path) ? readFileSync(path, 'utf8') : '';
  }

  /** @throws Error when it does not come true within ten seconds */
  async until(holds: () => boolean): Promise<void> {
    for (let looks = 0; !holds(); looks++) {
      if (looks === 200) throw new Error(`in vain: ${String(holds)}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  /** One of each at a time, and once more when there is a request at its end. */
  private answer(request: string, program: string, args: readonly string[]): void {
    if (this.running.has(program) || !existsSync(join(this.folder, 'requests', request))) return;
    this.running.add(program);
    spawn(process.execPath, [`dist/src/box/${program}`, ...args], { env: this.env }).once('exit', () => {
      this.running.delete(program);
      this.answer(request, program, args);
    });
  }

  private runOnce(program: string, args: readonly string[]): void {
    spawnSync(process.execPath, [`dist/src/box/${program}`, ...args], { env: this.env });
  }

  private get env(): Record<string, string> {
    return { PATH: `${join(this.root, 'bin')}:/usr/bin:/bin` };
  }

  private files(...names: string[]): string[] {
    return names.map((name) => join(this.root, name));
  }

  private updateFiles(): string[] {
    return [
      ...this.files('run', 'kept'),
      join(this.data, 'update/bundle.raucb'),
      ...this.files('version', 'cmdline'),
    ];
  }
}
