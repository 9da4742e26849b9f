import t from 'tap';
import type { PlacedCall } from '../../src/store/index.js';
import { scratchStore } from './scratch.js';

void t.test('written, changed, removed', async (t) => {
  const { placedCalls } = await scratchStore(t);
  const call = (id: string): PlacedCall => ({
    id,
    userId: 'u-1',
    from: '1',
    to: '2',
    conferenceId: 'c',
    target: { callbackUrl: 'http://example.com/', tag: 'x' },
    startedAt: 1000,
  });
  for (const id of ['b', 'a', 'c']) await placedCalls.write(call(id));
  await placedCalls.write({ ...call('b'), answeredAt: 2000 });
  await placedCalls.remove('a');
  t.same(await placedCalls.all(), [{ ...call('b'), answeredAt: 2000 }, call('c')]);
});
