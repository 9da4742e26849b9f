// Root's part of an update: says whose the file is, has RAUC install it into the slot that does not run, restarts the box
// into it, and after the restart says what became of it. The file lies where the application put it; RAUC reads whole
// blocks that the signature covers, so that nothing it writes can be changed on the way.
import { mkdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  endOf,
  isRecord,
  percentOf,
  takeMessage,
  updateRecordOf,
  updateRequestOf,
  writeMessage,
  type BadUpdate,
  type UpdateAnswer,
  type UpdateRecord,
} from '../appliance/index.js';
import { keep, textOf } from './kept-file.js';

export interface UpdateWorkOptions {
  /** /run on a box. */
  readonly run: string;
  /** Folder of what lasts; /data/box on a box. */
  readonly kept: string;
  /** Where the application puts the file of an update. */
  readonly bundle: string;
  /** The version that runs. */
  readonly version: string;
  /** The slot that runs. */
  readonly slot: string;
  /** Runs a program to its end. @throws Error with what it wrote when it fails */
  readonly command: (program: string, ...args: string[]) => Promise<string>;
  /** The same, told of every line that it writes. */
  readonly lines: (onLine: (line: string) => void, program: string, ...args: string[]) => Promise<void>;
}

/** In the bundles of this project and in RAUC's configuration on the box. */
const product = 'partyline';
const longestDetail = 300;

/** The file is none that may be installed. */
class BadBundle extends Error {
  readonly why: BadUpdate;

  constructor(why: BadUpdate) {
    super(why);
    this.why = why;
  }
}

export class UpdateWork {
  private readonly options: UpdateWorkOptions;
  private readonly recordFile: string;
  private readonly unhealthyFile: string;

  constructor(options: UpdateWorkOptions) {
    this.options = options;
    this.recordFile = join(options.kept, 'update.json');
    this.unhealthyFile = join(options.kept, 'unhealthy');
  }

  /** Carries out what is asked for, until nothing is. @throws what the file system throws */
  async work(): Promise<void> {
    const file = join(this.options.run, 'partyline/requests/update.json');
    for (;;) {
      const message = takeMessage(file);
      if (message === undefined) return;
      const request = updateRequestOf(message);
      if (request) await this[request.kind](request.id);
    }
  }

  /** After a start of the box. @param healthy it was found healthy, which takes a while */
  tellEnd(healthy: boolean): void {
    const { version, slot } = this.options;
    const record = this.record();
    if (!record) return;
    const detail = textOf(this.unhealthyFile)?.trim().slice(0, longestDetail) || undefined;
    const end = endOf(record, { slot, healthy, detail });
    console.log(`update ${record.version}, running ${version} from slot ${slot}: ${end.kind}`);
    this.write({ ...record, end });
    this.tell(end);
  }

  private async verify(id: string): Promise<void> {
    this.tell({ kind: 'verifying', id });
    await this.withBundle(id, (version) => this.tell({ kind: 'verified', id, version }));
  }

  private async install(id: string): Promise<void> {
    await this.withBundle(id, async (version) => {
      const { version: from, slot, lines, bundle } = this.options;
      const record = { id, version, from, slot, installed: false };
      this.write(record);
      // What an earlier version complained of is not this one's.
      rmSync(this.unhealthyFile, { force: true });
      let said = '';
      let percent = 0;
      this.tell({ kind: 'installing', id, version, percent });
      try {
        await lines(
          (line) => {
            const now = percentOf(line);
            if (now === undefined) said = /LastError: (.*)/.exec(line)?.[1] ?? said;
            else if (now > percent) this.tell({ kind: 'installing', id, version, percent: (percent = now) });
          },
          'rauc',
          'install',
          bundle,
        );
        this.write({ ...record, installed: true });
        this.tell({ kind: 'installed', id, version });
      } catch (error) {
        console.log(`not installed: ${said || String(error)}`);
        rmSync(this.recordFile, { force: true });
        this.tell({ kind: 'failed', id, detail: (said || String(error)).slice(0, longestDetail) });
      }
    });
  }

  private async restart(id: string): Promise<void> {
    const record = this.record();
    if (!record?.installed || record.id !== id || record.end) return;
    this.tell({ kind: 'restarting', id, version: record.version });
    await this.options.command('systemctl', '--no-block', 'reboot');
  }

  private async withBundle(id: string, work: (version: string) => void | Promise<void>): Promise<void> {
    try {
      await work(await this.versionOf());
    } catch (error) {
      if (!(error instanceof BadBundle)) throw error;
      this.tell({ kind: 'bad', id, why: error.why });
    }
  }

  /** Looked at again before it is installed, whatever was asked before. @throws BadBundle */
  private async versionOf(): Promise<string> {
    const { command, bundle } = this.options;
    let text: string;
    try {
      text = await command('rauc', 'info', '--output-format=json', bundle);
    } catch (error) {
      console.log(`no update: ${String(error)}`);
      throw new BadBundle(String(error).includes('signature verification failed') ? 'signature' : 'damaged');
    }
    const info = parsed(text.slice(text.indexOf('{')));
    if (!isRecord(info)) throw new BadBundle('damaged');
    const { compatible, version } = info;
    if (compatible !== product) throw new BadBundle('product');
    if (typeof version !== 'string' || !/^[\x21-\x7e]{1,64}$/.test(version)) throw new BadBundle('damaged');
    return version;
  }

  private record(): UpdateRecord | undefined {
    return updateRecordOf(parsed(textOf(this.recordFile) ?? ''));
  }

  private write(record: UpdateRecord): void {
    keep(this.recordFile, JSON.stringify(record));
  }

  private tell(answer: UpdateAnswer): void {
    const file = join(this.options.run, 'partyline/answers/update.json');
    mkdirSync(dirname(file), { recursive: true, mode: 0o755 });
    writeMessage(file, answer);
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
