// From the mix a room has to the mix it should have: a pure function, so that every way between two mixes can be tried
// in microseconds. Everything is said in tags, rtpengine's names for the legs of a room call.
import type { Levels } from './gain-messages.js';

/** How a leg is led through the gain relay. */
export interface Bent extends Levels {
  /** Which worker of the relay does it. */
  readonly generation: number;
}

/** A leg that a phone's ingress is patched to. */
export interface LegMix {
  /** True: mixed for it alone, by an audio player. False: one stream is forwarded to it as it is. */
  readonly mixed: boolean;
  /** undefined = past the gain relay. */
  readonly bent: Bent | undefined;
  /** A loop is open that sounds for it alone are played into. */
  readonly sounds?: boolean;
  /** Tags it hears. */
  readonly hears: ReadonlySet<string>;
}

type Ears = Pick<LegMix, 'mixed' | 'hears'>;

/** A mix made once: an audio player whose output comes back into the room as the tag busOutput(bus). */
export interface BusMix {
  readonly codec: string;
  readonly hears: ReadonlySet<string>;
}

export interface RoomMix {
  readonly legs: ReadonlyMap<string, LegMix>;
  readonly buses: ReadonlyMap<string, BusMix>;
  /** The loop that sounds for everybody are played into. */
  readonly announcer: boolean;
  /** The loop for what is heard under everything; absent = closed. */
  readonly background?: boolean;
}

export const emptyMix: RoomMix = { legs: new Map(), buses: new Map(), announcer: false };

/** A silent leg that is there from the first command on, because an empty list of sources cannot be said. */
export const anchorTag = 'anchor';
/** What plays into the announcer, and what is heard of it. */
export const announcerTag = 'announcer';
export const announcerOutput = 'announcer-out';

/** The same for what is heard under everything. */
export const backgroundTag = 'background';
export const backgroundOutput = 'background-out';

/** What plays into the loop of one leg, and what is heard of it. */
export function soundsTag(leg: string): string {
  return `${leg}-sounds`;
}

export function soundsOutput(leg: string): string {
  return `${leg}-sounds-out`;
}

/**
 * The bus that one leg alone speaks into, and what is heard of it: every 20 ms one packet, without holes, whatever the
 * network and the phone's ptime make of it. rtpengine 26.0's mix buffer leads every source to where the one furthest ahead
 * writes, and never back: with one phone whose packets came up to 30 ms late, everybody in its conference was heard after 218 ms
 * instead of 45 (measured); like this, the late one alone is heard later.
 */
export function evenBus(leg: string): string {
  return `even-${leg}`;
}

export function busOutput(bus: string): string {
  return `${bus}-out`;
}

export type MixCommand =
  | {
      readonly kind: 'open-leg';
      readonly tag: string;
      readonly mixed: boolean;
      readonly bent: Bent | undefined;
    }
  | { readonly kind: 'open-bus'; readonly tag: string; readonly codec: string }
  | { readonly kind: 'open-announcer' }
  | { readonly kind: 'open-background' }
  | { readonly kind: 'open-sounds'; readonly tag: string }
  | {
      readonly kind: 'connect';
      readonly from: readonly string[];
      readonly to: string;
      readonly mixed: boolean;
    }
  | { readonly kind: 'disconnect'; readonly from: string; readonly to: string }
  /** The phone is led to its leg, which is ready now. */
  | { readonly kind: 'patch'; readonly tag: string }
  /** The phone and its leg are led through the gain relay, or past it again. */
  | { readonly kind: 'bend'; readonly tag: string; readonly bent: Bent | undefined }
  /** Other volumes or another gate for who is led through the relay already. */
  | { readonly kind: 'adjust'; readonly tag: string; readonly bent: Bent }
  | { readonly kind: 'close-leg'; readonly tag: string; readonly mixed: boolean }
  | { readonly kind: 'close-bus'; readonly tag: string };

/**
 * The commands of one step. The groups of a phase may go out at the same time, the commands of one group one after
 * the other, and a phase begins when the one before it has ended.
 */
export interface MixChange {
  readonly phases: readonly (readonly (readonly MixCommand[])[])[];
  readonly count: number;
}

