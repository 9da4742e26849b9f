// What was recorded: the list, each to be heard, downloaded and deleted.
import { createReadStream } from 'node:fs';
import { PartylineError } from '../../errors.js';
import type { RecordingRecord } from '../../store/index.js';
import { byteRangeOf } from './byte-range.js';
import { callSections } from './call-pages.js';
import { html, type Content, type Html } from './html.js';
import { heading, notice } from './layout.js';
import type { PageRouter } from './page-router.js';
import type { PagesOptions } from './pages.js';
import { postForm, type AdminVisit, type Answer, type Page, type Visit } from './visit.js';

type Parts = Pick<PagesOptions, 'clock' | 'log' | 'recordings'>;

const perPage = 25;

export function recordingPages(router: PageRouter, parts: Parts): void {
  const { recordings, log } = parts;

  router.get('/recordings', (visit) => recordingsPage(visit, parts));

  router.get('/recordings/:id/sound', async (visit) => soundOf(visit, parts));

  router.post('/recordings/:id/delete', async (visit) => {
    const recording = await recordings.remove(idOf(visit), visit.admin.name);
    if (!recording) throw new PartylineError('NOT_FOUND', 'Recording');
    log.info('recording deleted on the web page', { recording: recording.id, admin: visit.admin.name });
    return { redirect: '/recordings?done=deleted' };
  });
}

async function recordingsPage(visit: AdminVisit, parts: Parts): Promise<Page> {
  const { texts, query } = visit;
  const t = texts.recordings;
  const conferenceId = /^[0-9a-f]{32}$/.exec(query.get('conference') ?? '')?.[0];
  const after = /^\d{1,15}$/.exec(query.get('after') ?? '')?.[0];
  const { recordings, next } = await parts.recordings.list({
    limit: perPage,
    ...(conferenceId && { conferenceId }),
    ...(after && { after }),
  });
  const further = new URLSearchParams({
    ...(conferenceId && { conference: conferenceId }),
    ...(next && { after: next }),
  });
  const done = query.get('done') === 'deleted' && notice('done', t.deleted);
  const body = html`${callSections(visit, 'recordings')}${heading(t.title)}${done}<p>${t.intro}</p>${
    conferenceId && html`<p><a href="/recordings">${t.ofAll}</a></p>`
  }${
    recordings.length === 0
      ? html`<p class="empty">${t.empty}</p>`
      : html`<ul class="recordings">${recordings.map((recording) => item(visit, recording, parts))}</ul>`
  }${next && html`<p><a href="/recordings?${further.toString()}">${texts.more}</a></p>`}`;
  return { title: t.title, body, nav: 'calls' };
}

function item(visit: Visit, recording: RecordingRecord, { clock }: Parts): Html {
  const { texts, format } = visit;
  const t = texts.recordings;
  const { id, conferenceId, startedAt, state, bytes, ms } = recording;
  const name = recording.conferenceName || texts.unnamed;
  const goesOn = state === 'recording';
  const when = format.dateTime(startedAt);
  const facts: Content = [
    html`<span class="digits">${format.duration(goesOn ? clock.now() - startedAt : ms)}</span>`,
    !goesOn && html` · ${format.megabytes(bytes)}`,
    html` · ${t.startedBy(startedBy(visit, recording))}`,
    goesOn && html` <span class="badge live">${t.goesOn}</span>`,
    state === 'interrupted' && html` <span class="badge warn">${t.interrupted}</span>`,
  ];
  const remove = html`<details class="sure" id="sure-${id}"><summary class="button small danger" aria-label="${t.remove}: ${name}, ${when}">${t.remove}</summary>${postForm(
    visit,
    `/recordings/${id}/delete`,
    html`<p>${t.removeSure}</p><button class="danger">${t.removeNow}</button>`,
  )}</details>`;
  return html`<li class="recording" id="r${id}"><div><a href="/conferences/${conferenceId}"><strong>${name}</strong></a><br><span>${when}</span><br><span class="quiet">${facts}</span></div>
<audio controls preload="none" src="/recordings/${id}/sound" aria-label="${name}, ${when}"></audio>
<div class="inline"><a class="button small" href="/recordings/${id}/sound?download" aria-label="${t.download}: ${name}, ${when}">${t.download}</a>${remove}</div></li>`;
}

function startedBy({ texts }: Visit, { startedBy: by }: RecordingRecord): string {
  const { apis, itself } = texts.recordings;
  if (by === 'api') return apis;
  return by === 'conference' ? itself : by;
}

/** One that goes on as far as it is written. */
async function soundOf(visit: Visit, { recordings }: Parts): Promise<Answer> {
  const recording = await recordings.get(idOf(visit));
  const file = recording && (await recordings.fileOf(recording));
  if (!file) throw new PartylineError('NOT_FOUND', 'Recording');
  const { path, bytes } = file;
  const range = byteRangeOf(visit.request.headers.range, bytes);
  if (range === 'outside') {
    return { content: '', status: 416, headers: { 'content-range': `bytes */${bytes}` } };
  }
  const { start, end } = range ?? { start: 0, end: bytes - 1 };
  const kind = visit.query.has('download') ? 'attachment' : 'inline';
  return {
    // Never more than was announced: a recording that goes on grows.
    content: bytes === 0 ? '' : createReadStream(path, { start, end }),
    status: range ? 206 : 200,
    headers: {
      'content-type': 'audio/x-wav',
      'content-length': String(end - start + 1),
      'accept-ranges': 'bytes',
      'content-disposition': `${kind}; filename="${recording.file}"`,
      ...(range && { 'content-range': `bytes ${start}-${end}/${bytes}` }),
    },
  };
}

/** @throws PartylineError NOT_FOUND */
function idOf({ params }: Visit): string {
  const { id = '' } = params;
  if (!/^[0-9a-f]{32}$/.test(id)) throw new PartylineError('NOT_FOUND', 'Recording');
  return id;
}
