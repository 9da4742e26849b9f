// How often one user may ask. A bucket per user, which fills evenly; bounded, since users are made by the admin only.

export class RateLimit {
  private readonly perSecond: number;
  private readonly now: () => number;
  /** Unix ms from which the user may ask again. */
  private readonly freeAt = new Map<string, number>();

  /** @param perSecond 0 = no limit */
  constructor(perSecond: number, now: () => number) {
    this.perSecond = perSecond;
    this.now = now;
  }

  /** @returns undefined = go on; otherwise when to come again, unix ms */
  take(userId: string): number | undefined {
    if (this.perSecond === 0) return undefined;
    const now = this.now();
    const free = this.freeAt.get(userId) ?? 0;
    const intervalMs = 1000 / this.perSecond;
    // A clock that was put back must not lock anybody out.
    if (free > now && free - now <= intervalMs) return Math.ceil(free);
    this.freeAt.set(userId, now + intervalMs);
    return undefined;
  }
}
