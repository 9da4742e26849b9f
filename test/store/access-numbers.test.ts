// Numbers that ask for a conference number.
import t from 'tap';
import { NumbersInUseError } from '../../src/store/index.js';
import { documentOf, scratchStore } from './scratch.js';

void t.test('added, found, listed and removed', async (t) => {
  const { accessNumbers, conferences } = await scratchStore(t);
  t.equal(await accessNumbers.has('3999'), false);
  await accessNumbers.add('3999');
  await accessNumbers.add('3999');
  await accessNumbers.add('3998');
  t.equal(await accessNumbers.has('3999'), true);
  t.same(await accessNumbers.list(), ['3998', '3999']);
  t.equal(await conferences.findByNumber('3999'), undefined, 'it leads to no conference');
  t.equal(await accessNumbers.remove('3999'), true);
  t.equal(await accessNumbers.remove('3999'), false);
  t.equal(await accessNumbers.has('3999'), false);
});

void t.test('never a number of a conference, nor anything but digits', async (t) => {
  const { accessNumbers, conferences } = await scratchStore(t);
  await conferences.create(documentOf({ conference_numbers: ['1'] }));
  await t.rejects(accessNumbers.add('1'), NumbersInUseError);
  t.equal(await accessNumbers.remove('1'), false);
  t.ok(await conferences.findByNumber('1'));
  for (const number of ['', 'a', '*1', '1 2', '1'.repeat(33)]) {
    await t.rejects(accessNumbers.add(number), { code: 'VALIDATION' });
  }
});
