// Whether who asks for something grave says the own password again: a browser that was left open is not enough.
import type { Clock } from '../../conference/index.js';
import type { Store } from '../../store/index.js';
import { Attempts } from '../kazoo/attempts.js';
import type { AdminVisit } from './visit.js';

export class OwnPassword {
  private readonly attempts: Attempts;
  private readonly parts: { readonly store: Pick<Store, 'admins'>; readonly clock: Clock };

  constructor(parts: { readonly store: Pick<Store, 'admins'>; readonly clock: Clock }) {
    this.parts = parts;
    this.attempts = new Attempts({ clock: parts.clock });
  }

  /** @returns a sentence when the form's `current` is not the visitor's password; undefined when it is */
  async wrong({ admin, form, texts }: AdminVisit): Promise<string | undefined> {
    const { store, clock } = this.parts;
    const verdict = this.attempts.begin(admin.id);
    if (verdict.kind === 'refused') return texts.login.slow(Math.ceil(verdict.retryAfterMs / 1000));
    const { delayMs } = verdict;
    if (delayMs > 0) await new Promise<void>((resolve) => clock.after(delayMs, resolve));
    const found = await store.admins.checkPassword(admin.name, form.get('current') ?? '');
    if (found?.adminId !== admin.id) return texts.admins.wrongCurrent;
    verdict.succeeded();
    return undefined;
  }
}
