// A farm of phones in its own process calls phones of another, and both measure.
import t from 'tap';

import { PhoneFarm } from './phone-farm.js';
import { tones } from './tones.js';

void t.test('a farm calls a farm', async (t) => {
  const hz = tones(10);
  const callers = await PhoneFarm.start(hz.slice(0, 5).map((tone) => ({ tone })));
  const called = await PhoneFarm.start(hz.slice(5).map((tone) => ({ tone, autoAnswer: true })));
  t.teardown(async () => {
    await Promise.all([callers.stop(), called.stop()]);
  });
  const results = await callers.ask('call', { targets: called.uris, spacingMs: 5 });
  t.ok(results.every(({ ok, setupMs }) => ok && setupMs! < 1_000));
  await callers.ask('waitForTone', { hz: hz.slice(5), options: { ms: 500, min: 2_900 } });
  const levels = await callers.ask('levels', { hz });
  levels.forEach((row, phone) => {
    row.forEach((level, tone) => {
      const due = tone === phone + 5;
      t.ok(
        due ? level > 2_900 && level < 3_100 : level < 30,
        `phone ${phone} hears ${hz[tone]} Hz with ${level}`,
      );
    });
  });
  await callers.ask('press', { digits: '42', options: { durationMs: 60, gapMs: 40 } });
  const reports = await called.ask('report');
  t.same(
    reports.map(({ digits }) => digits.map(({ digit }) => digit).join('')),
    Array(5).fill('42'),
  );
  t.equal((await callers.ask('health')).retransmissions, 0);
  await t.rejects(
    callers.ask('waitForTone', { only: [0], hz: 2_222, options: { timeoutMs: 100 } }),
    /2222 Hz/,
  );
  const latencies: number[] = [];
  for (const tone of [1_500, 1_700, 1_900, 2_100, 2_300]) {
    const [sent] = await callers.ask('setTones', { only: [0], hz: [tone] });
    await called.ask('waitForTone', { only: [0], hz: tone });
    const [heard] = await called.ask('onsets', { only: [0], hz: tone, since: sent! - 50 });
    latencies.push(heard! - sent!);
  }
  // One of them may meet a busy processor; the median shows that both processes have the same time.
  const median = latencies.sort((a, b) => a - b)[2]!;
  t.ok(Math.abs(median) < 4, `${median.toFixed(2)} ms between the processes`);
  await callers.ask('hangup');
  t.same(await called.ask('ended', { only: [0] }), [{ reason: 'remote', code: 200 }]);
});
