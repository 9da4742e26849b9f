// The certificate of HTTPS in a backup and out of it: an uploaded one, and none that a box has made.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { Database } from '../../src/store/database.js';
import { certificateFiles, certificateFolder, restoreDatabase, Store } from '../../src/store/index.js';
import { scratchFolder, type Test } from './scratch.js';

/** A certificate and its key, in the place of that of this database. */
function certify(database: string, organisation: string): { certificate: string; key: string } {
  const folder = certificateFolder(database);
  mkdirSync(folder, { recursive: true });
  const files = certificateFiles(folder);
  // prettier-ignore
  execFileSync('openssl', [
    'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '30',
    '-subj', `/O=${organisation}/CN=box.example`, '-keyout', files.key, '-out', files.certificate,
  ], { stdio: 'ignore' });
  return { certificate: readFileSync(files.certificate, 'utf8'), key: readFileSync(files.key, 'utf8') };
}

/** A backup of a box with a certificate of this organisation. */
async function backedUp(t: Test, organisation: string) {
  const database = join(scratchFolder(t), 'box.db');
  const pair = certify(database, organisation);
  const store = new Store({ file: database });
  await store.start();
  const backup = `${database}.backup`;
  await store.backup(backup);
  await store.stop();
  return { database, backup, pair };
}

function inUse(database: string) {
  const { certificate, key } = certificateFiles(certificateFolder(database));
  return { certificate: readFileSync(certificate, 'utf8'), key: readFileSync(key, 'utf8') };
}

void t.test('an uploaded one is back on another box, readable by its owner alone', async (t) => {
  const { backup, pair } = await backedUp(t, 'Office');
  const file = join(scratchFolder(t), 'data', 'box.db');
  const before = certify(file, 'Partyline');
  await restoreDatabase({ file, from: backup });
  t.same(inUse(file), pair);
  const { key, certificate } = certificateFiles(certificateFolder(file));
  t.equal(statSync(key).mode & 0o777, 0o600);
  t.equal(readFileSync(`${certificate}.before`, 'utf8'), before.certificate, 'what was there is kept');
  t.notOk(readFileSync(file).includes('PRIVATE KEY'), 'and the key is not in the database any more');
});

void t.test('one that a box has made is in no backup, and what is there stays', async (t) => {
  const { backup } = await backedUp(t, 'Partyline');
  t.notOk(readFileSync(backup).includes('PRIVATE KEY'));
  const file = join(scratchFolder(t), 'data', 'box.db');
  const before = certify(file, 'Office');
  await restoreDatabase({ file, from: backup });
  t.same(inUse(file), before);
});

void t.test('one without a key, or with another’s, is left out', async (t) => {
  const { database } = await backedUp(t, 'Office');
  const { key } = certificateFiles(certificateFolder(database));
  const store = new Store({ file: database });
  await store.start();
  writeFileSync(key, 'no key');
  await store.backup(`${database}.second`);
  await store.stop();
  const file = join(scratchFolder(t), 'data', 'box.db');
  await restoreDatabase({ file, from: `${database}.second` });
  t.notOk(existsSync(certificateFolder(file)));
});

void t.test('a certificate that is not whole is refused, and nothing has changed', async (t) => {
  for (const sql of ["UPDATE backup_certificate SET key = 'x'", 'DELETE FROM backup_certificate']) {
    const { backup } = await backedUp(t, 'Office');
    const copy = await Database.open(backup);
    await copy.exec(sql);
    await copy.close();
    const file = join(scratchFolder(t), 'data', 'box.db');
    const before = certify(file, 'Partyline');
    await t.rejects(restoreDatabase({ file, from: backup }), { problem: 'damaged', message: backup }, sql);
    t.same(inUse(file), before);
    t.same(readdirSync(certificateFolder(file)).sort(), ['certificate.pem', 'key.pem']);
  }
});

void t.test('a restore that fails later leaves the certificate as it was', async (t) => {
  const { backup } = await backedUp(t, 'Office');
  const file = join(scratchFolder(t), 'data', 'box.db');
  const before = certify(file, 'Partyline');
  const onStep = (step: string) => {
    if (step === 'checked') throw new Error('no room');
  };
  await t.rejects(restoreDatabase({ file, from: backup, onStep }), /no room/);
  t.same(inUse(file), before);
  t.same(readdirSync(certificateFolder(file)).sort(), ['certificate.pem', 'key.pem']);
});
