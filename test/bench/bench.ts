// What the parts of the bench are made of: a part measures something on boxes and phones of its own and gives figures.
// Everything a part starts is known here and stopped after it, also when it fails or somebody presses Ctrl-C.
import { readFileSync } from 'node:fs';
import { Box, type BoxOptions } from '../calls/box.js';
import { PhoneFarm } from '../phone/phone-farm.js';
import type { PhoneOptions } from '../phone/phone.js';
import type { Limit } from './statistics.js';

/** One line of the table. */
export interface Figure {
  readonly what: string;
  readonly value: number;
  readonly unit: string;
  /** What is asked for; absent = it is only told. */
  readonly target?: Limit;
  /** Something the reader should know of this value. */
  readonly note?: string;
}

export interface PartResult {
  readonly figures: readonly Figure[];
  /** Why not everything could be measured. */
  readonly error?: string;
  /** Everything that was measured, for the JSON. */
  readonly details: unknown;
}

export interface Part {
  readonly name: string;
  readonly title: string;
  run(bench: Bench): Promise<PartResult>;
}

/** So many RTP ports give a box as many phone slots as it ever has (port-layout.ts). */
const rtpPorts = 5000;
/** Where to look for them: above the ports that boxes choose for themselves, below 61000 where most systems end. */
const firstRtpPort = 16_000;
const lastRtpPort = 60_999;

export class Bench {
  private readonly undo: (() => Promise<unknown>)[] = [];
  private readonly say: (line: string) => void;
  private readonly runtime: Record<string, string>;

  /** @param env settings for every box, PARTYLINE_… */
  constructor(say: (line: string) => void, env: Record<string, string> = {}) {
    this.say = say;
    this.runtime = env;
  }

  progress(line: string): void {
    this.say(line);
  }

  /** Has this done after the part; the last first. */
  defer(undo: () => Promise<unknown>): void {
    this.undo.push(undo);
  }

  async box(options: BoxOptions = {}): Promise<Box> {
    const env = { PARTYLINE_RTP_PORTS: freeRtpRange(), ...this.runtime, ...options.env };
    const box = await Box.start({ ...options, env });
    this.defer(() => box.stop());
    return box;
  }

  async farm(phones: readonly PhoneOptions[]): Promise<PhoneFarm> {
    const farm = await PhoneFarm.start(phones);
    this.defer(() => farm.stop());
    return farm;
  }

  /** Stops what is left. Never throws. */
  async clear(): Promise<void> {
    for (let undo = this.undo.pop(); undo; undo = this.undo.pop()) await undo().catch(() => undefined);
  }
}

/** The processes of a box by name. */
export function processesOf(
  box: Box,
): Record<'supervisor' | 'sip-server' | 'application' | 'rtpengine', number> {
  return {
    supervisor: box.supervisorPid,
    'sip-server': box.pid('sip-server'),
    application: box.pid('application'),
    rtpengine: box.pid('rtpengine'),
  };
}

/** A conference without a sound of its own: only what is said in it is heard. */
export function quietConference(number: string, pins: readonly string[] = []): Record<string, unknown> {
  return {
    conference_numbers: [number],
    member: { join_muted: false, play_entry_prompt: false, pins },
    play_welcome: false,
    play_entry_tone: false,
    play_exit_tone: false,
  };
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** A range in which nobody has opened a port. @throws when there is none */
function freeRtpRange(): string {
  const open = readFileSync('/proc/net/udp', 'utf8')
    .split('\n')
    .slice(1)
    .map((line) => parseInt(line.trim().split(/\s+/)[1]?.split(':')[1] ?? '0', 16));
  for (let first = firstRtpPort; first + rtpPorts - 1 <= lastRtpPort; first += 1000) {
    const last = first + rtpPorts - 1;
    if (!open.some((port) => port >= first && port <= last)) return `${first}-${last}`;
  }
  throw new Error('there is no free range of RTP ports');
}
