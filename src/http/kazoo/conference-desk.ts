// Where the routes find the conference that a request names: what is stored, what goes on, or both.
import type { ConferenceControl } from '../../calls/index.js';
import type { Clock } from '../../conference/index.js';
import type { Conferences, StoredConference } from '../../store/index.js';
import type { Seen } from './conference-view.js';
import type { BoxIdentity } from './envelope.js';
import { systemError } from './errors.js';

export interface ConferenceDeskOptions {
  readonly stored: Pick<Conferences, 'get'>;
  readonly control: ConferenceControl;
  readonly box: BoxIdentity;
  readonly clock: Clock;
}

export class ConferenceDesk {
  private readonly options: ConferenceDeskOptions;

  constructor(options: ConferenceDeskOptions) {
    this.options = options;
  }

  /** @throws KazooError bad_identifier */
  async stored(id: string): Promise<StoredConference> {
    const stored = await this.options.stored.get(id);
    if (!stored) throw systemError('bad_identifier', { cause: id });
    return stored;
  }

  /**
   * A conference to look into or to act on. One that was deleted can still be reached while people are in it.
   * @throws KazooError bad_identifier
   */
  async reachable(id: string): Promise<Seen> {
    const running = this.options.control.find(id);
    const { document } = running ?? (await this.stored(id));
    return this.seen({ id, document });
  }

  seen({ id, document }: Pick<StoredConference, 'id' | 'document'>): Seen {
    const { control, box, clock } = this.options;
    const running = control.find(id);
    if (!running) return { id, document, box, now: clock.now() };
    return {
      id,
      document,
      box,
      now: clock.now(),
      running,
      energyOf: (member) => control.energyOf(id, member),
    };
  }

  /**
   * As `reachable`, for who wants to know who is talking: the first question takes 0.2 s, until all have been listened to.
   * @throws KazooError bad_identifier
   */
  async heard(id: string): Promise<Seen> {
    const seen = await this.reachable(id);
    await this.options.control.lookWhoTalks(id);
    return this.seen(seen);
  }
}
