// A store in a folder of its own for one test, gone afterwards; and documents to put into it.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ConferenceDocument } from '../../src/conference/document.js';
import { validateConference } from '../../src/conference/validation.js';
import type { Fields, Log } from '../../src/log.js';
import { Store, type NewCall, type StoreOptions } from '../../src/store/index.js';

export interface Test {
  teardown(undo: () => unknown): void;
}

/** A folder that is removed at the end of the test. */
export function scratchFolder(t: Test): string {
  const folder = mkdtempSync(join(tmpdir(), 'store-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A started store; what another process changes is noticed at the next look-up. */
export async function scratchStore(t: Test, options: Partial<StoreOptions> = {}): Promise<Store> {
  const store = new Store({ file: join(scratchFolder(t), 'box.db'), freshnessMs: 0, ...options });
  await store.start();
  t.teardown(() => store.stop());
  return store;
}

/** The validated document of what is given. */
export function documentOf(input: Record<string, unknown> = {}): ConferenceDocument {
  const result = validateConference(input);
  if (!result.ok) throw new Error(JSON.stringify(result.errors));
  return result.document;
}

export function callOf(id: string, changes: Partial<NewCall> = {}): NewCall {
  return {
    id,
    sipCallId: `${id}@phone`,
    dialogId: `dialog-${id}`,
    direction: 'inbound',
    callerNumber: '201',
    callerName: 'Ada',
    callerAddress: '127.0.0.1:5060',
    calledNumber: '3000',
    startedAt: 1_700_000_000_000,
    ...changes,
  };
}

export interface LogLine {
  readonly level: string;
  readonly event: string;
  readonly fields: Fields | undefined;
}

/** A log that keeps its lines. */
export function listeningLog(): { log: Log; lines: LogLine[] } {
  const lines: LogLine[] = [];
  const keep = (level: string) => (event: string, fields?: Fields) =>
    void lines.push({ level, event, fields });
  const log: Log = {
    debug: keep('debug'),
    info: keep('info'),
    warn: keep('warn'),
    error: keep('error'),
    child: () => log,
    debugging: true,
  };
  return { log, lines };
}
