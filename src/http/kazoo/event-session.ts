// What one client of the events says and is told, without its socket: subscribe, unsubscribe and ping in, replies and
// events out, in Kazoo's form.
import type { ConferenceFeed, FeedEvent } from '../../calls/index.js';
import { isObject } from '../../conference/document.js';
import { fits, readBinding, type Binding } from './binding.js';
import type { BoxIdentity } from './envelope.js';
import { KazooError } from './errors.js';
import { eventView, type EventView } from './event-view.js';
import type { Guard } from './guard.js';

export interface EventSessionParts {
  readonly feed: Pick<ConferenceFeed, 'subscribe'>;
  readonly guard: Pick<Guard, 'session' | 'account' | 'endOf'>;
  readonly box: BoxIdentity;
  /** Where the client is. */
  readonly address: string;
  readonly send: (message: Record<string, unknown>) => void;
}

/** Subscriptions of one client; each costs a look at every event. */
const mostBindings = 100;

interface Subscription {
  readonly binding: Binding;
  readonly token: string;
  readonly stop: () => void;
}

/** An event is worded once, however many are told. */
const worded = new WeakMap<FeedEvent, EventView | undefined>();

export class EventSession {
  private readonly parts: EventSessionParts;
  private readonly subscriptions = new Map<string, Subscription>();
  private accountId = '';
  private closed = false;
  private admitted = false;

  constructor(parts: EventSessionParts) {
    this.parts = parts;
  }

  /** Has shown a right token once. */
  get welcome(): boolean {
    return this.admitted;
  }

  /** One message of the client. Never throws. */
  async receive(text: string): Promise<void> {
    const message = parse(text);
    const id = typeof message?.request_id === 'string' ? message.request_id.slice(0, 128) : '';
    try {
      const data = message ? await this.answer(message) : { errors: ['message is no JSON object'] };
      if (!this.closed) this.reply(id, 'errors' in data ? 'error' : 'success', data);
    } catch (error) {
      const text = error instanceof KazooError ? error.kind : 'unspecified_fault';
      if (!this.closed) this.reply(id, 'error', { errors: [text] });
    }
  }

  /** Whether the tokens that this session was given still hold. */
  async stillAllowed(): Promise<boolean> {
    const tokens = new Set([...this.subscriptions.values()].map(({ token }) => token));
    for (const token of tokens) if ((await this.parts.guard.endOf(token)) === undefined) return false;
    return true;
  }

  close(): void {
    this.closed = true;
    this.forget([...this.subscriptions.keys()]);
  }

  private answer(message: Record<string, unknown>): Promise<Record<string, unknown>> {
    switch (message.action) {
      case 'subscribe':
        return this.subscribe(message);
      case 'unsubscribe':
        return Promise.resolve(this.unsubscribe(message));
      case 'ping':
        return this.ping(message);
      default:
        return Promise.resolve({ errors: ['unknown action'] });
    }
  }

  private async subscribe(message: Record<string, unknown>): Promise<Record<string, unknown>> {
    const { guard, address } = this.parts;
    const token = tokenOf(message);
    await guard.session(token, address);
    this.admitted = true;
    const data = isObject(message.data) ? message.data : {};
    const keys = bindingsOf(data);
    const missing = [
      ...(typeof data.account_id === 'string' ? [] : ['account_id']),
      ...(keys.length > 0 ? [] : ['binding']),
    ];
    if (missing.length > 0) return { errors: [`missing required keys : ${missing.join(' ')}`] };
    await guard.account(String(data.account_id));
    const bindings = keys.map(readBinding);
    const wrong = bindings.filter((binding) => typeof binding === 'string');
    if (wrong.length > 0) return { errors: wrong };
    const fresh = (bindings as Binding[]).filter(({ key }) => !this.subscriptions.has(key));
    if (this.subscriptions.size + fresh.length > mostBindings) {
      return { errors: [`more than ${mostBindings} bindings`] };
    }
    if (this.closed) return {};
    this.accountId = String(data.account_id);
    for (const binding of fresh) this.add(binding, token ?? '');
    return { subscribed: [...this.subscriptions.keys()] };
  }

  private add(binding: Binding, token: string): void {
    const { topic } = binding;
    const stop =
      topic === undefined
        ? () => undefined
        : this.parts.feed.subscribe(topic, (event) => this.tell(binding, event));
    this.subscriptions.set(binding.key, { binding, token, stop });
  }

  private unsubscribe(message: Record<string, unknown>): Record<string, unknown> {
    const wanted = bindingsOf(isObject(message.data) ? message.data : {});
    const all = [...this.subscriptions.keys()];
    const over = wanted.length > 0 ? all.filter((key) => wanted.includes(key)) : all;
    this.forget(over);
    return { unsubscribed: over, subscribed: [...this.subscriptions.keys()] };
  }

  /** With a token it counts as a use of that: so a client that only listens stays welcome. */
  private async ping(message: Record<string, unknown>): Promise<Record<string, unknown>> {
    const token = tokenOf(message);
    if (token !== undefined) await this.parts.guard.session(token, this.parts.address);
    return { response: 'pong' };
  }

  private forget(keys: readonly string[]): void {
    for (const key of keys) {
      this.subscriptions.get(key)?.stop();
      this.subscriptions.delete(key);
    }
  }

  private tell(binding: Binding, event: FeedEvent): void {
    if (this.closed || !fits(binding, event)) return;
    if (!worded.has(event)) worded.set(event, eventView(event, this.parts.box, this.accountId));
    const view = worded.get(event);
    if (!view) return;
    this.parts.send({
      action: 'event',
      subscribed_key: binding.key,
      subscription_key: binding.key,
      name: view.name,
      routing_key: view.routingKey,
      data: view.data,
    });
  }

  private reply(id: string, status: 'success' | 'error', data: Record<string, unknown>): void {
    this.parts.send({ action: 'reply', request_id: id, status, data });
  }
}

function parse(text: string): Record<string, unknown> | undefined {
  try {
    const message: unknown = JSON.parse(text);
    return isObject(message) ? message : undefined;
  } catch {
    return undefined;
  }
}

function tokenOf({ auth_token: token }: Record<string, unknown>): string | undefined {
  return typeof token === 'string' && token !== '' ? token : undefined;
}

/** Kazoo takes one as `binding`, before several as `bindings`. */
function bindingsOf({ binding, bindings }: Readonly<Record<string, unknown>>): string[] {
  if (typeof binding === 'string') return [binding];
  if (!Array.isArray(bindings)) return [];
  return bindings.slice(0, mostBindings + 1).filter((one): one is string => typeof one === 'string');
}
