// The calls table: how a call record lies in it, and every statement that touches it. When it is written to is decided
// in call-records.ts.
import type { EndReason } from '../conference/types.js';
import { PartylineError } from '../errors.js';
import type { CallFilter, CallList, CallRecord } from './call-record.js';
import type { Database, Value } from './database.js';

/** Key of a record, column of the table; row number, id and start never change once written. */
const columns = [
  ['id', 'id'],
  ['startedAt', 'started_at'],
  ['sipCallId', 'sip_call_id'],
  ['dialogId', 'dialog_id'],
  ['direction', 'direction'],
  ['callerNumber', 'caller_number'],
  ['callerName', 'caller_name'],
  ['callerAddress', 'caller_address'],
  ['calledNumber', 'called_number'],
  ['conferenceId', 'conference_id'],
  ['conferenceName', 'conference_name'],
  ['role', 'role'],
  ['participantId', 'participant_id'],
  ['answeredAt', 'answered_at'],
  ['joinedAt', 'joined_at'],
  ['endedAt', 'ended_at'],
  ['endReason', 'end_reason'],
  ['codec', 'codec'],
] as const satisfies readonly (readonly [keyof CallRecord, string])[];

const names = columns.map(([, column]) => column);

/** Many calls in one statement: one trip to the thread pool and one commit, however many they are. */
const write = `
INSERT INTO calls (${names.join(', ')})
SELECT ${columns.map((_, index) => `value ->> ${index}`).join(', ')} FROM json_each(?) WHERE true
ON CONFLICT (id) DO UPDATE SET ${names
  .slice(2)
  .map((column) => `${column} = excluded.${column}`)
  .join(', ')}`;

const select = `SELECT row, ${columns.map(([key, column]) => `${column} AS ${key}`).join(', ')} FROM calls`;

type Row = { row: number } & { [Key in keyof CallRecord]: CallRecord[Key] | null };

/** Longer texts from the network are cut. Characters. */
const maxText = 256;

const newestFirst = 'ORDER BY started_at DESC, row DESC';

/** Who is looked for has mostly called lately, so that these are looked through first. */
const lately = 2000;

export function writeCalls(database: Database, calls: Iterable<CallRecord>): Promise<unknown> {
  const rows = Array.from(calls, (call) =>
    columns.map(([key]) => {
      const value = call[key];
      return typeof value === 'string' ? value.slice(0, maxText) : (value ?? null);
    }),
  );
  return database.runRelaxed(write, [JSON.stringify(rows)]);
}

export async function findCall(database: Database, id: string): Promise<CallRecord | undefined> {
  const row = await database.get<Row>(`${select} WHERE id = ?`, [id]);
  return row && recordOf(row);
}

export async function listCalls(database: Database, filter: CallFilter): Promise<CallList> {
  const limit = Math.min(Math.max(Math.trunc(filter.limit ?? 50), 1), 500);
  const where: string[] = [];
  const params: Value[] = [];
  const add = (condition: string, ...values: Value[]) => {
    where.push(condition);
    params.push(...values);
  };
  if (filter.from !== undefined) add('started_at >= ?', filter.from);
  if (filter.to !== undefined) add('started_at < ?', filter.to);
  if (filter.conferenceId !== undefined) add('conference_id = ?', filter.conferenceId);
  if (filter.live !== undefined) add(`ended_at IS ${filter.live ? '' : 'NOT '}NULL`);
  if (filter.after !== undefined) add('(started_at, row) < (?, ?)', ...readCursor(filter.after));
  const rows = filter.caller
    ? await callsOf(database, filter.caller, where, params, limit + 1)
    : await database.all<Row>(`${select} ${all(where)} ${newestFirst} LIMIT ?`, [...params, limit + 1]);
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return {
    calls: page.map(recordOf),
    ...(rows.length > limit && last && { next: `${last.startedAt}.${last.row}` }),
  };
}

/**
 * No index finds a part of a name. In the order of the index all 100,000 records take 35 ms, since each is fetched from
 * another place; in that of the table 14 ms, but then nothing is found before everything was read.
 */
