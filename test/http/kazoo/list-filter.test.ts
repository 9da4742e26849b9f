// Which documents a query of the list means.
import t from 'tap';
import { filterOf } from '../../../src/http/kazoo/list-filter.js';
import { Api } from './api.js';

const document = {
  name: 'Team',
  max_participants: 10,
  play_name: false,
  member: { pins: ['1', '2'] },
  __proto__: {},
};

void t.test('values, their absence, and keys', (t) => {
  for (const [query, fits] of [
    [{ filter_name: 'Team' }, true],
    [{ filter_name: 'team' }, false],
    [{ filter_max_participants: '10' }, true],
    [{ filter_play_name: 'false' }, true],
    [{ 'filter_member.pins': '2' }, true],
    [{ 'filter_member.pins': '3' }, false],
    [{ filter_member: '[object Object]' }, false],
    [{ filter_not_name: 'Team' }, false],
    [{ filter_not_owner_id: 'x' }, true],
    [{ has_key: 'member.pins' }, true],
    [{ has_key: 'constructor' }, false],
    [{ key_missing: 'owner_id' }, true],
    [{ key_missing: 'name' }, false],
    [{ filter_name: 'Team', has_key: 'owner_id' }, false],
    [{ filter_name: ['Team', 'Other'] }, false],
  ] as const) {
    t.equal(filterOf(query)?.(document), fits, JSON.stringify(query));
  }
  for (const none of [undefined, {}, { page_size: 3, filter_: 'x' }]) t.equal(filterOf(none), undefined);
  t.end();
});

void t.test('the list, whole and in its order', async (t) => {
  const api = await Api.start(t);
  for (let n = 0; n < 9; n++) {
    await api.conference({ name: `C${n}`, ...(n % 3 === 0 && { owner_id: 'a'.repeat(32) }) });
  }
  const names = async (query: string) => {
    const { data } = await api.get(`/accounts/{A}/conferences?${query}`);
    return (data as { name: string }[]).map(({ name }) => name);
  };
  t.same(await names('filter_name=C4'), ['C4']);
  t.same(await names('has_key=owner_id&page_size=2'), ['C0', 'C3', 'C6'], 'what is filtered is not paged');
  t.same(await names('has_key=owner_id&filter_not_name=C3&descending=true'), ['C6', 'C0']);
});
