// Who is talking in one room. While somebody wants to know, every member's ingress has a tap: a copy of the phone's
// packets that rtpengine sends to the talk detector. At the ingress and not at the leg in the room, because a command to
// an ingress is nobody else's affair: 20 taps are open in about 5 ms; at the legs of one room it took 20 to 80 (measured).
import type { MemberId } from '../conference/types.js';
import type { EngineLink } from './engine-link.js';
import type { Ingress } from './ingress.js';
import { Serial } from './serial.js';
import type { Ear } from './talk-detector.js';

export interface TalkListener {
  /** Above this the member counts as talking; mean absolute 16-bit sample. */
  levelOf(id: MemberId): number;
  /** The member began or ended to be louder than its level; muted members too. */
  heard(id: MemberId, loud: boolean): void;
}

interface Tap {
  readonly ingress: Ingress;
  readonly ear: Ear;
}

/** What a new tap needs until its figures can be relied on, ms: three packets to be loud, and the way there. */
const settleMs = 150;

export class RoomTaps {
  private readonly engine: EngineLink;
  private readonly roomId: string;
  private readonly members: () => Iterable<readonly [MemberId, { readonly ingress: Ingress }]>;
  private readonly serial = new Serial();
  private listener: TalkListener | undefined;
  private readonly taps = new Map<MemberId, Tap>();
  private readonly loud = new Set<MemberId>();

  /** @param members who is in the room now */
  constructor(
    engine: EngineLink,
    roomId: string,
    members: () => Iterable<readonly [MemberId, { readonly ingress: Ingress }]>,
  ) {
    this.engine = engine;
    this.roomId = roomId;
    this.members = members;
  }

  /**
   * Begins to listen to everybody who is here and who comes; undefined = nobody wants to know any more. Resolves when
   * the figures are true. Never throws: who cannot be listened to is logged, and counts as quiet.
   */
  async listen(listener: TalkListener | undefined): Promise<void> {
    this.listener = listener;
    if (!listener) this.loud.clear();
    for (const id of this.loud) listener?.heard(id, true);
    await this.review();
    if (listener && this.taps.size > 0) await new Promise((resolve) => setTimeout(resolve, settleMs));
  }

  /** Mean absolute sample of the member's last packet; 0 when nobody listens. */
  energyOf(id: MemberId): number {
    return this.taps.get(id)?.ear.energy ?? 0;
  }

  /** The member's level was changed. */
  reviewLevel(id: MemberId): void {
    if (this.listener) this.taps.get(id)?.ear.setLevel(this.listener.levelOf(id));
  }

  /** For Room: somebody came or left. Never throws. */
  review(): Promise<void> {
    if (!this.listener && this.taps.size === 0) return Promise.resolve();
    return this.serial.run(() => this.bringUp());
  }

  private async bringUp(): Promise<void> {
    const wanted = new Map(
      this.listener ? [...this.members()].map(([id, { ingress }]) => [id, ingress]) : [],
    );
    const over = [...this.taps].filter(([id, { ingress, ear }]) => wanted.get(id) !== ingress || !ear.alive);
    // Whose ear was lost goes on as it stood; who has left has stopped talking.
    for (const [id] of over) if (!wanted.has(id)) this.heard(id, false);
    const results = await Promise.allSettled(over.map(([id, tap]) => this.close(id, tap)));
    const fresh = [...wanted].filter(([id, ingress]) => !this.taps.has(id) && !ingress.released);
    results.push(...(await Promise.allSettled(fresh.map(([id, ingress]) => this.open(id, ingress)))));
    const failed = results.find((result) => result.status === 'rejected');
    if (!failed) return;
    const error = String(failed.reason);
    this.engine.log.warn('not everybody is listened to', { room: this.roomId, error });
  }

  private async open(id: MemberId, ingress: Ingress): Promise<void> {
    const { listener } = this;
    if (!listener) return;
    const ear = await this.engine.talk.open({
      codec: ingress.inner ?? 'PCMU',
      level: listener.levelOf(id),
      talking: this.loud.has(id),
      changed: (loud) => this.heard(id, loud),
    });
    this.taps.set(id, { ingress, ear });
    await ingress.setTap({ port: ear.port, from: (port) => ear.from(port) });
  }

  private async close(id: MemberId, { ingress, ear }: Tap): Promise<void> {
    this.taps.delete(id);
    ear.close();
    await ingress.setTap(undefined);
  }

  private heard(id: MemberId, loud: boolean): void {
    if (this.loud.has(id) === loud) return;
    if (loud) this.loud.add(id);
    else this.loud.delete(id);
    this.listener?.heard(id, loud);
  }
}
