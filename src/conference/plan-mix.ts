// From the members' state to the wanted mix: who hears whom, through which bus, bent how. The one place that decides
// it; pure, so that the same state always gives the same plan, and a room that was lost is rebuilt by planning again.
//
// The rules: a member is a source when not muted, not held, not waiting and the phone is not on hold. Who is held,
// waits, or whose phone is on hold hears nothing of the room. Everybody else hears the announcer, the deaf only the
// announcer, the others every source but themselves, minus what relations take away.
//
// Cost: a hearer with a mix of its own costs rtpengine one mixer and one edge per source; a hearer of the shared bus
// costs one forwarded stream. Listeners who hear the same thing therefore share a bus as soon as there are enough of
// them (measured with 3 talkers and 100 listeners: 0.19 cores apart, 0.08 cores with a bus).
import type { Bend, Bus, Edge, Hearer, MemberId, MemberState, MixPlan, Source } from './types.js';

export interface MixInput {
  /** In any order; the plan is ordered by id. */
  readonly members: Iterable<MemberState>;
  /** The whole conference is muted or on hold; OR-ed with the members' own flags. */
  readonly muted?: boolean;
  readonly held?: boolean;
  /**
   * Who is speaking, where something detects it: everybody else is quiet, which means no source for now. Absent =
   * everybody who may speak is a source.
   */
  readonly speaking?: ReadonlySet<MemberId>;
  /** Whether the plan in force uses a bus: it is then kept for fewer listeners than are needed to begin one. */
  readonly busInUse?: boolean;
  /** The conference is being recorded: the recorder hears every source, whatever relations take from others. */
  readonly recorded?: boolean;
  readonly options?: PlanOptions;
}

export interface PlanOptions {
  /** Listeners with identical hearing from which on a bus is used; Infinity = never. Default 8. */
  readonly busFrom?: number;
  /** Listeners at which a bus in use is kept, so that one key press does not re-patch them all. Default 5. */
  readonly busKeptTo?: number;
  /** Whether the room has an announcer to be heard by all. Default true. */
  readonly announcer?: boolean;
  /** Gates up to here count as neutral and cost nothing: 20 of 32768 is below line noise. Default 20. */
  readonly neutralGate?: number;
  /**
   * The inner audio format of a member. A bus is forwarded without transcoding, so only members of one format can
   * share it. Absent = one format for all.
   */
  readonly formatOf?: (id: MemberId) => string;
}

/** dB per step of a talk or listen level. */
export const levelStepDb = 3;

/** Whether the room may hear this member: the flags alone, without relations. */
export function maySpeak(member: MemberState, room: { muted?: boolean; held?: boolean } = {}): boolean {
  return !member.muted && !room.muted && isPresent(member, room);
}

/** Whether this member may hear the other members: the flags alone, without relations. */
export function mayHear(member: MemberState, room: { held?: boolean } = {}): boolean {
  return !member.deaf && isPresent(member, room);
}

/** Whether the room's own sounds reach this member, deaf or not. */
export function isPresent(member: MemberState, room: { held?: boolean } = {}): boolean {
  return !member.held && !room.held && !member.phoneHold && !member.waiting;
}

const announcer: Source = { kind: 'announcer' };
const announcerEdge: Edge = { from: announcer, gain: 0 };
const nothing: readonly Edge[] = [];

