// What has arrived, in order, and a way to wait for what has not: every wait of these tests is for an event.

interface Waiter<T> {
  match: (item: T) => boolean;
  give: (item: T) => void;
}

/** A queue in which each item is taken once; the whole history stays readable. */
export class Inbox<T> {
  readonly history: T[] = [];
  readonly #waiting: T[] = [];
  readonly #waiters: Array<Waiter<T>> = [];
  readonly #describe: (item: T) => string;

  constructor(describe: (item: T) => string) {
    this.#describe = describe;
  }

  put(item: T): void {
    this.history.push(item);
    const index = this.#waiters.findIndex((waiter) => waiter.match(item));
    const [waiter] = index < 0 ? [] : this.#waiters.splice(index, 1);
    if (waiter) waiter.give(item);
    else this.#waiting.push(item);
  }

  /** The oldest item not yet taken that matches, at once or when it arrives. Rejects after `ms`. */
  take(what: string, match: (item: T) => boolean = () => true, ms = 4000): Promise<T> {
    const index = this.#waiting.findIndex(match);
    const [item] = index < 0 ? [] : this.#waiting.splice(index, 1);
    if (item !== undefined) return Promise.resolve(item);
    return new Promise((resolve, reject) => {
      const waiter: Waiter<T> = {
        match,
        give: (given) => {
          clearTimeout(timer);
          resolve(given);
        },
      };
      const timer = setTimeout(() => {
        this.#waiters.splice(this.#waiters.indexOf(waiter), 1);
        const seen = this.history.map(this.#describe).slice(-12).join('\n  ');
        reject(new Error(`waited ${ms} ms for ${what}; arrived so far:\n  ${seen}`));
      }, ms);
      this.#waiters.push(waiter);
    });
  }

  /** Forgets what nobody has taken; for those who read the history instead. */
  takeAll(): T[] {
    return this.#waiting.splice(0);
  }

  /** How many items that match have arrived since the beginning. */
  count(match: (item: T) => boolean): number {
    return this.history.filter(match).length;
  }

  /** Resolves when at least `count` items that match have arrived. */
  async reach(what: string, count: number, match: (item: T) => boolean, ms = 4000): Promise<void> {
    const until = Date.now() + ms;
    while (this.count(match) < count) {
      if (Date.now() > until) throw new Error(`${what}: ${this.count(match)} of ${count} in ${ms} ms`);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  /** Takes the oldest item that matches, if there is one already. */
  takeNow(match: (item: T) => boolean): T | undefined {
    const index = this.#waiting.findIndex(match);
    return index < 0 ? undefined : this.#waiting.splice(index, 1)[0];
  }

  /** Items that nobody has taken. */
  get left(): readonly T[] {
    return this.#waiting;
  }
}

/** Takes an item from whichever inbox gets one first; says which by its index. */
export async function takeFromAny<T>(
  inboxes: Array<Inbox<T>>,
  what: string,
  match: (item: T) => boolean,
  ms = 4000,
): Promise<{ index: number; item: T }> {
  const until = Date.now() + ms;
  for (;;) {
    for (const [index, inbox] of inboxes.entries()) {
      const item = inbox.takeNow(match);
      if (item !== undefined) return { index, item };
    }
    if (Date.now() > until) throw new Error(`waited ${ms} ms for ${what} at any of ${inboxes.length}`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}
