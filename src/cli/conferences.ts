// partyline conference: the conferences as whole documents, in the words of Kazoo's API, checked by the same rules as
// everywhere.
import {
  numbersOf,
  summarize,
  validateConference,
  type ConferenceDocument,
  type ListedNumber,
} from '../conference/index.js';
import { PartylineError } from '../errors.js';
import { NumbersInUseError, type Store, type StoredConference } from '../store/index.js';
import type { Command } from './command.js';
import { CliError, exitCodes, invalid, usageError } from './errors.js';
import { readJson } from './input.js';
import { table, timeJson } from './output.js';

const list: Command = {
  words: ['conference', 'list'],
  summary: 'list the conferences, without their PINs',
  async run({ box, output }) {
    const conferences = await box.withStore(all);
    const rows = conferences.map(({ id, document }) => ({ id, ...summarize(document) }));
    output.result(
      rows.map((row) => ({
        id: row.id,
        name: row.name,
        numbers: row.numbers,
        member_pin: row.memberPin,
        moderator_pin: row.moderatorPin,
      })),
      table(
        ['ID', 'NUMBERS', 'PIN', 'NAME'],
        rows.map((row) => [
          row.id,
          row.numbers.join(',') || '-',
          row.memberPin || row.moderatorPin ? 'yes' : 'no',
          row.name,
        ]),
      ),
    );
  },
};

const show: Command = {
  words: ['conference', 'show'],
  args: [{ name: 'ID' }],
  summary: 'show a conference whole, with its PINs',
  details: [
    'With --json: the document, as "conference put" takes it; keys that begin with _ are not stored.',
  ],
  async run({ args: [id = ''], box, output }) {
    const conference = await box.withStore((store) => store.conferences.get(id));
    if (!conference) throw notFound(id);
    output.result(conferenceJson(conference), conferenceLines(conference));
  },
};

const put: Command = {
  words: ['conference', 'put'],
  args: [{ name: 'ID', optional: true }],
  options: ['file', 'revision'],
  summary: 'write a conference, from JSON on standard input',
  details: [
    'The document takes the place of what is stored under ID, as a whole; what it leaves out gets its default. Without',
    'ID, or with one that was never used, a conference is made.',
  ],
  async run({ args: [id], options, box, output }) {
    if (id !== undefined && !/^[0-9a-f]{32}$/.test(id))
      throw usageError('ID must have 32 hexadecimal digits.');
    const expected = revisionOf(options.revision);
    if (expected && id === undefined) throw usageError('--revision needs an ID.');
    const validated = validateConference(await readJson(options.file, (line) => output.note(line)));
    if (!validated.ok) throw invalid('The document', validated.errors);
    const { document } = validated;
    const conference = await box.withNewStore((store) => write(store, id, document, expected));
    const what = conference.revision === 1 ? 'was made' : 'was changed';
    output.result(conferenceJson(conference), [`Conference ${conference.id} ${what}.`]);
  },
};

const remove: Command = {
  words: ['conference', 'delete'],
  args: [{ name: 'ID' }],
  options: ['revision'],
  summary: 'remove a conference and free its numbers',
  async run({ args: [id = ''], options, box, output }) {
    const expected = revisionOf(options.revision);
    await box.withStore((store) => store.conferences.remove(id, expected));
    output.result({ id, deleted: true }, [`Conference ${id} was removed.`]);
  },
};

export const conferenceCommands: readonly Command[] = [list, show, put, remove];

async function all(store: Store): Promise<StoredConference[]> {
  const conferences: StoredConference[] = [];
  let after: string | undefined;
  do {
    const page = await store.conferences.list({ limit: 1000, ...(after !== undefined && { after }) });
    conferences.push(...page.conferences);
    after = page.next;
  } while (after !== undefined);
  return conferences;
}

async function write(
  store: Store,
  id: string | undefined,
  document: ConferenceDocument,
  expected: { expectedRevision: number } | undefined,
): Promise<StoredConference> {
  try {
    if (id === undefined) return await store.conferences.create(document);
    return await store.transaction(async () => {
      try {
        return await store.conferences.replace(id, document, expected);
      } catch (error) {
        // Who names a revision knows that there was one.
        if (expected || !(error instanceof PartylineError) || error.code !== 'NOT_FOUND') throw error;
      }
      return createWithId(store, id, document);
    });
  } catch (error) {
    if (error instanceof NumbersInUseError) throw inUse(document, error.numbers);
    throw error;
  }
}

/** An id is never given twice: records of calls still speak of the conference that had it. */
async function createWithId(
  store: Store,
  id: string,
  document: ConferenceDocument,
): Promise<StoredConference> {
  try {
    return await store.conferences.create(document, { id });
  } catch (error) {
    if (!(error instanceof PartylineError) || error.code !== 'CONFLICT') throw error;
    const sentence = `Conference ${id} was removed; leave the ID out to make another.`;
    throw new CliError(exitCodes.conflict, sentence);
  }
}

/** Names the field of every number that leads somewhere else. */
function inUse(document: ConferenceDocument, numbers: readonly string[]): CliError {
  const indexes = new Map<ListedNumber['listedIn'], number>();
  const faults = numbersOf(document).flatMap(({ number, listedIn }) => {
    const index = indexes.get(listedIn) ?? 0;
    indexes.set(listedIn, index + 1);
    const field = listedIn === 'conference' ? 'conference_numbers' : `${listedIn}.numbers`;
    return numbers.includes(number)
      ? [{ field: `${field}.${index}`, message: `${number} is already in use` }]
      : [];
  });
  return new CliError(exitCodes.conflict, 'Numbers of the document are already in use.', faults);
}

/** @throws CliError */
function revisionOf(text: string | undefined): { expectedRevision: number } | undefined {
  if (text === undefined) return undefined;
  if (!/^[1-9]\d{0,8}$/.test(text)) throw usageError('--revision must be a number from 1 up.');
  return { expectedRevision: Number(text) };
}

function notFound(id: string): CliError {
  return new CliError(exitCodes.notFound, `Conference ${id.slice(0, 64)} was not found.`);
}

function conferenceJson({ id, revision, createdAt, updatedAt, document }: StoredConference): object {
  return {
    id,
    _revision: revision,
    _created_at: timeJson(createdAt),
    _updated_at: timeJson(updatedAt),
    ...document,
  };
}

function conferenceLines(conference: StoredConference): string[] {
  const { id, revision, document } = conference;
  const some = (texts: readonly string[]) => texts.join(', ') || '-';
  const { member, moderator } = document;
  return [
    `id                 ${id}`,
    `name               ${document.name ?? '-'}`,
    `revision           ${revision}`,
    `numbers            ${some(document.conference_numbers)}`,
    `member numbers     ${some(member.numbers)}`,
    `member PINs        ${some(member.pins)}`,
    `moderator numbers  ${some(moderator.numbers)}`,
    `moderator PINs     ${some(moderator.pins)}`,
    `members join       ${member.join_muted ? 'muted' : 'unmuted'}`,
    `most participants  ${document.max_participants || 'no limit'}`,
    `wait for moderator ${document.wait_for_moderator ? 'yes' : 'no'}`,
  ];
}
