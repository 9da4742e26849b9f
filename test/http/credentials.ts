// Credentials for tests of the APIs: one account, one admin, one API key, all in memory.
import { createHash } from 'node:crypto';
import type { Credentials } from '../../src/http/index.js';

export const accountId = 'a0000000000000000000000000000001';
export const apiKey = 'k'.repeat(64);
export const admin = { id: 'admin-1', user: 'Ada', password: 'Correct horse' };

export class MemoryCredentials implements Credentials {
  /** Ids of admins and keys who are not welcome any more. */
  readonly gone = new Set<string>();

  accountId(): Promise<string> {
    return Promise.resolve(accountId);
  }

  accountName(): Promise<string> {
    return Promise.resolve('Partyline');
  }

  findApiKey(key: string): Promise<{ id: string; kind: string } | undefined> {
    return Promise.resolve(key === apiKey ? { id: 'key-1', kind: 'kazoo' } : undefined);
  }

  checkCredentialsHash(hash: string, method: 'md5' | 'sha1'): Promise<{ adminId: string } | undefined> {
    return Promise.resolve(hash === credentialsHash(method) ? { adminId: admin.id } : undefined);
  }

  stillValid({ owner }: { owner: string }): Promise<boolean> {
    return Promise.resolve(!this.gone.has(owner));
  }

  authorOf({ owner, kind }: { owner: string; kind: string }): Promise<string> {
    return Promise.resolve(`${kind} ${owner}`);
  }
}

/** What a client sends of user and password. */
export function credentialsHash(method: 'md5' | 'sha1', password = admin.password): string {
  return createHash(method).update(`${admin.user.toLowerCase()}:${password}`).digest('hex');
}
