import t from 'tap';
import { csvRow } from '../../../src/http/pages/csv.js';
import { callOf } from '../../store/scratch.js';
import { Site, textOf } from './site.js';

const day = 86_400_000;
const noon = new Date(2026, 0, 2, 12).getTime();

async function withCalls(t: Parameters<typeof Site.start>[0]) {
  const { site, browser } = await Site.start(t);
  const id = await site.conference({ name: 'Board' });
  const { calls } = site.store;
  calls.begin(callOf('a', { startedAt: noon - day, answeredAt: noon - day, callerName: 'Ada' }));
  calls.end('a', { endReason: 'hangup', endedAt: noon - day + 65_000, codec: 'PCMU' });
  calls.begin(
    callOf('g', {
      startedAt: noon,
      callerName: '=HYPERLINK("x")',
      callerNumber: '+49',
      conferenceId: id,
      conferenceName: 'Board',
      role: 'moderator',
    }),
  );
  return { site, browser, id };
}

void t.test('lists calls, and finds them by day, conference, caller and whether they go on', async (t) => {
  const { browser, id } = await withCalls(t);
  const all = textOf((await browser.get('/calls')).body);
  t.match(all, /HYPERLINK.*Board Moderator .* goes on .*Ada 201 3000 – 01:05 PCMU hung up/);
  const only = async (query: string) => {
    const text = textOf((await browser.get(`/calls?${query}`)).body);
    return [text.includes('hung up'), text.includes('HYPERLINK')];
  };
  t.same(await only('from=2026-01-02'), [false, true]);
  t.same(await only('to=2026-01-01'), [true, false]);
  t.same(await only(`conference=${id}`), [false, true]);
  t.same(await only('caller=ada'), [true, false]);
  t.same(await only('live=true'), [false, true]);
  t.same(await only('live=false'), [true, false]);
  t.same(await only('from=nonsense&to=99&conference=x&live=maybe&after=x'), [true, true]);
  t.match(textOf((await browser.get('/calls?caller=zz')).body), 'No call fits.');
});

void t.test('goes through them page by page, with the same filter', async (t) => {
  const { site, browser } = await Site.start(t);
  for (let n = 0; n < 60; n++)
    site.store.calls.begin(callOf(`c${n}`, { startedAt: noon + n, calledNumber: `n${n}-` }));
  const first = (await browser.get('/calls?caller=Ada')).body;
  t.match(first, 'n59-');
  t.notMatch(first, 'n9-');
  const older = /href="(\/calls\?caller=Ada&amp;after=[^"]+)"/.exec(first)?.[1] ?? '';
  const second = (await browser.get(older.replaceAll('&amp;', '&'))).body;
  t.match(second, 'n9-');
  t.notMatch(second, 'Older entries');
});

void t.test('gives them out as CSV that runs nothing', async (t) => {
  const { browser } = await withCalls(t);
  const { headers, body } = await browser.get('/calls.csv?live=true');
  t.match(headers['content-type'], 'text/csv');
  t.match(headers['content-disposition'], 'attachment; filename="calls-');
  const lines = body.split('\r\n');
  t.equal(lines.length, 3);
  t.match(lines[1], `"'=HYPERLINK(""x"")"`);
  t.match(lines[1], `"'+49"`);
  t.equal(csvRow(['a"b', -1, undefined, '\tx', '@y', '-z']), `"a""b",-1,,"'\tx","'@y","'-z"\r\n`);
});
