// All transactions, found by what RFC 3261 §17.1.3 and §17.2.3 match them by, and by the id the application knows.
import type { Via } from './addresses.js';
import type { ClientTransaction } from './client-transaction.js';
import type { ServerTransaction } from './server-transaction.js';
import type { SipMessage } from './sip-message.js';

const cookie = 'z9hG4bK';

/** The key of a request; an ACK has the key of the INVITE it acknowledges, for a CANCEL ask with 'INVITE'. */
export function serverKey(request: SipMessage, via: Via, method = request.method): string {
  const branch = via.params.get('branch') ?? '';
  const of = method === 'ACK' ? 'INVITE' : method;
  if (branch.startsWith(cookie) && branch.length > cookie.length)
    return `${branch}\n${via.host}:${via.port ?? ''}\n${of}`;
  // RFC 2543 peers: everything that stays the same in a retransmission.
  const { callId, cseq, fromTag, uri } = request;
  return [callId, cseq.number, fromTag, uri, request.get('via'), of].join('\n');
}

/** The key under which an incoming request is the same by whatever way it comes (RFC 3261 §8.2.2.2). */
export function mergeKey({ callId, cseq, fromTag, method }: SipMessage): string {
  return `${callId}\n${fromTag}\n${cseq.number}\n${method}`;
}

export function clientKey(branch: string, method: string): string {
  return `${branch}\n${method}`;
}

export class Transactions {
  private readonly serverByKey = new Map<string, ServerTransaction>();
  private readonly serverById = new Map<string, ServerTransaction>();
  private readonly clientByKey = new Map<string, ClientTransaction>();
  private readonly clientById = new Map<string, ClientTransaction>();
  private readonly serverByRequest = new Map<string, ServerTransaction>();
  private heldBytes = 0;

  /** Bytes of the requests that are held for their retransmissions. */
  get bytes(): number {
    return this.heldBytes;
  }

  get size(): number {
    return this.serverByKey.size + this.clientByKey.size;
  }

  addServer(transaction: ServerTransaction): void {
    this.serverByKey.set(transaction.key, transaction);
    this.serverById.set(transaction.id, transaction);
    this.heldBytes += transaction.size;
    // One outside of dialogs: the first of its kind is the one that counts.
    const key = mergeKey(transaction.request);
    if (!transaction.request.toTag && !this.serverByRequest.has(key))
      this.serverByRequest.set(key, transaction);
  }

  addClient(transaction: ClientTransaction): void {
    this.clientByKey.set(transaction.key, transaction);
    this.clientById.set(transaction.id, transaction);
  }

  removeServer(transaction: ServerTransaction): void {
    this.serverByKey.delete(transaction.key);
    this.serverById.delete(transaction.id);
    this.heldBytes -= transaction.size;
    const key = mergeKey(transaction.request);
    if (this.serverByRequest.get(key) === transaction) this.serverByRequest.delete(key);
  }

  removeClient(transaction: ClientTransaction): void {
    this.clientByKey.delete(transaction.key);
    this.clientById.delete(transaction.id);
  }

  server(id: string): ServerTransaction | undefined {
    return this.serverById.get(id);
  }

  client(id: string): ClientTransaction | undefined {
    return this.clientById.get(id);
  }

  serverOf(key: string): ServerTransaction | undefined {
    return this.serverByKey.get(key);
  }

  /** The one that this request is a copy of, though it came another way. */
  mergedInto(transaction: ServerTransaction): ServerTransaction | undefined {
    const first = this.serverByRequest.get(mergeKey(transaction.request));
    return first === transaction ? undefined : first;
  }

  /** The one a response answers. */
  clientOf(response: SipMessage, via: Via): ClientTransaction | undefined {
    const branch = via.params.get('branch');
    return branch === undefined ? undefined : this.clientByKey.get(clientKey(branch, response.cseq.method));
  }

  allClients(): Iterable<ClientTransaction> {
    return this.clientByKey.values();
  }

  /** Ends all without a word. */
  clear(): void {
    for (const transaction of [...this.serverByKey.values()]) transaction.terminate();
    for (const transaction of [...this.clientByKey.values()]) transaction.terminate();
  }
}
