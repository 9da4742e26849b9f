// The record of calls: looked through by day, conference and caller, and given out as CSV.
import { Readable } from 'node:stream';
import type { CallFilter, CallRecord, RecordingRecord } from '../../store/index.js';
import { byteOrderMark, csvRow } from './csv.js';
import { input, select } from './form-fields.js';
import { attribute, html, type Html } from './html.js';
import { heading } from './layout.js';
import type { PageRouter } from './page-router.js';
import type { PagesOptions } from './pages.js';
import type { Texts } from './texts/index.js';
import type { Page, Visit } from './visit.js';

type Parts = Pick<PagesOptions, 'store' | 'clock' | 'recordings'>;

const perPage = 50;
/** A recording that began so long before a call may still be of it, ms: as long as the settings allow. */
const longestRecordingMs = 86_400_000;
/** Read at once for a CSV file: what has to wait while they are written waits 2 ms. */
const perRead = 100;
/** Of the choice of conferences; there are other ways to a larger list. */
const mostChoices = 200;

export function callPages(router: PageRouter, parts: Parts): void {
  const { store } = parts;

  router.get('/calls', (visit) => callsPage(visit, parts));

  router.get('/calls.csv', (visit) => {
    const filter = filterOf(visit.query);
    const day = new Date(parts.clock.now()).toISOString().slice(0, 10);
    return {
      content: Readable.from(csvLines(visit.texts, store, filter)),
      headers: {
        'content-type': 'text/csv; charset=utf-8',
        'content-disposition': `attachment; filename="calls-${day}.csv"`,
      },
    };
  });
}

/** The menu of this part. */
export function callSections({ texts }: Visit, section: 'calls' | 'recordings'): Html {
  const entry = (key: 'calls' | 'recordings') =>
    html`<li><a href="/${key}"${attribute('aria-current', key === section ? 'page' : undefined)}>${texts[key].title}</a></li>`;
  return html`<nav class="sub" aria-label="${texts.calls.sections}"><ul>${entry('calls')}${entry('recordings')}</ul></nav>`;
}

/** What the form asks for; what makes no sense is passed over. Days are those of the box's time zone. */
export function filterOf(query: URLSearchParams): CallFilter {
  const from = dayStart(query.get('from'), 0);
  const to = dayStart(query.get('to'), 1);
  const conferenceId = query.get('conference');
  const caller = query.get('caller')?.trim().slice(0, 128);
  const live = query.get('live');
  return {
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
    ...(conferenceId && /^[0-9a-f]{32}$/.test(conferenceId) && { conferenceId }),
    ...(caller && { caller }),
    ...((live === 'true' || live === 'false') && { live: live === 'true' }),
  };
}

/** Unix ms of the beginning of the day, or of the day `later` days after it. */
function dayStart(text: string | null, later: number): number | undefined {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text ?? '');
  if (!match) return undefined;
  const time = new Date(Number(match[1]), Number(match[2]) - 1, Number(match[3]) + later).getTime();
  return Number.isNaN(time) ? undefined : time;
}

async function callsPage(visit: Visit, parts: Parts): Promise<Page> {
  const { texts, format, query } = visit;
  const { store, clock } = parts;
  const t = texts.calls;
  const after = query.get('after');
  const page = await store.calls.list({
    ...filterOf(query),
    limit: perPage,
    ...(after && /^\d{1,16}\.\d{1,16}$/.test(after) && { after }),
  });
  const kept = new URLSearchParams();
  for (const name of ['from', 'to', 'conference', 'caller', 'live']) {
    const value = query.get(name);
    if (value) kept.set(name, value);
  }
  const now = clock.now();
  const recorded = await recordedAmong(page.calls, parts);
  const rows = page.calls.map((call) => {
    const length = call.answeredAt === undefined ? undefined : (call.endedAt ?? now) - call.answeredAt;
    return html`<tr><th scope="row">${format.dateTime(call.startedAt)}</th>
<td data-label="${t.caller}">${call.callerName || texts.live.unknown} <span class="quiet digits">${call.callerNumber}</span></td>
<td data-label="${t.called}" class="digits">${call.calledNumber}</td>
<td data-label="${t.conference}">${conferenceOf(call)}${recordingLink(t.recorded, recorded.get(call.id))}</td>
<td data-label="${t.role}">${call.role && texts.roles[call.role]}</td>
<td data-label="${t.duration}" class="digits">${length === undefined ? '–' : format.duration(length)}</td>
<td data-label="${t.codec}">${call.codec ?? '–'}</td>
<td data-label="${t.reason}">${call.endedAt === undefined ? html`<span class="badge live">${t.goingOn}</span>` : call.endReason && texts.endReasons[call.endReason]}</td></tr>`;
  });
  const columns = [t.start, t.caller, t.called, t.conference, t.role, t.duration, t.codec, t.reason];
  const older = new URLSearchParams(kept);
  if (page.next) older.set('after', page.next);
  const csv = html`<a class="button" href="/calls.csv${kept.size > 0 && `?${kept.toString()}`}">${t.csv}</a>`;
  const body = html`${callSections(visit, 'calls')}${heading(t.title, csv)}${await filterForm(visit, store)}${
    rows.length === 0
      ? html`<p class="empty">${t.empty}</p>`
      : html`<table class="cards"><thead><tr>${columns.map((column) => html`<th scope="col">${column}</th>`)}</tr></thead><tbody>${rows}</tbody></table>`
  }${page.next && html`<p><a href="/calls?${older.toString()}">${texts.more}</a></p>`}`;
  return { title: t.title, body, nav: 'calls' };
}

