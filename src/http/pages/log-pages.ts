// The end of the box's log, from a level on.
import { open } from 'node:fs/promises';
import { isObject } from '../../conference/document.js';
import { boxPage } from './box-pages.js';
import { select } from './form-fields.js';
import { html } from './html.js';
import type { PageRouter } from './page-router.js';
import type { PagesOptions } from './pages.js';

type Parts = Pick<PagesOptions, 'facts'>;

const levels = ['error', 'warn', 'info', 'debug'] as const;
type Level = (typeof levels)[number];

/** Bytes of the file's end that are looked at, and lines of them that are shown. */
const mostBytes = 512 * 1024;
const mostLines = 200;

export interface LogLine {
  /** ISO 8601. */
  readonly time: string;
  readonly level: Level;
  readonly event: string;
  /** Everything else. */
  readonly fields: Readonly<Record<string, unknown>>;
}

export function logPages(router: PageRouter, { facts }: Parts): void {
  router.get('/box/log', async (visit) => {
    const { texts, format, query } = visit;
    const t = texts.log;
    const level = levels.find((known) => known === query.get('level')) ?? 'info';
    const lines = newestLines(await endOf(facts.logFile, mostBytes), level, mostLines);
    const rows = lines.map(
      (line) =>
        html`<tr class="${line.level}"><th scope="row">${format.dateTime(Date.parse(line.time))}</th><td data-label="${t.kind}" class="word">${t.kinds[line.level]}</td><td data-label="${t.event}">${line.event} <span class="quiet">${Object.entries(
          line.fields,
        )
          .map(([key, value]) => `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
          .join(' ')}</span></td></tr>`,
    );
    const choices = levels.map((value) => ({ value, label: t.levels[value] }));
    const content = html`<form class="row filter">${select({ name: 'level', label: t.level, value: level }, choices)}<button>${t.show}</button></form>${
      rows.length === 0
        ? html`<p class="empty">${t.empty}</p>`
        : html`<table class="cards log"><thead><tr><th scope="col">${t.time}</th><th scope="col">${t.kind}</th><th scope="col">${t.event}</th></tr></thead><tbody>${rows}</tbody></table>`
    }`;
    return boxPage(visit, 'log', t.title, content);
  });
}

/** The last bytes of a file; '' when there is none. */
async function endOf(path: string, most: number): Promise<string> {
  try {
    const file = await open(path);
    try {
      const { size } = await file.stat();
      const length = Math.min(size, most);
      const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, size - length);
      return buffer.toString('utf8', 0, bytesRead);
    } finally {
      await file.close();
    }
  } catch {
    return '';
  }
}

/** The newest first. A first line that was cut is passed over like everything that is no line of a log. */
export function newestLines(text: string, from: Level, most: number): LogLine[] {
  const shown = new Set<unknown>(levels.slice(0, levels.indexOf(from) + 1));
  const lines: LogLine[] = [];
  for (const raw of text.split('\n').reverse()) {
    if (lines.length >= most) break;
    const line = parsed(raw);
    if (line && shown.has(line.level)) lines.push(line);
  }
  return lines;
}

function parsed(raw: string): LogLine | undefined {
  try {
    const value: unknown = JSON.parse(raw);
    if (!isObject(value)) return undefined;
    const { time, level, msg, ...fields } = value;
    const known = levels.find((one) => one === level);
    if (typeof time !== 'string' || Number.isNaN(Date.parse(time)) || !known) return undefined;
    return { time, level: known, event: typeof msg === 'string' ? msg : '', fields };
  } catch {
    return undefined;
  }
}
