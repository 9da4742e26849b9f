// From the plan of a conference, which knows members and buses, to the mix of a room call, which knows tags and
// codecs: one instance of a bus for every inner codec among its hearers, because a forwarded stream is not transcoded.
import type { MemberId, MixPlan, Source } from '../conference/types.js';
import { recorderCodec, type InnerCodec } from './codecs.js';
import { announcerOutput, busOutput, type BusMix, type LegMix, type RoomMix } from './mix-diff.js';

/** What the room knows of a member that the plan does not. */
export interface LegFacts {
  readonly tag: string;
  readonly inner: InnerCodec;
  /** A sound is being played to this member alone: it is mixed with what the member hears, not sent beside it. */
  readonly playing: boolean;
}

export interface WantedOptions {
  /** Somebody has announced something: the announcer is open and heard. */
  readonly announcer: boolean;
  /** False: bends of the plan are left out (and reported by whoever asks). */
  readonly relay: boolean;
  /** Tag of the recorder's leg; absent = there is no recorder, whatever the plan says. */
  readonly recorder?: string | undefined;
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
  const bent = new Set(options.relay ? plan.bends.map((bend) => bend.id) : []);
  const announcerPlanned =
    plan.buses.some((bus) => bus.inputs.some(isAnnouncer)) ||
    plan.hearers.some((hearer) => hearer.hears.some((edge) => isAnnouncer(edge.from)));
  const everybodyHearsIt = options.announcer && !announcerPlanned;
  const buses = new Map<string, BusMix>();

  /** The tags of these sources as somebody with that codec hears them. */
  const tagsOf = (sources: readonly Source[], inner: InnerCodec, self?: MemberId): Set<string> => {
    const tags = new Set<string>();
    for (const source of sources) {
      if (source.kind === 'announcer') {
        if (options.announcer) tags.add(announcerOutput);
      } else if (source.kind === 'bus') {
        const bus = busFor(source.id, inner);
        if (bus) tags.add(busOutput(bus));
      } else if (source.id !== self) {
        const leg = members.get(source.id);
        if (leg) tags.add(leg.tag);
      }
    }
    return tags;
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
      if (everybodyHearsIt) hears.add(announcerOutput);
    }
    return tag;
  };

  const legs = new Map<string, LegMix>();
  for (const [id, facts] of members) {
    const hearer = hearers.get(id);
    const sources = hearer?.hears.map((edge) => edge.from) ?? [];
    const hears = tagsOf(sources, facts.inner, id);
    const oneBus = hears.size === 1 && sources[0]?.kind === 'bus';
    const mixed = !(hearer?.forward && oneBus) || facts.playing;
    if (everybodyHearsIt && !sources.some((source) => source.kind === 'bus')) hears.add(announcerOutput);
    legs.set(facts.tag, { mixed, bent: bent.has(id), hears });
  }
  if (options.recorder !== undefined && plan.recorder && members.size > 0) {
    const hears = tagsOf(plan.recorder, recorderCodec);
    if (everybodyHearsIt) hears.add(announcerOutput);
    legs.set(options.recorder, { mixed: true, bent: false, hears });
  }
  return { legs, buses, announcer: options.announcer };
}

function isAnnouncer(source: Source): boolean {
  return source.kind === 'announcer';
}
