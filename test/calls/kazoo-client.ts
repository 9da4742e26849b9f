// A client of the Kazoo API of a box under test: logs in as its admin, then sends and reads envelopes.
import { createHash } from 'node:crypto';
import type { Box } from './box.js';

/** Password of the admin of the boxes that are tested through their APIs; PARTYLINE_ADMIN_PASSWORD. */
export const adminPassword = 'correct horse battery';

export interface KazooReply {
  readonly status: number;
  readonly headers: Headers;
  readonly data: unknown;
  /** The whole envelope. */
  readonly body: Record<string, unknown>;
}

export class KazooClient {
  readonly token: string;
  private readonly base: string;

  private constructor(base: string, token: string) {
    this.base = base;
    this.token = token;
  }

  static async login(box: Box): Promise<KazooClient> {
    const credentials = createHash('md5').update(`admin:${adminPassword}`).digest('hex');
    const reply = await exchange('PUT', `${box.url}/v2/user_auth`, {
      data: { credentials, account_name: 'partyline', method: 'md5' },
    });
    if (reply.status !== 201) throw new Error(`login refused: ${JSON.stringify(reply.body)}`);
    const { account_id: account } = reply.data as { account_id: string };
    return new KazooClient(`${box.url}/v2/accounts/${account}`, String(reply.body.auth_token));
  }

  /** Id of the account. */
  get account(): string {
    return this.base.slice(this.base.lastIndexOf('/') + 1);
  }

  /** @param path below the account */
  send(method: string, path: string, data?: unknown): Promise<KazooReply> {
    return exchange(method, `${this.base}${path}`, data === undefined ? undefined : { data }, this.token);
  }

  /** The sound at a path below the account. */
  async download(path: string): Promise<Buffer> {
    const headers = { accept: 'audio/x-wav', 'x-auth-token': this.token };
    const response = await fetch(`${this.base}${path}`, { headers });
    if (response.status !== 200) throw new Error(`${response.status}: ${await response.text()}`);
    return Buffer.from(await response.arrayBuffer());
  }

  /** A new conference without announcements, unless the document says otherwise; its id. */
  async conference(document: Record<string, unknown>): Promise<string> {
    const quiet = { play_welcome: false, play_entry_tone: false, play_exit_tone: false };
    const reply = await this.send('PUT', '/conferences', {
      ...quiet,
      member: { join_muted: false },
      ...document,
    });
    if (reply.status !== 201) throw new Error(JSON.stringify(reply.body));
    return (reply.data as { id: string }).id;
  }

  /** A new sound; its id. */
  async sound(name: string, file: Buffer, contentType: string): Promise<string> {
    const { data } = await this.send('PUT', '/media', { name });
    const { id } = data as { id: string };
    const response = await fetch(`${this.base}/media/${id}/raw`, {
      method: 'PUT',
      headers: { 'content-type': contentType, 'x-auth-token': this.token },
      body: file,
    });
    if (response.status !== 200) throw new Error(await response.text());
    return id;
  }

  /** An action on a conference (''), on all its participants ('participants') or on one ('participants/1'). */
  act(id: string, what: string, action: string, data?: Record<string, unknown>): Promise<KazooReply> {
    const path = `/conferences/${id}${what && `/${what}`}`;
    return this.send('PUT', path, { action, ...(data && { data }) });
  }
}

async function exchange(method: string, url: string, body?: unknown, token?: string): Promise<KazooReply> {
  const response = await fetch(url, {
    method,
    headers: { 'content-type': 'application/json', ...(token && { 'x-auth-token': token }) },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const envelope = (await response.json()) as Record<string, unknown>;
  return { status: response.status, headers: response.headers, data: envelope.data, body: envelope };
}
