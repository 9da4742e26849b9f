// Where an update is, as the piece of its page that is drawn anew while it goes on.
import { mayCancel, type UpdateDesk, type UpdateState } from '../../appliance/index.js';
import { attribute, html, type Content, type Html } from './html.js';
import { notice } from './layout.js';
import { postForm, type AdminVisit, type Visit } from './visit.js';

export interface UpdatePieceParts {
  readonly desk: Pick<UpdateDesk, 'state'>;
  readonly calls: () => number;
}

export function updatePiece(visit: AdminVisit, { desk, calls }: UpdatePieceParts): Html {
  const { state } = desk;
  return html`<section class="card">${about(visit, state, calls())}${buttons(visit, state, calls())}</section>`;
}

function about({ texts, format }: Visit, state: UpdateState, calls: number): Content {
  const t = texts.updates;
  switch (state.kind) {
    case 'idle':
      return html`<p>${t.none}</p>`;
    case 'fetching': {
      const { source, bytes, total } = state;
      const done = format.megabytes(bytes);
      return html`<p>${t.fetching(source)}</p>${bar(t.progress, bytes, total)}<p class="digits">${total === undefined ? done : t.bytes(done, format.megabytes(total))}</p>`;
    }
    case 'verifying':
      return html`<p>${t.verifying}</p>`;
    case 'ready':
      return html`<p><strong>${t.ready(state.version)}</strong></p><p>${t.calls(calls)} ${t.nowHelp}</p>`;
    case 'waiting':
      return html`<p>${t.waiting[state.before](state.version)}</p><p>${t.calls(calls)}</p>`;
    case 'backing-up':
      return html`<p>${t.backingUp}</p>`;
    case 'installing':
      return html`<p>${t.installing(state.version)}</p>${bar(t.progress, state.percent, 100)}<p class="digits">${state.percent} %</p>`;
    case 'restarting':
      return html`<p>${t.restarting(state.version)}</p>`;
    case 'ended': {
      const { kind, version, from, detail } = state.end;
      const sentence = html`<p>${t.ends[kind](version, from)}</p>${detail !== undefined && html`<p>${t.said(detail)}</p>`}`;
      return kind === 'proving' ? sentence : notice(kind === 'kept' ? 'done' : 'wrong', sentence);
    }
    case 'refused': {
      const { why, detail } = state;
      return notice(
        'wrong',
        html`<p>${t.refused[why]}</p>${detail !== undefined && html`<p>${t.said(detail)}</p>`}`,
      );
    }
  }
}

function buttons(visit: Visit, state: UpdateState, calls: number): Content {
  const t = visit.texts.updates;
  const button = (action: string, label: string, kind = '', when?: 'quiet' | 'now') =>
    postForm(
      visit,
      `/box/update/${action}`,
      html`${when && html`<input type="hidden" name="when" value="${when}">`}<button id="update-${when ?? action}" class="${kind}">${label}</button>`,
    );
  const all: Content[] = [];
  if (state.kind === 'ready') {
    all.push(
      button('install', calls > 0 ? t.quiet : t.now, 'primary', 'quiet'),
      calls > 0 && button('install', t.now, 'danger', 'now'),
      button('cancel', t.discard),
    );
  } else {
    if (state.kind === 'waiting') all.push(button('hurry', t.hurry[state.before], 'danger'));
    if (mayCancel(state)) all.push(button('cancel', t.cancel));
  }
  return all.length > 0 && html`<div class="actions">${all}</div>`;
}

/** @param total undefined: how much there will be is not known */
function bar(label: string, value: number, total: number | undefined): Html {
  return html`<progress aria-label="${label}"${attribute('max', total)}${attribute('value', total === undefined ? undefined : Math.min(value, total))}></progress>`;
}
