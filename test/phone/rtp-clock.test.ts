// The shared clock: no drift, catching up after a stall without more packets than are due, giving up after a long one.
import t from 'tap';

import { type ClockTask, now, RtpClock } from './rtp-clock.js';

function counter(clock: RtpClock, until: number): { task: ClockTask; done: Promise<void>; times: number[] } {
  const times: number[] = [];
  let finish: () => void;
  const done = new Promise<void>((resolve) => (finish = resolve));
  const task: ClockTask = {
    nextAt: 0,
    tick() {
      this.nextAt += 20;
      times.push(now());
      if (times.length === until) {
        clock.remove(this);
        finish();
      }
    },
  };
  return { task, done, times };
}

function stall(ms: number): void {
  const until = now() + ms;
  while (now() < until);
}

void t.test('ticks neither drift nor multiply', async (t) => {
  const clock = new RtpClock();
  const one = counter(clock, 26);
  const two = counter(clock, 26);
  clock.add(one.task, 20);
  clock.add(two.task, 20);
  setTimeout(() => stall(90), 100);
  await Promise.all([one.done, two.done]);
  for (const { times } of [one, two]) {
    const ms = times.at(-1)! - times[0]!;
    t.ok(ms > 490 && ms < 520, `25 ticks in ${ms.toFixed(1)} ms, with a stall in between`);
  }
  t.ok(clock.worstLatenessMs > 50);
  t.ok(clock.lateTicks > 0);
  t.not(one.task.nextAt % 20, two.task.nextAt % 20, 'they do not all send at once');
});

void t.test('after half a second the past is left out', async (t) => {
  const clock = new RtpClock();
  const one = counter(clock, 4);
  clock.add(one.task, 20);
  stall(700);
  await one.done;
  t.ok(one.times.at(-1)! - one.times[0]! > 50);
});
