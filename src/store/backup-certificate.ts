// The certificate of HTTPS in a backup: one that an admin has uploaded, with its key, so that a restored box is trusted by
// the same browsers as before. A backup holds PINs and the password of the outbound peer anyway, and has to be kept as
// safe as a key. One that the box has made itself stays out: it is for the addresses of that box, and another makes its own.
import { createPrivateKey, X509Certificate } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import type { Database } from './database.js';
import { StoreFileError } from './errors.js';
import { giveToFolderOwner, sync } from './private-file.js';

/** The table that a backup may have beyond those of its version. */
export const certificateTable = 'backup_certificate';

/** By this organisation a certificate is known that a box has made. */
export const boxOrganisation = 'Partyline';

interface Pair {
  /** PEM. */
  readonly certificate: string;
  readonly key: string;
}

/** Where the certificate is that belongs to a database. */
export function certificateFolder(databaseFile: string): string {
  return join(dirname(databaseFile), 'certificate');
}

export function certificateFiles(folder: string): Pair {
  return { certificate: join(folder, 'certificate.pem'), key: join(folder, 'key.pem') };
}

/** Whether a box has made it itself. */
export function isMadeByBox({ issuer, subject }: X509Certificate): boolean {
  return issuer === subject && issuer.includes(`O=${boxOrganisation}`);
}

/** Adds to a backup what was uploaded; one that cannot be used is passed over. */
export async function packCertificate(backup: Database, folder: string): Promise<void> {
  const files = certificateFiles(folder);
  if (!existsSync(files.certificate) || !existsSync(files.key)) return;
  const pair = { certificate: readFileSync(files.certificate, 'utf8'), key: readFileSync(files.key, 'utf8') };
  if (!isPair(pair) || isMadeByBox(new X509Certificate(pair.certificate))) return;
  await backup.exec(`CREATE TABLE ${certificateTable} (certificate TEXT NOT NULL, key TEXT NOT NULL)`);
  await backup.run(`INSERT INTO ${certificateTable} VALUES (?, ?)`, [pair.certificate, pair.key]);
}

/**
 * Takes the certificate out of a copy of a backup, and lays it beside the one that is in use.
 * @param name what the backup is called in errors
 * @returns puts it in its place; what was there before stays beside it
 * @throws StoreFileError when it is none; the error of the file system when it cannot be written
 */
export async function unpackCertificate(copy: Database, folder: string, name: string): Promise<() => void> {
  const find = "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?";
  if (!(await copy.get(find, [certificateTable]))) return () => undefined;
  const pair = await copy.get<Pair>(`SELECT certificate, key FROM ${certificateTable}`);
  if (!pair || !isPair(pair)) {
    const sentence = `The file ${name} is damaged (its certificate cannot be used). Nothing was changed.`;
    throw new StoreFileError(name, 'damaged', sentence);
  }
  // Its pages would hold the key.
  await copy.exec(`DROP TABLE ${certificateTable}; VACUUM;`);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  giveToFolderOwner(folder);
  const files = certificateFiles(folder);
  for (const which of ['key', 'certificate'] as const) {
    const part = `${files[which]}.part`;
    rmSync(part, { force: true });
    writeFileSync(part, pair[which], { mode: 0o600, flag: 'wx' });
    giveToFolderOwner(part);
    sync(part);
  }
  return () => {
    for (const file of [files.key, files.certificate]) {
      if (existsSync(file)) copyFileSync(file, `${file}.before`);
      renameSync(`${file}.part`, file);
    }
    sync(folder);
  };
}

/** Removes what unpackCertificate has laid ready and nobody has put in its place. */
export function dropCertificate(folder: string): void {
  for (const file of Object.values(certificateFiles(folder))) rmSync(`${file}.part`, { force: true });
}

function isPair({ certificate, key }: Pair): boolean {
  try {
    return new X509Certificate(certificate).checkPrivateKey(createPrivateKey(key));
  } catch {
    return false;
  }
}
