// Root's programs of the image as a page meets them: whatever is asked is answered at once, by the same rules, and
// nothing of the machine is changed. What they say may be put in place of it.
import { mkdirSync, watch } from 'node:fs';
import { join } from 'node:path';
import {
  Appliance,
  networkRequestOf,
  nextTrial,
  shownAnswer,
  takeMessage,
  updateRequestOf,
  writeMessage,
  type NetworkAnswer,
  type UpdateAnswer,
  type UpdateRequest,
} from '../../../src/appliance/index.js';
import { scratchFolder, type Test } from '../../store/scratch.js';

export class FakeRoot {
  readonly folder: string;
  readonly appliance: Appliance;
  /** Seconds since the machine started. */
  now = 1000;
  /** What was asked about updates and is not answered yet. */
  private readonly asked: UpdateRequest[] = [];
  private wake: () => void = () => undefined;
  private answer: NetworkAnswer = { settings: { name: 'lobby' }, source: 'text' };

  constructor(t: Test) {
    this.folder = scratchFolder(t);
    for (const name of ['requests', 'answers']) mkdirSync(join(this.folder, name));
    const [folder, data, radio] = [this.folder, this.folder, join(this.folder, 'operstate')];
    this.appliance = new Appliance({ folder, data, radio });
    this.appliance.uptime = () => this.now;
    this.says(this.answer);
    const watcher = watch(join(this.folder, 'requests'), () => this.look());
    t.teardown(() => watcher.close());
  }

  get network(): NetworkAnswer {
    return this.answer;
  }

  says(answer: NetworkAnswer): void {
    this.answer = answer;
    writeMessage(join(this.folder, 'answers/network.json'), shownAnswer(answer));
  }

  /** As if so many seconds had passed. */
  wait(seconds: number): void {
    this.now += seconds;
    this.says(nextTrial(this.answer, { kind: 'tick' }, this.now).answer);
  }

  /** The next request about an update, once it is there. */
  async updateRequest(): Promise<UpdateRequest> {
    for (;;) {
      const request = this.asked.shift();
      if (request) return request;
      await new Promise<void>((resolve) => (this.wake = resolve));
    }
  }

  saysOfUpdate(answer: UpdateAnswer): void {
    writeMessage(join(this.folder, 'answers/update.json'), answer);
  }

  private look(): void {
    const update = updateRequestOf(takeMessage(join(this.folder, 'requests/update.json')));
    if (update) {
      this.asked.push(update);
      this.wake();
    }
    const request = networkRequestOf(
      takeMessage(join(this.folder, 'requests/network.json')),
      this.answer.settings,
    );
    if (!request) return;
    const { answer, act } = nextTrial(this.answer, request, this.now);
    this.says(act === 'apply' ? nextTrial(answer, { kind: 'applied' }, this.now).answer : answer);
  }
}
