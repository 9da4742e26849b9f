// The certificate of the web page: the box makes one at its first start, by openssl, which is on every Debian and kept
// safe by others; an admin's own takes its place. Kept in the data folder, the key readable by its owner alone.
import { execFile } from 'node:child_process';
import { X509Certificate, createPrivateKey } from 'node:crypto';
import { chmod, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { createSecureContext } from 'node:tls';
import { promisify } from 'node:util';
import { durableRename } from '../durable-rename.js';
import type { Log } from '../log.js';
import { boxOrganisation, certificateFiles, isMadeByBox } from '../store/index.js';

export interface KeyPair {
  /** PEM: the certificate, then those that vouch for it. */
  readonly certificate: string;
  /** PEM. */
  readonly key: string;
}

export interface CertificateOptions {
  /** Made when it does not exist. */
  readonly folder: string;
  /** What the box is called and where it is reached: names and IP addresses. */
  readonly names: readonly string[];
  readonly log: Log;
}

/** Days. Nobody renews it, and browsers ask for a shorter time only of authorities. Ours. */
const validDays = 3650;
const execute = promisify(execFile);

export class Certificate {
  private readonly options: CertificateOptions;
  private readonly files: { readonly certificate: string; readonly key: string };

  constructor(options: CertificateOptions) {
    this.options = options;
    this.files = certificateFiles(options.folder);
  }

  /**
   * The certificate that is there, or a new one. What is there and cannot be used is laid aside: without HTTPS nobody could
   * log in to put it right.
   * @throws Error when openssl is not there or fails
   */
  async load(): Promise<KeyPair> {
    const { certificate, key } = this.files;
    const there = await pairIn(certificate, key);
    if (there) return there;
    // The power was cut between the two names of an admin's own.
    if (await pairIn(`${certificate}.part`, key)) await durableRename(`${certificate}.part`, certificate);
    else {
      for (const file of [certificate, key]) await this.layAside(file);
      await this.make();
    }
    const pair = { certificate: await readFile(certificate, 'utf8'), key: await readFile(key, 'utf8') };
    checkPair(pair);
    return pair;
  }

  /** Takes an admin's own. @throws Error when the two do not fit */
  async replace(pair: KeyPair): Promise<void> {
    checkPair(pair);
    await mkdir(this.options.folder, { recursive: true, mode: 0o700 });
    const { certificate, key } = this.files;
    // Under other names first, and both on the storage before either has its own: load() finishes what a power cut leaves.
    await writeFile(`${key}.part`, pair.key, { mode: 0o600, flush: true });
    await writeFile(`${certificate}.part`, pair.certificate, { mode: 0o600, flush: true });
    await durableRename(`${key}.part`, key);
    await durableRename(`${certificate}.part`, certificate);
  }

  private async layAside(file: string): Promise<void> {
    try {
      await rename(file, `${file}.unusable`);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
      throw error;
    }
    this.options.log.warn('certificate cannot be used: the box makes a new one', {
      keptAs: `${file}.unusable`,
    });
  }

  private async make(): Promise<void> {
    const { folder, names } = this.options;
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const { certificate, key } = this.files;
    const safe = names.filter((name) => isIP(name) > 0 || /^[A-Za-z0-9.-]{1,253}$/.test(name));
    const alternatives = safe.map((name) => `${isIP(name) > 0 ? 'IP' : 'DNS'}:${name}`).join(',');
    // prettier-ignore
    const args = [
      'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-sha256',
      '-days', String(validDays), '-subj', `/O=${boxOrganisation}/CN=${safe[0] ?? 'partyline'}`,
      '-addext', `subjectAltName=${alternatives || 'DNS:localhost'}`, '-addext', 'extendedKeyUsage=serverAuth',
      '-keyout', `${key}.part`, '-out', `${certificate}.part`,
    ];
    try {
      await writeFile(`${key}.part`, '', { mode: 0o600 });
      await execute('openssl', args, { timeout: 20_000 });
      await chmod(`${key}.part`, 0o600);
      await durableRename(`${key}.part`, key);
      await durableRename(`${certificate}.part`, certificate);
    } finally {
      await rm(`${key}.part`, { force: true });
      await rm(`${certificate}.part`, { force: true });
    }
  }
}

/** Undefined when one of the files is not there, or the two are no pair. */
async function pairIn(certificateFile: string, keyFile: string): Promise<KeyPair | undefined> {
  const [certificate, key] = [await textOf(certificateFile), await textOf(keyFile)];
  if (certificate === undefined || key === undefined) return undefined;
  try {
    checkPair({ certificate, key });
    return { certificate, key };
  } catch {
    return undefined;
  }
}

async function textOf(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** @throws Error when one of them cannot be read, or the key is not that of the certificate */
export function checkPair({ certificate, key }: KeyPair): void {
  const parsed = new X509Certificate(certificate);
  if (!parsed.checkPrivateKey(createPrivateKey(key)))
    throw new Error('The key is not that of the certificate.');
  createSecureContext({ cert: certificate, key });
}

/** What an admin may want to know of it. */
export function certificateFacts(certificate: string): {
  subject: string;
  issuer: string;
  validUntil: number;
  fingerprint: string;
  own: boolean;
} {
  const parsed = new X509Certificate(certificate);
  const { subject, issuer, validTo, fingerprint256 } = parsed;
  const line = (text: string) => text.replaceAll('\n', ', ');
  return {
    subject: line(subject),
    issuer: line(issuer),
    validUntil: Date.parse(validTo),
    fingerprint: fingerprint256,
    own: isMadeByBox(parsed),
  };
}
