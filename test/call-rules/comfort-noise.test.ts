// The noise under a conference follows its document, and costs nobody the conference.
import t from 'tap';
import { ComfortNoise } from '../../src/calls/comfort-noise.js';
import { Conference } from '../../src/conference/index.js';
import { silentLog } from '../../src/log.js';
import { documentWith } from '../conference/documents.js';
import { FakeClock } from '../conference/fake-clock.js';
import { settle } from './stage.js';

function underWith(level: number | undefined, noise?: (peak: number) => Promise<string>) {
  const documentOf = (value?: number) =>
    documentWith(value === undefined ? {} : { profile: { 'comfort-noise': value } });
  const conference = new Conference({
    document: documentOf(level),
    instanceId: 'i',
    clock: new FakeClock(),
  });
  const played: (string | undefined)[] = [];
  const warned: string[] = [];
  new ComfortNoise({
    conference,
    room: {
      background: (file) => {
        played.push(file);
        return Promise.resolve();
      },
    },
    sounds: { noise: noise ?? ((peak) => Promise.resolve(`noise ${Math.round(peak)}`)) },
    log: { ...silentLog, warn: (event) => warned.push(event) },
  }).start();
  return { conference, played, warned, edit: (value?: number) => conference.setDocument(documentOf(value)) };
}

void t.test('only where the document names it, and as it is edited', async (t) => {
  const none = underWith(undefined);
  none.edit(0);
  await settle();
  t.strictSame(none.played, [], 'a room without noise is not touched');

  const { played, edit } = underWith(1000);
  await settle();
  t.strictSame(played, ['noise 33']);
  edit(1000);
  edit(500);
  await settle();
  edit();
  await settle();
  t.strictSame(played, ['noise 33', 'noise 66', undefined]);
});

void t.test('the last edit counts, whichever file is made first', async (t) => {
  const made: (() => void)[] = [];
  const { played, edit } = underWith(
    1000,
    (peak) => new Promise((resolve) => made.push(() => resolve(`noise ${Math.round(peak)}`))),
  );
  edit(100);
  made[1]?.();
  made[0]?.();
  await settle();
  t.strictSame(played, ['noise 328']);
});

void t.test('noise that cannot be made is missing, with a warning', async (t) => {
  const { played, warned } = underWith(1000, () => Promise.reject(new Error('disk full')));
  await settle();
  t.strictSame([played, warned], [[], ['comfort noise not played']]);
});
