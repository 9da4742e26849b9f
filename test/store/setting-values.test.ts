// Settings by key.
import t from 'tap';
import { scratchStore } from './scratch.js';

void t.test('set, get, change, list and remove', async (t) => {
  const { settings } = await scratchStore(t);
  t.equal(await settings.get('a'), undefined);
  await settings.set('calls.max', 50);
  await settings.set('calls.codecs', { order: ['PCMU', 'opus'], other: null });
  await settings.set('web', false);
  t.equal(await settings.get('calls.max'), 50);
  t.equal(await settings.get('web'), false);
  const value = await settings.get<{ order: string[] }>('calls.codecs');
  value?.order.pop();
  t.same(
    await settings.get('calls.codecs'),
    { order: ['PCMU', 'opus'], other: null },
    'a value of its own each time',
  );
  await settings.set('calls.max', null);
  t.equal(await settings.get('calls.max'), null);
  t.same([...(await settings.all('calls.')).keys()], ['calls.codecs', 'calls.max']);
  t.equal((await settings.all()).size, 3);
  t.equal(await settings.remove('web'), true);
  t.equal(await settings.remove('web'), false);
  t.equal(await settings.get('web'), undefined);
});

void t.test('what cannot be stored is refused', async (t) => {
  const { settings } = await scratchStore(t);
  await t.rejects(settings.set('a', undefined), { code: 'VALIDATION' });
  await t.rejects(settings.set('', 1), { code: 'VALIDATION' });
  await t.rejects(settings.set('a'.repeat(129), 1), { code: 'VALIDATION' });
  await t.rejects(settings.set('a', 'x'.repeat(300_000)), { code: 'VALIDATION' });
});