async function filterForm({ texts, query }: Visit, store: Parts['store']): Promise<Html> {
  const t = texts.calls;
  const value = (name: string) => query.get(name) ?? '';
  const { conferences } = await store.conferences.list({ limit: mostChoices });
  const choices = conferences.map(({ id, document }) => ({
    value: id,
    label: document.name ?? texts.unnamed,
  }));
  const live = [
    { value: '', label: t.liveAll },
    { value: 'true', label: t.liveOnly },
    { value: 'false', label: t.liveEnded },
  ];
  return html`<form class="row filter" role="search">${input({ name: 'from', label: t.from, type: 'date', value: value('from') })}${input({ name: 'to', label: t.to, type: 'date', value: value('to') })}${select({ name: 'conference', label: t.conference, value: value('conference') }, [{ value: '', label: t.all }, ...choices])}${input({ name: 'caller', label: t.caller, value: value('caller'), placeholder: t.callerHelp, maxlength: 128 })}${select({ name: 'live', label: t.live, value: value('live') }, live)}<button>${t.filter}</button></form>`;
}

function conferenceOf({ conferenceId, conferenceName }: CallRecord): Html | string {
  if (conferenceId === undefined) return '–';
  return html`<a href="/conferences/${conferenceId}">${conferenceName ?? '–'}</a>`;
}

/** The recordings that were made of a conference while somebody was in it, by the id of the call. */
async function recordedAmong(
  calls: readonly CallRecord[],
  { recordings, clock }: Parts,
): Promise<ReadonlyMap<string, RecordingRecord>> {
  if (calls.length === 0) return new Map();
  const now = clock.now();
  const from = Math.min(...calls.map(({ startedAt }) => startedAt)) - longestRecordingMs;
  const to = Math.max(...calls.map(({ endedAt }) => endedAt ?? now));
  const [only, ...more] = new Set(calls.map(({ conferenceId }) => conferenceId));
  const { recordings: found } = await recordings.list({
    from,
    to,
    limit: 1000,
    ...(only !== undefined && more.length === 0 && { conferenceId: only }),
  });
  return new Map(
    calls.flatMap((call) => {
      const { joinedAt, conferenceId, endedAt = now } = call;
      const heard = found.find(
        (one) =>
          joinedAt !== undefined &&
          one.conferenceId === conferenceId &&
          one.startedAt < endedAt &&
          (one.endedAt ?? now) > joinedAt,
      );
      return heard ? [[call.id, heard] as const] : [];
    }),
  );
}

function recordingLink(label: string, recording: RecordingRecord | undefined): Html | undefined {
  if (!recording) return undefined;
  const { id, conferenceId } = recording;
  return html` <a class="badge" href="/recordings?conference=${conferenceId}#r${id}">${label}</a>`;
}

/** From the newest to the oldest, read page by page while the browser takes them. */
async function* csvLines(
  texts: Texts,
  store: Parts['store'],
  filter: CallFilter,
): AsyncGenerator<string, void, undefined> {
  yield byteOrderMark + csvRow(Object.values(texts.calls.columns));
  let after: string | undefined;
  do {
    const page = await store.calls.list({ ...filter, limit: perRead, ...(after && { after }) });
    yield page.calls.map((call) => csvRow(cellsOf(call))).join('');
    after = page.next;
  } while (after);
}

/** In the order of the columns. */
function cellsOf(call: CallRecord): (string | number | undefined)[] {
  const time = (ms: number | undefined) => (ms === undefined ? undefined : new Date(ms).toISOString());
  const seconds =
    call.answeredAt === undefined || call.endedAt === undefined
      ? undefined
      : Math.round((call.endedAt - call.answeredAt) / 1000);
  return [
    call.id,
    call.direction,
    time(call.startedAt),
    time(call.answeredAt),
    time(call.joinedAt),
    time(call.endedAt),
    seconds,
    call.callerNumber,
    call.callerName,
    call.callerAddress,
    call.calledNumber,
    call.conferenceName,
    call.role,
    call.codec,
    call.endReason,
  ];
}
