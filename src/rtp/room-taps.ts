// Who is talking in one room. While somebody wants to know, every leg has a tap: a leg beside it to which rtpengine
// copies the member's packets as they are, without transcoding, and which sends them to the talk detector. Taps follow
// the room's mix but are no part of it: they come after it, and a tap that fails leaves the room as it is.
import type { MemberId } from '../conference/types.js';
import type { EngineLink } from './engine-link.js';
import type { Ingress } from './ingress.js';
import type { RoomCall } from './room-call.js';
import type { Ear } from './talk-detector.js';

export interface TalkListener {
  /** Above this the member counts as talking; mean absolute 16-bit sample. */
  levelOf(id: MemberId): number;
  /** The member began or ended to be louder than its level; muted members too. */
  heard(id: MemberId, loud: boolean): void;
}

interface Tap {
  readonly id: MemberId;
  readonly ear: Ear;
}

/** What a new tap needs until its figures can be relied on, ms: three packets to be loud, and the way there. */
const settleMs = 150;

export class RoomTaps {
  private readonly engine: EngineLink;
  private readonly roomId: string;
  private readonly changed: () => Promise<void>;
  private listener: TalkListener | undefined;
  private call: RoomCall | undefined;
  /** By the tag of the leg. */
  private readonly taps = new Map<string, Tap>();
  private readonly ears = new Map<MemberId, Ear>();
  private readonly loud = new Set<MemberId>();

  /** @param changed has the room brought up, with bringUp() as its last step */
  constructor(engine: EngineLink, roomId: string, changed: () => Promise<void>) {
    this.engine = engine;
    this.roomId = roomId;
    this.changed = changed;
  }

  /**
   * Begins to listen to everybody who is here and who comes; undefined = nobody wants to know any more. Resolves when
   * the figures are true.
   * @throws EngineDownError, NgError; it is tried again with the next change of the room
   */
  async listen(listener: TalkListener | undefined): Promise<void> {
    this.listener = listener;
    if (!listener) this.loud.clear();
    for (const id of this.loud) listener?.heard(id, true);
    await this.changed();
    if (listener && this.taps.size > 0) await new Promise((resolve) => setTimeout(resolve, settleMs));
  }

  /** Mean absolute sample of the member's last packet; 0 when nobody listens. */
  energyOf(id: MemberId): number {
    return this.ears.get(id)?.energy ?? 0;
  }

  /** The member's level was changed. */
  reviewLevel(id: MemberId): void {
    if (this.listener) this.ears.get(id)?.setLevel(this.listener.levelOf(id));
  }

  /** For Room: after the mix, in the same turn. Never throws. */
  async bringUp(
    call: RoomCall | undefined,
    members: ReadonlyMap<MemberId, { readonly tag: string; readonly ingress: Ingress }>,
  ): Promise<void> {
    if (call !== this.call) {
      // What rtpengine had of the taps went with its call.
      for (const tag of [...this.taps.keys()]) this.forget(tag);
      this.call = call;
    }
    if (!call || (!this.listener && this.taps.size === 0)) return;
    const wanted = new Map<string, { id: MemberId; ingress: Ingress }>();
    for (const [id, { tag, ingress }] of this.listener ? members : []) {
      if (call.mix.legs.has(tag) && !ingress.released) wanted.set(tag, { id, ingress });
    }
    const over = [...this.taps].filter(([tag, { ear }]) => !wanted.has(tag) || !ear.alive);
    const fresh = [...wanted].filter(([tag]) => this.taps.get(tag)?.ear.alive !== true);
    const results = await Promise.allSettled([
      ...over.map(async ([tag]) => {
        this.forget(tag);
        if (!wanted.has(tag)) await call.closeTap(tag);
      }),
      ...fresh.map(([tag, { id, ingress }]) => this.open(call, tag, id, ingress)),
    ]);
    const failed = results.find((result) => result.status === 'rejected');
    if (failed) {
      const error = String(failed.reason);
      this.engine.log.warn('not everybody is listened to', { room: this.roomId, error });
    }
  }

  private async open(call: RoomCall, tag: string, id: MemberId, ingress: Ingress): Promise<void> {
    const { listener } = this;
    if (!listener) return;
    const ear = await this.engine.talk.open({
      codec: ingress.inner ?? 'PCMU',
      level: listener.levelOf(id),
      talking: this.loud.has(id),
      changed: (loud) => this.heard(id, loud),
    });
    try {
      ear.from(await call.openTap(tag, ear.port));
    } catch (error) {
      ear.close();
      this.heard(id, false);
      throw error;
    }
    this.taps.set(tag, { id, ear });
    this.ears.set(id, ear);
  }

  private heard(id: MemberId, loud: boolean): void {
    if (this.loud.has(id) === loud) return;
    if (loud) this.loud.add(id);
    else this.loud.delete(id);
    this.listener?.heard(id, loud);
  }

  private forget(tag: string): void {
    const tap = this.taps.get(tag);
    if (!tap) return;
    this.taps.delete(tag);
    if (this.ears.get(tap.id) === tap.ear) this.ears.delete(tap.id);
    tap.ear.close();
  }
}
