// One room as rtpengine has it: a call of its own in which every member has a leg. Carries out the commands of
// mix-diff, one NG recipe each; the order of the NG commands inside a recipe was found by measurement.
import { recorderCodec, type InnerCodec } from './codecs.js';
import type { EngineLink } from './engine-link.js';
import { ReleasedError } from './errors.js';
import type { RelayPorts } from './gain-messages.js';
import type { GainRelay } from './gain-relay.js';
import type { Ingress } from './ingress.js';
import {
  ActualMix,
  anchorTag,
  announcerOutput,
  announcerTag,
  backgroundOutput,
  backgroundTag,
  busOutput,
  evenBus,
  soundsOutput,
  soundsTag,
  type Bent,
  type MixChange,
  type MixCommand,
} from './mix-diff.js';
import type { InnerSide } from './phone-sdp.js';
import { audioPayload, readInnerSdp, recorderSdp, roomSdp } from './phone-sdp.js';
import { nextTick, tickAt } from './tick.js';

/** What the recipes need of a member. */
export interface RoomMember {
  readonly tag: string;
  readonly ingress: Ingress;
}

/** A leg without a phone, which only hears. */
export interface RoomRecorder {
  readonly tag: string;
  /** Where it listens, loopback port. */
  readonly port: number;
}

/** The codec of the announcer and of the background: wide enough for every phone; each hearer's player makes its own of it. */
const announcerCodec = 'L16/16000';

/** The anchor neither sends nor hears; nobody listens on the discard port. */
const anchorSide: InnerSide = {
  address: '127.0.0.1',
  port: 9,
  payloads: [{ type: 0, rtpmap: 'PCMU/8000' }],
};

export class RoomCall {
  /** rtpengine's call-id. */
  readonly id: string;
  readonly epoch: number;
  readonly mix = new ActualMix();
  /** Something went wrong half-way: what rtpengine has is not what `mix` says. */
  broken = false;
  /** Legs that are gone; rtpengine keeps about 87 kB of each until the call is deleted (measured). */
  departures = 0;
  private readonly engine: EngineLink;
  private readonly relay: GainRelay | undefined;
  private readonly members = new Map<string, RoomMember>();
  private recorder: RoomRecorder | undefined;
  /** Legs and buses whose players tick. */
  private readonly ticking = new Set<string>();
  /** Where the room listens for each leg. */
  private readonly ports = new Map<string, number>();

  constructor(engine: EngineLink, id: string, relay: GainRelay | undefined) {
    this.engine = engine;
    this.id = id;
    this.epoch = engine.epoch;
    this.relay = relay;
  }

  async open(): Promise<void> {
    // An offer, because only that can say of a call that it has no jitter buffers. The phone's ingress has one; a second
    // in the room would take every key, which the ingress takes out, for a lost packet and delay its member by 20 ms
    // more, up to 120 ms, and by 20 ms less only after every ten seconds (measured).
    await this.engine.ng.offer({
      'call-id': this.id,
      'from-tag': anchorTag,
      sdp: roomSdp(anchorSide),
      flags: ['no jitter buffer'],
      ICE: 'remove',
      direction: [this.engine.layout.inner, this.engine.layout.inner],
    });
  }

  /**
   * Carries out a change.
   * @param members by tag, those of the wanted mix
   * @param recorder the one of the wanted mix
   * @throws what the first failed command threw; the mix is broken then
   */
  async carryOut(
    change: MixChange,
    members: ReadonlyMap<string, RoomMember>,
    recorder?: RoomRecorder,
  ): Promise<void> {
    for (const [tag, member] of members) this.members.set(tag, member);
    this.recorder = recorder;
    for (const phase of change.phases) {
      const results = await Promise.allSettled(phase.map((group) => this.runGroup(group)));
      const failed = results.find((result) => result.status === 'rejected');
      if (failed) {
        // A call that ended before its command was sent leaves no doubt behind.
        if (
          results.some((result) => result.status === 'rejected' && !(result.reason instanceof ReleasedError))
        ) {
          this.broken = true;
        }
        throw failed.reason;
      }
    }
  }

  private async runGroup(group: readonly MixCommand[]): Promise<void> {
    for (const command of group) {
      this.mix.carriedOut(await this.run(command));
    }
  }