/** What must be sent to get from `actual` to `wanted`; nothing when they are equal. */
export function diffMix(actual: RoomMix, wanted: RoomMix): MixChange {
  const open: MixCommand[][] = [];
  const hearers: MixCommand[][] = [];
  const patch: MixCommand[][] = [];
  const close: MixCommand[][] = [];

  if (wanted.announcer && !actual.announcer) open.push([{ kind: 'open-announcer' }]);
  if (wanted.background && !actual.background) open.push([{ kind: 'open-background' }]);
  for (const [tag, bus] of wanted.buses) {
    if (!actual.buses.has(tag)) open.push([{ kind: 'open-bus', tag, codec: bus.codec }]);
  }
  for (const [tag, leg] of wanted.legs) {
    const before = actual.legs.get(tag);
    if (!before) {
      open.push([
        { kind: 'open-leg', tag, mixed: leg.mixed, bent: leg.bent },
        ...(leg.sounds ? [{ kind: 'open-sounds' as const, tag }] : []),
      ]);
      patch.push([{ kind: 'patch', tag }]);
    } else {
      if (leg.sounds && !before.sounds) open.push([{ kind: 'open-sounds', tag }]);
      const group = bendCommands(tag, before.bent, leg.bent);
      if (group.length > 0) patch.push(group);
    }
  }

  const closing = new Set<string>();
  for (const [tag, leg] of actual.legs) {
    if (wanted.legs.has(tag)) continue;
    closing.add(tag);
    close.push([{ kind: 'close-leg', tag, mixed: leg.mixed }]);
  }
  for (const tag of actual.buses.keys()) {
    if (wanted.buses.has(tag)) continue;
    closing.add(busOutput(tag));
    close.push([{ kind: 'close-bus', tag }]);
  }

  for (const [tag, bus] of wanted.buses) {
    const before = actual.buses.get(tag);
    const now = { mixed: true, hears: bus.hears };
    const group = hearerCommands(tag, before && { mixed: true, hears: before.hears }, now, closing);
    if (group.length > 0) hearers.push(group);
  }
  for (const [tag, leg] of wanted.legs) {
    const group = hearerCommands(tag, actual.legs.get(tag), leg, closing);
    if (group.length > 0) hearers.push(group);
  }

  // A leg goes before it can be heard of: what it leaves behind in others goes with it, see carriedOut().
  const phases = [open, hearers, patch, close].filter((phase) => phase.length > 0);
  return { phases, count: phases.flat(2).length };
}

function bendCommands(tag: string, before: Bent | undefined, now: Bent | undefined): MixCommand[] {
  if (before?.generation !== now?.generation) return [{ kind: 'bend', tag, bent: now }];
  if (!before || !now) return [];
  const same =
    before.talkGain === now.talkGain && before.listenGain === now.listenGain && before.gate === now.gate;
  return same ? [] : [{ kind: 'adjust', tag, bent: now }];
}

/** The commands that change what one hearer hears. */
function hearerCommands(
  to: string,
  before: Ears | undefined,
  now: Ears,
  closing: ReadonlySet<string>,
): MixCommand[] {
  const had = before?.hears ?? new Set<string>();
  const added = [...now.hears].filter((tag) => !had.has(tag));
  // Closing a leg takes it out of every ear at once.
  const removed = [...had].filter((tag) => !now.hears.has(tag) && !closing.has(tag));
  const disconnects = removed.map((from): MixCommand => ({ kind: 'disconnect', from, to }));
  const turned = before === undefined || before.mixed !== now.mixed;

  if (now.mixed) {
    // The connect is also what starts the audio player, so a new one is sent even when there is nobody to be heard.
    const from = added.length === 0 && turned ? [anchorTag] : added;
    const connect: MixCommand[] = from.length > 0 ? [{ kind: 'connect', from, to, mixed: true }] : [];
    return [...connect, ...disconnects];
  }
  // Several forwarded streams at once would be heard as noise: the old ones go first. The connect also stops the
  // audio player, so it is sent again when the only source stays the same.
  const stays = [...now.hears].filter((tag) => had.has(tag));
  const from = added.length > 0 ? added : turned ? (stays.length > 0 ? stays : [anchorTag]) : [];
  const connect: MixCommand[] = from.length > 0 ? [{ kind: 'connect', from, to, mixed: false }] : [];
  return [...disconnects, ...connect];
}

/** A mix that changes with every command that was carried out. */
export class ActualMix implements RoomMix {
  readonly legs = new Map<
    string,
    { mixed: boolean; bent: Bent | undefined; sounds: boolean; hears: Set<string> }
  >();
  readonly buses = new Map<string, { codec: string; hears: Set<string> }>();
  announcer = false;
  background = false;

  carriedOut(command: MixCommand): void {
    switch (command.kind) {
      case 'open-leg':
        this.legs.set(command.tag, {
          mixed: command.mixed,
          bent: command.bent,
          sounds: false,
          hears: new Set(),
        });
        break;
      case 'open-bus':
        this.buses.set(command.tag, { codec: command.codec, hears: new Set() });
        break;
      case 'open-announcer':
        this.announcer = true;
        break;
      case 'open-background':
        this.background = true;
        break;
      case 'open-sounds': {
        const leg = this.legs.get(command.tag);
        if (leg) leg.sounds = true;
        break;
      }
      case 'connect': {
        const leg = this.legs.get(command.to);
        if (leg) leg.mixed = command.mixed;
        const ear = this.ear(command.to);
        for (const tag of command.from) if (tag !== anchorTag) ear?.add(tag);
        break;
      }
      case 'disconnect':
        this.ear(command.to)?.delete(command.from);
        break;
      case 'patch':
        break;
      case 'bend':
      case 'adjust': {
        const leg = this.legs.get(command.tag);
        if (leg) leg.bent = command.bent;
        break;
      }
      case 'close-leg':
        this.legs.delete(command.tag);
        this.unheard(command.tag);
        break;
      case 'close-bus':
        this.buses.delete(command.tag);
        this.unheard(busOutput(command.tag));
        break;
    }
  }

  private ear(tag: string): Set<string> | undefined {
    return this.legs.get(tag)?.hears ?? this.buses.get(tag)?.hears;
  }

  private unheard(tag: string): void {
    for (const leg of this.legs.values()) leg.hears.delete(tag);
    for (const bus of this.buses.values()) bus.hears.delete(tag);
  }
}
