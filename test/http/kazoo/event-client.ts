// A client of the events: sends what Kazoo's clients send, keeps what it is told.
import { once } from 'node:events';
import { WebSocket, type ClientOptions } from 'ws';

export type Message = Record<string, unknown> & { readonly data: Record<string, unknown> };

export class EventClient {
  readonly socket: WebSocket;
  readonly messages: Message[] = [];
  private waiters: (() => void)[] = [];
  private requests = 0;

  private constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on('message', (data: Buffer) => {
      this.messages.push(JSON.parse(data.toString()) as Message);
      for (const waiter of this.waiters.splice(0)) waiter();
    });
    // Why it was closed is what a test asks, not this.
    socket.on('error', () => undefined);
  }

  static async open(url: string, options: ClientOptions = {}): Promise<EventClient> {
    const client = new EventClient(new WebSocket(url, options));
    await once(client.socket, 'open');
    return client;
  }

  get events(): Message[] {
    return this.messages.filter(({ action }) => action === 'event');
  }

  /** Sends and resolves with the reply. */
  async ask(message: Record<string, unknown>): Promise<Message> {
    const id = `r${++this.requests}`;
    this.socket.send(JSON.stringify({ request_id: id, ...message }));
    return this.next((reply) => reply.action === 'reply' && reply.request_id === (message.request_id ?? id));
  }

  subscribe(token: string, account: string, binding: string | readonly string[]): Promise<Message> {
    const key = typeof binding === 'string' ? { binding } : { bindings: binding };
    return this.ask({ action: 'subscribe', auth_token: token, data: { account_id: account, ...key } });
  }

  /** The first message that fits, now or later. */
  async next(fits: (message: Message) => boolean, timeoutMs = 5000): Promise<Message> {
    const end = performance.now() + timeoutMs;
    for (;;) {
      const found = this.messages.find(fits);
      if (found) return found;
      const left = end - performance.now();
      if (left <= 0) throw new Error(`not told in ${timeoutMs} ms: ${JSON.stringify(this.messages)}`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left);
        this.waiters.push(() => {
          clearTimeout(timer);
          resolve();
        });
      });
    }
  }

  /** Resolves with the code when it is closed. */
  async closed(): Promise<number> {
    if (this.socket.readyState === WebSocket.CLOSED) return 1006;
    const [code] = (await once(this.socket, 'close')) as [number];
    return code;
  }
}