export function planMix(input: MixInput): MixPlan {
  const { options = {} } = input;
  const members = [...input.members].sort((a, b) => a.id - b.id);
  const announced = options.announcer ?? true;
  const announcement = announced ? [announcerEdge] : nothing;
  const sources = members.filter(
    (member) => maySpeak(member, input) && (input.speaking?.has(member.id) ?? true),
  );
  const exclusions = exclusionsOf(members, sources);
  // One edge object per source, shared by all who hear it.
  const edges: Edge[] = sources.map(({ id }) => ({ from: { kind: 'member', id }, gain: 0 }));
  const sourceIds = new Set(sources.map(({ id }) => id));

  const buses = new Map<string, { bus: Bus; hears: readonly Edge[] }>();
  const shares = (member: MemberState): boolean =>
    mayHear(member, input) &&
    !sourceIds.has(member.id) &&
    !exclusions.has(member.id) &&
    member.listenLevel === 0;
  if (sources.length > 0 || announced) {
    const audience = new Map<string, number>();
    for (const member of members) {
      if (!shares(member)) continue;
      const id = busIdOf(member.id, options);
      audience.set(id, (audience.get(id) ?? 0) + 1);
    }
    const enough = input.busInUse ? (options.busKeptTo ?? 5) : (options.busFrom ?? 8);
    const inputs = [...edges.map(({ from }) => from), ...announcement.map(({ from }) => from)];
    for (const id of [...audience.keys()].sort()) {
      if ((audience.get(id) ?? 0) < enough) continue;
      buses.set(id, { bus: { id, inputs }, hears: [{ from: { kind: 'bus', id }, gain: 0 }] });
    }
  }

  const hearers = members.map((member): Hearer => {
    const { id } = member;
    if (!isPresent(member, input)) return { id, hears: nothing, forward: false };
    if (!mayHear(member, input)) return { id, hears: announcement, forward: false };
    const shared = shares(member) ? buses.get(busIdOf(id, options)) : undefined;
    if (shared) return { id, hears: shared.hears, forward: true };
    const without = exclusions.get(id);
    const hears: Edge[] = [];
    sources.forEach((source, index) => {
      const edge = edges[index];
      if (edge && source.id !== id && !without?.has(source.id)) hears.push(edge);
    });
    hears.push(...announcement);
    return { id, hears, forward: false };
  });

  return {
    buses: [...buses.values()].map(({ bus }) => bus),
    hearers,
    bends: bendsOf(members, options.neutralGate ?? 20),
    ...(input.recorded && { recorder: [...edges, ...announcement].map(({ from }) => from) }),
  };
}

/**
 * What every hearer really gets of a plan, buses resolved: `id → sources`, where a source is a member's id or
 * 'announcer'. For checks and for looking at a room; the plan itself is what is carried out.
 */
export function expandPlan(plan: MixPlan): Map<MemberId, Set<MemberId | 'announcer'>> {
  const inputsOf = new Map(plan.buses.map(({ id, inputs }) => [id, inputs]));
  const heard = (source: Source): (MemberId | 'announcer')[] => {
    switch (source.kind) {
      case 'member':
        return [source.id];
      case 'announcer':
        return ['announcer'];
      case 'bus':
        return (inputsOf.get(source.id) ?? []).flatMap(heard);
    }
  };
  return new Map(
    plan.hearers.map(({ id, hears }) => [id, new Set(hears.flatMap(({ from }) => heard(from)))]),
  );
}

/** Sources that a hearer must not hear, only for hearers with any: relations are rare. */
function exclusionsOf(
  members: readonly MemberState[],
  sources: readonly MemberState[],
): Map<MemberId, Set<MemberId>> {
  const exclusions = new Map<MemberId, Set<MemberId>>();
  const exclude = (hearer: MemberId, source: MemberId): void => {
    const found = exclusions.get(hearer);
    if (found) found.add(source);
    else exclusions.set(hearer, new Set([source]));
  };
  const sourceIds = new Set(sources.map(({ id }) => id));
  for (const member of members) {
    for (const [other, relationship] of member.relations) {
      if (relationship === 'deaf' && sourceIds.has(other)) exclude(member.id, other);
      if (relationship === 'mute' && sourceIds.has(member.id)) exclude(other, member.id);
    }
  }
  return exclusions;
}

function bendsOf(members: readonly MemberState[], neutralGate: number): Bend[] {
  const bends: Bend[] = [];
  for (const { id, talkLevel, listenLevel, energyLevel } of members) {
    const gate = energyLevel > neutralGate ? energyLevel : 0;
    if (talkLevel === 0 && listenLevel === 0 && gate === 0) continue;
    bends.push({ id, talkGain: talkLevel * levelStepDb, listenGain: listenLevel * levelStepDb, gate });
  }
  return bends;
}

function busIdOf(id: MemberId, { formatOf }: PlanOptions): string {
  return formatOf ? `listeners-${formatOf(id)}` : 'listeners';
}
