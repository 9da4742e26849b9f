import t from 'tap';
import { systemClock } from '../../src/conference/index.js';

void t.test('the real time, in Unix ms', (t) => {
  const before = Date.now();
  const now = systemClock.now();
  t.ok(now >= before && now <= Date.now());
  t.end();
});

void t.test('calls once after the time, and not when cancelled', async (t) => {
  const keepAlive = setTimeout(() => undefined, 5000);
  let cancelled = 0;
  const cancel = systemClock.after(1, () => cancelled++);
  cancel();
  await new Promise<void>((resolve) => systemClock.after(5, resolve));
  clearTimeout(keepAlive);
  t.equal(cancelled, 0);
});