  /** Resolves with what was carried out: a leg that could not be bent is not bent. */
  private async run(command: MixCommand): Promise<MixCommand> {
    switch (command.kind) {
      case 'open-leg':
        return { ...command, bent: await this.openLeg(command.tag, command.mixed, command.bent) };
      case 'bend': {
        const mixed = this.mix.legs.get(command.tag)?.mixed ?? true;
        const bent = await this.openLeg(command.tag, mixed, command.bent);
        await this.patch(command.tag);
        // Only now is nothing more sent that way.
        if (!bent) this.relay?.close(this.relayKey(command.tag));
        return { ...command, bent };
      }
      default:
        await this.runPlain(command);
        return command;
    }
  }

  private async runPlain(command: Exclude<MixCommand, { kind: 'open-leg' | 'bend' }>): Promise<void> {
    switch (command.kind) {
      case 'open-bus':
        return this.openLoop(command.tag, busOutput(command.tag), command.codec, true);
      case 'open-announcer':
        return this.openLoop(announcerTag, announcerOutput, announcerCodec, false);
      case 'open-background':
        return this.openLoop(backgroundTag, backgroundOutput, announcerCodec, false);
      case 'open-sounds':
        return this.openSounds(command.tag);
      case 'connect':
        return this.connect(command.from, command.to, command.mixed);
      case 'disconnect':
        return this.engine.ng.unsubscribe({
          'call-id': this.id,
          'from-tag': command.from,
          'to-tag': command.to,
          flags: ['directional'],
        });
      case 'patch':
        return this.patch(command.tag);
      case 'adjust':
        this.relay?.adjust(this.relayKey(command.tag), command.bent);
        return;
      case 'close-leg':
        return this.closeLeg(command.tag, command.mixed);
      case 'close-bus':
        await this.closeTag(command.tag, true);
        return this.closeTag(busOutput(command.tag), false);
    }
  }

  private async openLeg(tag: string, mixed: boolean, bent: Bent | undefined): Promise<Bent | undefined> {
    if (tag === this.recorder?.tag) {
      await this.publish(tag, recorderSdp(this.recorder.port), recorderCodec, mixed);
      return undefined;
    }
    const { ingress } = this.member(tag);
    await ingress.drained();
    const side = await ingress.innerSide();
    const inner = ingress.inner ?? 'PCMU';
    const detour = bent && (await this.openDetour(tag, side, inner, bent));
    const port = await this.publish(tag, roomSdp(side, detour?.room), inner, mixed);
    if (detour) this.relay?.route(this.relayKey(tag), { phone: side.port, room: port });
    this.ports.set(tag, detour?.phone ?? port);
    return detour && bent;
  }

  /** Without it the member is heard as he is: a worker that has just died costs nobody the conference. */
  private async openDetour(
    tag: string,
    side: InnerSide,
    codec: InnerCodec,
    { generation: _, ...levels }: Bent,
  ): Promise<RelayPorts | undefined> {
    const payloadType = audioPayload(side)?.type ?? 0;
    try {
      return await this.relay?.open(
        this.relayKey(tag),
        { address: side.address, codec, payloadType },
        levels,
      );
    } catch (error) {
      this.engine.log.warn('not led through the gain relay', { leg: tag, error: String(error) });
      return undefined;
    }
  }

  private async publish(tag: string, sdp: string, codec: string, mixed: boolean): Promise<number> {
    const reply = await this.engine.ng.publish({
      'call-id': this.id,
      'from-tag': tag,
      sdp,
      // As in ingress-recipes: it sends where it was told to, not where packets come from.
      flags: ['bidirectional', 'asymmetric'],
      'audio player': mixed ? 'always' : 'off',
      codec: { accept: [codec] },
      ICE: 'remove',
      direction: [this.engine.layout.inner, this.engine.layout.inner],
    });
    return readInnerSdp(reply.sdp).port;
  }

  /** Two legs that send to each other inside rtpengine: what goes into the first comes out of the second as a source. */
  private async openLoop(into: string, output: string, codec: string, mixed: boolean): Promise<void> {
    const { ng, layout } = this.engine;
    const first = await ng.create({
      'call-id': this.id,
      'from-tag': into,
      'audio player': mixed ? 'always' : 'off',
      medias: [{ type: 'audio', codecs: [codec] }],
      direction: [layout.inner, layout.inner],
    });
    const second = await ng.publish({
      'call-id': this.id,
      'from-tag': output,
      sdp: first.sdp,
      flags: ['bidirectional'],
      'audio player': 'off',
      direction: [layout.inner, layout.inner],
    });
    await ng.createAnswer({ 'call-id': this.id, 'from-tag': into, sdp: second.sdp });
  }

