// Something to dial on a box that nobody has set up yet: two conferences and a number that asks for one. Made once and
// never again, so that an admin who removes them is not given them back.
import { validateConference } from '../conference/validation.js';
import { PartylineError } from '../errors.js';
import { authorBox } from './authors.js';
import type { StoredConference } from './conferences.js';
import type { Store } from './store.js';

export interface DemoEntry {
  readonly name: string;
  readonly number: string;
  /** Absent = no PIN is asked for. */
  readonly memberPin?: string;
  readonly moderatorPin?: string;
}

export interface Demo {
  readonly conferences: readonly DemoEntry[];
  /** Dial it to be asked for a conference number. */
  readonly accessNumber: string;
}

const demo: Demo = {
  conferences: [
    { name: 'Demo', number: '3000', memberPin: '1234', moderatorPin: '9999' },
    { name: 'Open', number: '3001' },
  ],
  accessNumber: '3999',
};

/** The setting that says a demo was made, or was not wanted any more. */
const madeKey = 'demo.made';

/**
 * Makes the demo conferences on a box that never had a conference.
 * @returns what was made, for whoever sets the box up; undefined = nothing, the box is in use
 */
export async function createDemo(store: Store): Promise<Demo | undefined> {
  if (await store.settings.get<boolean>(madeKey)) return undefined;
  const inUse = await store.conferences.everHadOne();
  await store.transaction(async () => {
    await store.settings.set(madeKey, true);
    if (inUse) return;
    for (const entry of demo.conferences) await create(store, entry);
    await store.accessNumbers.add(demo.accessNumber, { author: authorBox });
  });
  return inUse ? undefined : demo;
}

function create(store: Store, entry: DemoEntry): Promise<StoredConference> {
  const validated = validateConference({
    name: entry.name,
    conference_numbers: [entry.number],
    member: { join_muted: false, pins: entry.memberPin ? [entry.memberPin] : [] },
    moderator: { pins: entry.moderatorPin ? [entry.moderatorPin] : [] },
  });
  if (!validated.ok) throw new PartylineError('VALIDATION', `demo conference ${entry.name}`);
  return store.conferences.create(validated.document, { author: authorBox });
}