async function callsOf(
  database: Database,
  caller: string,
  where: readonly string[],
  params: readonly Value[],
  limit: number,
): Promise<Row[]> {
  const pattern = `%${caller.slice(0, maxText).replace(/[%_\\]/g, '\\$&')}%`;
  const isTheirs = "(caller_number LIKE ? ESCAPE '\\' OR caller_name LIKE ? ESCAPE '\\')";
  const search = (from: readonly string[], values: readonly Value[], order: string) =>
    database.all<Row>(`${select} ${all([...from, isTheirs])} ${order} LIMIT ?`, [
      ...values,
      pattern,
      pattern,
      limit,
    ]);
  const last = await database.get<{ startedAt: number }>(
    `SELECT started_at AS startedAt FROM calls ${all(where)} ${newestFirst} LIMIT 1 OFFSET ${lately}`,
    params,
  );
  if (!last) return search(where, params, newestFirst);
  const found = await search([...where, 'started_at >= ?'], [...params, last.startedAt], newestFirst);
  if (found.length === limit) return found;
  return search(where, params, 'ORDER BY +started_at DESC, row DESC');
}

function all(conditions: readonly string[]): string {
  return conditions.length > 0 ? `WHERE ${conditions.join(' AND ')}` : '';
}

/**
 * Ends every call that still goes on as far as the table knows; for the start after a crash. They ended when the box
 * last gave a sign of life, or when they last did something, whichever is later.
 */
export function endOrphans(database: Database, now: number): Promise<CallRecord[]> {
  const reason: EndReason = 'error';
  return database.transaction(async () => {
    const live = await database.all<Row>(`${select} WHERE ended_at IS NULL ORDER BY started_at`);
    if (live.length === 0) return [];
    await database.run(
      `UPDATE calls SET end_reason = ?, ended_at =
         min(?, max(started_at, coalesce(answered_at, 0), coalesce(joined_at, 0), (SELECT at FROM call_pulse)))
       WHERE ended_at IS NULL`,
      [reason, now],
    );
    const ended = await database.all<Row>(
      `${select} WHERE row IN (SELECT value FROM json_each(?)) ORDER BY started_at`,
      [JSON.stringify(live.map(({ row }) => row))],
    );
    return ended.map(recordOf);
  });
}

export function writePulse(database: Database, now: number): Promise<unknown> {
  return database.runRelaxed('UPDATE call_pulse SET at = ?', [now]);
}

/** Rows removed in one go, so that a write of calls never waits long behind it. */
const pruneStep = 1000;

/**
 * Removes some of the ended calls beyond the newest `maxRows` or begun before `before` (unix ms), the oldest first.
 * @returns how many; 1000 or more = there may be others
 */
export async function pruneCalls(
  database: Database,
  maxRows: number,
  before: number | undefined,
): Promise<number> {
  // Row numbers rise by one with each call, so that the newest need not be counted.
  const beyond = await database.runRelaxed(
    `DELETE FROM calls WHERE row IN (
       SELECT row FROM calls
       WHERE row <= (SELECT max(row) FROM calls) - ? AND ended_at IS NOT NULL ORDER BY row LIMIT ${pruneStep})`,
    [maxRows],
  );
  if (before === undefined) return beyond.changes;
  const old = await database.runRelaxed(
    `DELETE FROM calls WHERE row IN (
       SELECT row FROM calls WHERE started_at < ? AND ended_at IS NOT NULL ORDER BY started_at LIMIT ${pruneStep})`,
    [before],
  );
  return beyond.changes + old.changes;
}

function recordOf({ row: _row, ...values }: Row): CallRecord {
  const known = Object.entries(values).filter(([, value]) => value !== null);
  return Object.fromEntries(known) as unknown as CallRecord;
}

/** @throws PartylineError VALIDATION for anything that listCalls did not write */
function readCursor(cursor: string): [number, number] {
  const match = /^(-?\d{1,16})\.(\d{1,16})$/.exec(cursor);
  if (!match) throw new PartylineError('VALIDATION', 'the page to go on from is unknown');
  return [Number(match[1]), Number(match[2])];
}
