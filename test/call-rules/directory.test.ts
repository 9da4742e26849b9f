import t from 'tap';
import { ConferenceDirectory } from '../../src/calls/directory.js';
import { documentWith } from '../conference/documents.js';

function directoryOf() {
  const facts = {
    version: 1,
    loads: 0,
    conferences: [
      { id: 'a', document: documentWith({ conference_numbers: ['1'], moderator: { numbers: ['2'] } }) },
      { id: 'b', document: documentWith({ member: { numbers: ['3'] } }) },
    ],
  };
  const directory = new ConferenceDirectory({
    version: () => Promise.resolve(facts.version),
    conferences: () => {
      facts.loads += 1;
      return Promise.resolve(facts.conferences);
    },
    accessNumbers: () => Promise.resolve(['9']),
  });
  return { directory, facts };
}

void t.test('every number leads where it stands', async (t) => {
  const { directory } = directoryOf();
  t.equal(directory.findByNumber('1'), undefined, 'nothing is known before the first look');
  await directory.refresh();
  t.match(directory.findByNumber('1'), { conferenceId: 'a', listedIn: 'conference' });
  t.match(directory.findByNumber('2'), { conferenceId: 'a', listedIn: 'moderator' });
  t.match(directory.findByNumber('3'), { conferenceId: 'b', listedIn: 'member' });
  t.equal(directory.findByNumber('9'), 'access-number');
  t.equal(directory.findByNumber('4'), undefined);
  t.strictSame(directory.findById('b')?.member.numbers, ['3']);
});

void t.test('read again only when something has changed, and once for all who ask', async (t) => {
  const { directory, facts } = directoryOf();
  await Promise.all([directory.refresh(), directory.refresh(), directory.refresh()]);
  await directory.refresh();
  t.equal(facts.loads, 1);
  facts.version = 2;
  facts.conferences = [{ id: 'c', document: documentWith({ conference_numbers: ['7'] }) }];
  await directory.refresh();
  t.equal(facts.loads, 2);
  t.match(directory.findByNumber('7'), { conferenceId: 'c' });
  t.equal(directory.findByNumber('1'), undefined);
});

void t.test('a change while it is being read is not missed', async (t) => {
  let version = 1;
  let name = 'before';
  const reads: (() => void)[] = [];
  const directory = new ConferenceDirectory({
    version: () => Promise.resolve(version),
    conferences: async () => {
      const document = documentWith({ name });
      await new Promise<void>((resolve) => reads.push(resolve));
      return [{ id: 'c', document }];
    },
    accessNumbers: () => Promise.resolve([]),
  });
  const turn = () => new Promise((resolve) => setImmediate(resolve));

  const first = directory.refresh();
  await turn();
  [version, name] = [2, 'after'];
  const [second, third] = [directory.refresh(), directory.refresh()];
  await turn();
  reads.shift()?.();
  await first;
  t.equal(directory.findById('c')?.name, 'before');
  await turn();
  reads.shift()?.();
  await Promise.all([second, third]);
  t.equal(directory.findById('c')?.name, 'after');
  await directory.refresh();
  t.equal(reads.length, 0, 'and is read no more often than needed');
});
