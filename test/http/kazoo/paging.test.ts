import t from 'tap';
import { PartylineError } from '../../../src/errors.js';
import { pageKeys, readPages, type PageQuery } from '../../../src/http/kazoo/paging.js';

/** A store of so many numbers; the key after one is that number. */
function numbers(count: number) {
  const limits: number[] = [];
  const read = ({ limit, after = '0' }: { limit: number; after?: string }) => {
    limits.push(limit);
    const first = Number(after);
    if (Number.isNaN(first)) return Promise.reject(new PartylineError('VALIDATION', 'after'));
    const end = Math.min(first + limit, count);
    const items = Array.from({ length: end - first }, (_, n) => first + n);
    return Promise.resolve({ items, ...(end < count && { next: String(end) }) });
  };
  return { read, limits };
}

const query: PageQuery = { page_size: 2, paginate: true };

void t.test('one page, and where the list goes on', async (t) => {
  const { read } = numbers(5);
  t.same(await readPages(query, read), { items: [0, 1], next: '2' });
  t.same(await readPages({ ...query, start_key: '4' }, read), { items: [4] });
});

void t.test('more than a page is a page, and a list without pages has an end', async (t) => {
  const { read, limits } = numbers(20_000);
  t.equal((await readPages({ ...query, page_size: 5000 }, read)).items.length, 1000);
  const whole = await readPages({ ...query, paginate: false }, read);
  t.equal(whole.items.length, 10_000);
  t.equal(whole.next, '10000');
  t.ok(limits.every((limit) => limit === 1000));
});

void t.test('a key of no list is refused by its name; what else fails stays what it is', async (t) => {
  const refused = await readPages({ ...query, start_key: 'x' }, numbers(1).read).catch(
    (error: unknown) => error,
  );
  t.match(refused, { status: 400, data: { start_key: { invalid: { value: 'x' } } } });
  const broken = () => Promise.reject(new PartylineError('UNAVAILABLE', 'The store'));
  await t.rejects(readPages(query, broken), { code: 'UNAVAILABLE' });
});

void t.test('what the envelope says', (t) => {
  t.strictSame(pageKeys(3, query), { page_size: 3 });
  t.strictSame(pageKeys(1, { ...query, start_key: 'a' }, 'b'), {
    page_size: 1,
    start_key: 'a',
    next_start_key: 'b',
  });
  t.end();
});
