// Root's part of a change of the network: puts the new settings in force, waits for the word of an admin who has reached
// the box by them, and goes back without it. What to do when is decided in network-trial.ts. Nothing of a trial outlasts a
// restart of the box, which comes up with the old settings.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  networkRequestOf,
  networkSettingsOf,
  nextTrial,
  readMessage,
  sameAddress,
  sameWifi,
  shownAnswer,
  stoppedTrial,
  takeMessage,
  writeMessage,
  type NetworkAnswer,
  type NetworkSettings,
  type TrialAct,
  type TrialEvent,
} from '../appliance/index.js';
import { keep, textOf } from './kept-file.js';
import { pageNetworkText } from './page-network.js';
import { networkFiles, wifiPaths } from './system-files.js';

export interface NetworkChangeOptions {
  /** /run on a box. */
  readonly run: string;
  /** Folder of what lasts; /data/box on a box. */
  readonly kept: string;
  /** Runs a program to its end. Rejects when it fails. */
  readonly command: (program: string, ...args: string[]) => Promise<void>;
  /** Seconds since the machine started. */
  readonly uptime: () => number;
  readonly wait: (ms: number) => Promise<void>;
}

/** Between two looks for a request, ms. */
const lookMs = 250;
/** So long the page that says where to go has to be sent before its address may be gone, ms. */
const beforeMs = 3000;

export class NetworkChange {
  private readonly options: NetworkChangeOptions;
  private readonly requestFile: string;
  private readonly answerFile: string;
  /** The same with the keys, for root alone: what this program goes back to when it was ended in between. */
  private readonly stateFile: string;

  constructor(options: NetworkChangeOptions) {
    this.options = options;
    this.requestFile = join(options.run, 'partyline/requests/network.json');
    this.answerFile = join(options.run, 'partyline/answers/network.json');
    this.stateFile = join(options.run, 'partyline/network.json');
  }

  /** Carries out what is asked for, until nothing is and no trial goes on. @throws Error when there is no answer to go on from */
  async work(): Promise<void> {
    let answer = readMessage(this.stateFile) as NetworkAnswer | undefined;
    if (!answer || !networkSettingsOf(answer.settings))
      throw new Error(`${this.stateFile} is not there; it is written when the box starts.`);
    if (answer.trial) {
      // This program was ended in the middle of a trial, and nobody else watches over it.
      await this.enforce(answer.settings, answer.trial.settings);
      answer = stoppedTrial(answer);
    }
    // It may also have been ended between the two files.
    this.tell(answer);
    for (;;) {
      const request = networkRequestOf(takeMessage(this.requestFile), answer.settings);
      if (!request && !answer.trial) return;
      answer = await this.turn(answer, request ?? { kind: 'tick' });
      if (answer.trial) await this.options.wait(lookMs);
    }
  }

  private async turn(answer: NetworkAnswer, event: TrialEvent): Promise<NetworkAnswer> {
    const next = nextTrial(answer, event, this.options.uptime());
    // Told first: from then on also the next run of this program would go back.
    if (next.act === 'apply') this.tell(next.answer);
    try {
      await this.carryOut(next.act, next.answer);
    } catch (error) {
      console.log(`The network could not be changed: ${String(error)}`);
      if (next.act === 'restore') throw error;
      return this.turn(next.act === 'keep' ? answer : next.answer, { kind: 'failed' });
    }
    if (next.act === 'apply') return this.tell(nextTrial(next.answer, { kind: 'applied' }, 0).answer);
    return next.act ? this.tell(next.answer) : next.answer;
  }

  private async carryOut(act: TrialAct | undefined, answer: NetworkAnswer): Promise<void> {
    switch (act) {
      case 'apply':
        await this.options.wait(beforeMs);
        return this.enforce(answer.trial!.settings, answer.settings);
      case 'restore':
        return this.enforce(answer.settings, answer.last!.settings);
      case 'keep': {
        const { kept } = this.options;
        const text = textOf(join(kept, 'partyline.txt')) ?? '';
        return keep(join(kept, 'network.json'), pageNetworkText(answer.settings, text));
      }
      case undefined:
        return;
    }
  }

  /**
   * A name that cannot be set waits for the next start of the box; an address and a Wi-Fi do not.
   * @param before what was in force, or nearly: only what differs from it is touched, because calls end with an address
   * @throws Error when the address or the Wi-Fi cannot be set
   */
  private async enforce(settings: NetworkSettings, before: NetworkSettings): Promise<void> {
    const { run, command } = this.options;
    const { name, fixed, wifi } = settings;
    const files = [...networkFiles(settings), { path: 'partyline/name', content: `${name}\n`, mode: 0o644 }];
    for (const { path, content, mode } of files) {
      // networkd takes a file for another one by its time: the cable would lose its address with every new Wi-Fi.
      if (textOf(join(run, path)) === content) continue;
      mkdirSync(dirname(join(run, path)), { recursive: true, mode: 0o755 });
      writeFileSync(join(run, path), content, { mode });
    }
    if (!wifi) for (const path of wifiPaths) rmSync(join(run, path), { force: true });
    await command('/usr/lib/partyline/set-name').catch((error: unknown) => console.log(String(error)));
    const sameRadio = sameWifi(wifi, before.wifi);
    if (!sameRadio) await command('systemctl', wifi ? 'restart' : 'stop', 'partyline-wifi@wlan0.service');
    if (!sameRadio || !sameAddress(fixed, before.fixed)) await command('networkctl', 'reload');
    await command('systemctl', '--no-block', 'try-restart', 'avahi-daemon.service').catch((error: unknown) =>
      console.log(String(error)),
    );
  }

  private tell(answer: NetworkAnswer): NetworkAnswer {
    writeMessage(this.stateFile, answer, 0o600);
    writeMessage(this.answerFile, shownAnswer(answer));
    return answer;
  }
}
