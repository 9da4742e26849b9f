// What is heard when somebody comes in or goes: tones and names for the room, a greeting for who comes in. Comings (and
// goings) within half a second share one tone, which takes 1.1 s: thirty people at once must not ring thirty times. In a
// large room they are not heard at all.
import type { ConferenceDocument } from './document.js';
import type { Member } from './member.js';
import { fixedSounds, sequence, spokenCount, toneOf, type ConferenceSounds } from './sounds.js';
import type { Clock, Sound } from './types.js';

const toneShareMs = 500;

/** How long the default entry tone takes, ms. The joiner hears it too; what is said to it alone comes after it. */
const entryToneMs = 1100;

export class Doorbell {
  private readonly clock: Clock;
  private entryToneAt = -Infinity;
  private exitToneAt = -Infinity;

  constructor(clock: Clock) {
    this.clock = clock;
  }

  /**
   * @param others how many were inside before; nobody is told anything about the first, and the first need not be
   *   told that there is something to join
   * @param entryPrompt false = no "you are now joining"
   */
  entry(
    member: Member,
    others: number,
    document: ConferenceDocument,
    sounds: ConferenceSounds,
    entryPrompt = true,
  ): { room: Sound | undefined; joiner: Sound | undefined } {
    const now = this.clock.now();
    const inside = others + 1;
    const loud = others > 0 && inside <= sounds.quietAbove;
    const rings = others > 0 && now - this.entryToneAt >= toneShareMs;
    const tone = rings && loud ? toneOf(member.joinTone, sounds.entryTone) : undefined;
    const name = loud ? nameOf(member, document) : undefined;
    // Who wants to be told the number wants it in a large room too.
    const count = rings && inside > sounds.announceCountAbove ? spokenCount(inside) : undefined;
    if (tone || count) this.entryToneAt = now;
    const greeting = sequence([
      others > 0 && entryPrompt ? sounds.entryPrompt : undefined,
      member.muted ? sounds.joinedMuted : undefined,
      member.deaf ? sounds.deaf : undefined,
    ]);
    const pause: Sound | undefined = tone && greeting ? { kind: 'silence', ms: entryToneMs } : undefined;
    return {
      room: sequence([tone, name, name && fixedSounds.hasJoined, count]),
      joiner: sequence([pause, greeting]),
    };
  }

  /** @param others how many are still inside */
  exit(
    member: Member,
    others: number,
    document: ConferenceDocument,
    sounds: ConferenceSounds,
  ): Sound | undefined {
    if (others + 1 > sounds.quietAbove) return undefined;
    const now = this.clock.now();
    const rings = now - this.exitToneAt >= toneShareMs;
    const tone = rings ? toneOf(member.leavingTone, sounds.exitTone) : undefined;
    if (tone) this.exitToneAt = now;
    const name = nameOf(member, document);
    return sequence([tone, name, name && fixedSounds.hasLeft]);
  }
}

function nameOf(member: Member, document: ConferenceDocument): Sound | undefined {
  return document.play_name ? member.name : undefined;
}
