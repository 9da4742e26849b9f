// Revisions out, and back in as If-Match.
import t from 'tap';
import { expectedBy, revisionOf } from '../../../src/http/kazoo/revision.js';
import { documentOf } from '../../store/scratch.js';

const id = 'c'.repeat(32);

void t.test('as it went out, it may come back', (t) => {
  const revision = revisionOf({ id, revision: 7, createdAt: 0, updatedAt: 0, document: documentOf() });
  t.equal(revision, `7-${id}`);
  for (const header of [revision, `"${revision}"`, `W/"${revision}"`, ` "${revision}" `]) {
    t.strictSame(expectedBy(header, id), { expectedRevision: 7 });
  }
  t.strictSame(expectedBy(undefined, id), {});
  t.strictSame(expectedBy('*', id), {});
  t.end();
});

void t.test('anything else is no revision of this document', (t) => {
  for (const header of ['', '7', '"7"', `7-${'d'.repeat(32)}`, `x-${id}`, `"7-${id}", "8-${id}"`]) {
    t.throws(() => expectedBy(header, id), { message: 'datastore_conflict' });
  }
  t.end();
});