  /**
   * Not played into the leg itself, because rtpengine hands a file to a player 50 to 120 ms ahead, and the player would
   * lead everybody whom the member hears there (see evenBus): a beep made all of them 100 ms later for good. Through a
   * loop the packets come in time. In the member's own codec, because a player has one resampler for all its sources.
   */
  private async openSounds(tag: string): Promise<void> {
    const { ingress } = this.member(tag);
    await this.openLoop(soundsTag(tag), soundsOutput(tag), ingress.inner ?? 'PCMU', false);
    const { patchedTo } = ingress;
    // A new leg is patched later, and learns of it then.
    if (patchedTo?.callId === this.id && patchedTo.tag === tag)
      await ingress.setPatch({ ...patchedTo, soundsTag: soundsTag(tag) });
  }

  private async connect(from: readonly string[], to: string, mixed: boolean): Promise<void> {
    const [first = anchorTag, ...rest] = from;
    if (!mixed) this.ticking.delete(to);
    else if (!this.ticking.has(to)) {
      this.ticking.add(to);
      await nextTick(this.tickOf(to));
    }
    await this.engine.ng.connect({
      'call-id': this.id,
      'from-tags': [first, ...rest],
      'to-tag': to,
      // `early media` starts the player at once, so that also who is alone gets silence instead of no packets at all,
      // which some phones take for a dead call.
      flags: mixed ? ['directional', 'early media'] : ['directional'],
      'audio player': mixed ? 'always' : 'off',
    });
  }

  private tickOf(tag: string): number {
    if (!this.mix.buses.has(tag)) return tickAt.leg;
    return tag.startsWith(evenBus('')) ? tickAt.evened : tickAt.bus;
  }

  private async patch(tag: string): Promise<void> {
    if (tag === this.recorder?.tag) return;
    const port = this.ports.get(tag);
    if (port === undefined) throw new Error(`leg ${tag} has no port`);
    await this.member(tag).ingress.setPatch({
      callId: this.id,
      tag,
      soundsTag: this.mix.legs.get(tag)?.sounds ? soundsTag(tag) : undefined,
      port,
      epoch: this.epoch,
    });
  }

  private async closeLeg(tag: string, mixed: boolean): Promise<void> {
    const ingress = this.members.get(tag)?.ingress;
    const patched = ingress?.patchedTo;
    // The phone may be in another room by now.
    if (ingress && !ingress.released && patched?.callId === this.id && patched.tag === tag) {
      await ingress.setPatch(undefined);
    }
    await this.closeTag(tag, mixed);
    if (this.mix.legs.get(tag)?.sounds) {
      await this.closeTag(soundsTag(tag), false);
      await this.closeTag(soundsOutput(tag), false);
    }
    this.relay?.close(this.relayKey(tag));
    this.members.delete(tag);
    this.ports.delete(tag);
  }

  private async closeTag(tag: string, mixed: boolean): Promise<void> {
    // Its audio player would run on for nobody until the call is deleted.
    if (mixed) await this.connect([anchorTag], tag, false);
    await this.engine.ng.unsubscribe({ 'call-id': this.id, 'to-tag': tag, flags: ['bidirectional'] });
    this.departures += 1;
  }

  /** Leads everybody out and forgets the relay's ports; the call itself is deleted by whoever owns this. */
  async empty(): Promise<void> {
    const leaving = [...this.members.values()].filter(
      ({ ingress }) => !ingress.released && ingress.patchedTo?.callId === this.id,
    );
    await Promise.allSettled(leaving.map(({ ingress }) => ingress.setPatch(undefined)));
    this.closeRelays();
  }

  closeRelays(): void {
    for (const tag of this.members.keys()) this.relay?.close(this.relayKey(tag));
  }

  private member(tag: string): RoomMember {
    const member = this.members.get(tag);
    if (!member) throw new Error(`no member has the leg ${tag}`);
    return member;
  }

  private relayKey(tag: string): string {
    return `${this.id}/${tag}`;
  }
}
