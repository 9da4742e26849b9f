// From the plan of a conference, which knows members and buses, to the mix of a room call, which knows tags and
// codecs: one instance of a bus for every inner codec among its hearers, because a forwarded stream is not transcoded.
import type { MemberId, MixPlan, Source } from '../conference/types.js';
import { recorderCodec, type InnerCodec } from './codecs.js';
import {
  announcerOutput,
  backgroundOutput,
  busOutput,
  evenBus,
  soundsOutput,
  type Bent,
  type BusMix,
  type LegMix,
  type RoomMix,
} from './mix-diff.js';

/** What the room knows of a member that the plan does not. */
export interface LegFacts {
  readonly tag: string;
  readonly inner: InnerCodec;
  /** A sound is being played to this member alone: it is mixed with what the member hears, not sent beside it. */
  readonly playing: boolean;
  /** A sound was played to this member alone: the loop for that stays. */
  readonly sounds?: boolean;
  /** The member was heard by somebody: who is muted for a sentence finds everything as it was. */
  readonly spoken?: boolean | undefined;
}

export interface WantedOptions {
  /** Somebody has announced something: the announcer is open and heard. */
  readonly announcer: boolean;
  /** Something is heard under everything else, by whoever hears the announcer; not by the recorder. */
  readonly background?: boolean;
  /** Tag of the recorder's leg; absent = there is no recorder, whatever the plan says. */
  readonly recorder?: string | undefined;
  /** The gain relay's generation; 0 = there is none now, and the bends of the plan are left out. */
  readonly relay: number;
}

/**
 * Members that the plan does not name hear nobody; names that are not in the room are passed over.
 * Where the plan names the announcer nowhere, everybody hears it.
 */
export function wantedMix(
  plan: MixPlan,
  members: ReadonlyMap<MemberId, LegFacts>,
  options: WantedOptions,
): RoomMix {
  const plannedBuses = new Map(plan.buses.map((bus) => [bus.id, bus]));
  const hearers = new Map(plan.hearers.map((hearer) => [hearer.id, hearer]));
  const bent = new Map<MemberId, Bent>();
  if (options.relay > 0) {
    for (const { id, ...levels } of plan.bends) bent.set(id, { ...levels, generation: options.relay });
  }
  const announcerPlanned =
    plan.buses.some((bus) => bus.inputs.some(isAnnouncer)) ||
    plan.hearers.some((hearer) => hearer.hears.some((edge) => isAnnouncer(edge.from)));
  /** What the plan's announcer stands for. */
  const loops = [
    ...(options.announcer ? [announcerOutput] : []),
    ...(options.background ? [backgroundOutput] : []),
  ];
  const heardByAll = announcerPlanned ? [] : loops;
  const buses = new Map<string, BusMix>();

  /** The tags of these sources as somebody with that codec hears them. */
  const tagsOf = (sources: readonly Source[], inner: InnerCodec, self?: MemberId): Set<string> => {
    const tags = new Set<string>();
    for (const source of sources) {
      if (source.kind === 'announcer') {
        for (const loop of loops) tags.add(loop);
      } else if (source.kind === 'bus') {
        const bus = busFor(source.id, inner);
        if (bus) tags.add(busOutput(bus));
      } else if (source.id !== self) {
        const leg = members.get(source.id);
        if (leg) tags.add(evened(leg));
      }
    }
    return tags;
  };

  const evened = ({ tag, inner }: LegFacts): string => {
    const bus = evenBus(tag);
    if (!buses.has(bus)) buses.set(bus, { codec: inner, hears: new Set([tag]) });
    return busOutput(bus);
  };

  const busFor = (id: string, inner: InnerCodec): string | undefined => {
    const planned = plannedBuses.get(id);
    if (!planned) return undefined;
    const tag = `bus-${id}-${inner}`;
    if (!buses.has(tag)) {
      // Entered before its inputs are looked at, so that a bus that names itself ends here.
      const hears = new Set<string>();
      buses.set(tag, { codec: inner, hears });
      for (const input of tagsOf(planned.inputs, inner)) if (input !== busOutput(tag)) hears.add(input);
      for (const loop of heardByAll) hears.add(loop);
    }
    return tag;
  };

  const legs = new Map<string, LegMix>();
  for (const [id, facts] of members) {
    if (facts.spoken) evened(facts);
    const hearer = hearers.get(id);
    const sources = hearer?.hears.map((edge) => edge.from) ?? [];
    const hears = tagsOf(sources, facts.inner, id);
    const oneBus = hears.size === 1 && sources[0]?.kind === 'bus';
    const mixed = !(hearer?.forward && oneBus) || facts.playing;
    if (!sources.some((source) => source.kind === 'bus')) for (const loop of heardByAll) hears.add(loop);
    const sounds = facts.sounds === true;
    if (sounds && mixed) hears.add(soundsOutput(facts.tag));
    legs.set(facts.tag, { mixed, bent: bent.get(id), sounds, hears });
  }
  if (options.recorder !== undefined && plan.recorder && members.size > 0) {
    const hears = tagsOf(plan.recorder, recorderCodec);
    for (const loop of heardByAll) hears.add(loop);
    hears.delete(backgroundOutput);
    legs.set(options.recorder, { mixed: true, bent: undefined, hears });
  }
  return {
    legs,
    buses,
    announcer: options.announcer,
    ...(options.background && { background: true }),
  };
}

function isAnnouncer(source: Source): boolean {
  return source.kind === 'announcer';
}
