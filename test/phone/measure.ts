// Who hears whom: every phone sends a tone of its own, and each one's ears measure all of them. What should be heard is
// a rule over (listener, talker); what is wrong comes back as sentences.
import { amplitude, windowed } from './goertzel.js';
import { now } from './rtp-clock.js';
import type { PhoneCall } from './phone-call.js';

/** levels[listener][talker]: amplitude of the talker's tone at the listener, by position in the list of calls. */
export interface Hearing {
  readonly tones: readonly number[];
  readonly levels: readonly (readonly number[])[];
}

export interface HearingLimits {
  /** Amplitude of a tone that must be heard, least and most; default 2700 to 3300 (tones of 3000 within 10 %). */
  level?: readonly [number, number];
  /** Most of one's own tone; default 60. */
  own?: number;
  /** Most of a tone that must not be heard; default 60. */
  silent?: number;
}

export interface MeasureOptions {
  /** Window, ms; default 500. Tones 60 Hz apart need 200 or more. */
  ms?: number;
  /** How long the wanted state may take to come about, ms; default 5000. */
  timeoutMs?: number;
}

/** Who must hear whom; what it says of oneself is not asked. */
export type HearingRule = (listener: number, talker: number) => boolean;

export const everyone: HearingRule = () => true;

/** Measures all of the calls, each sending one tone of its own, at one moment. */
export function hearsExactly(calls: readonly PhoneCall[], { ms = 500 }: MeasureOptions = {}): Hearing {
  const tones = calls.map((call) => call.media.sender.tone[0] ?? 0);
  return { tones, levels: hearing(calls, tones, ms) };
}

/** levels[call][tone] over the same window of each call. */
export function hearing(calls: readonly PhoneCall[], tones: readonly number[], ms: number): number[][] {
  const end = now();
  return calls.map((call) => {
    const { samples, rate } = call.rx.window(ms, end);
    const input = windowed(samples);
    return tones.map((hz) => (hz === 0 ? 0 : amplitude(input, hz, rate)));
  });
}

/** What is not as the rule wants it, one sentence each; empty when all is well. */
export function violations(heard: Hearing, rule: HearingRule, limits: HearingLimits = {}): string[] {
  const { level = [2_700, 3_300], own = 60, silent = 60 } = limits;
  const wrong: string[] = [];
  heard.levels.forEach((row, listener) => {
    row.forEach((amount, talker) => {
      const hz = heard.tones[talker]!;
      if (hz === 0) return;
      const got = `${Math.round(amount)}`;
      if (listener === talker) {
        if (amount > own) wrong.push(`${listener} hears itself (${hz} Hz) with ${got}, at most ${own}`);
      } else if (!rule(listener, talker)) {
        if (amount > silent)
          wrong.push(`${listener} hears ${talker} (${hz} Hz) with ${got}, at most ${silent}`);
      } else if (amount < level[0] || amount > level[1]) {
        wrong.push(`${listener} hears ${talker} (${hz} Hz) with ${got}, wanted ${level[0]} to ${level[1]}`);
      }
    });
  });
  return wrong;
}

/** The levels as a table, listeners down and talkers across. */
export function table({ tones, levels }: Hearing): string {
  const cell = (value: number | string): string => String(value).padStart(6);
  const head = `${cell('Hz')}${tones.map(cell).join('')}`;
  return [
    head,
    ...levels.map((row, i) => `${cell(i)}${row.map((value) => cell(Math.round(value))).join('')}`),
  ].join('\n');
}

/**
 * Resolves with the measurement once it obeys the rule; looks ten times a second, only at what is heard after this was
 * called. Rejects with what is wrong, and the table, when it does not come true in time.
 */
export async function waitForHearing(
  calls: readonly PhoneCall[],
  rule: HearingRule,
  limits: HearingLimits = {},
  { ms = 500, timeoutMs = 5_000 }: MeasureOptions = {},
): Promise<Hearing> {
  const until = now() + Math.max(ms, timeoutMs);
  await pause(ms);
  for (;;) {
    const heard = hearsExactly(calls, { ms });
    const wrong = violations(heard, rule, limits);
    if (wrong.length === 0) return heard;
    if (now() > until) throw new Error(`${wrong.slice(0, 12).join('\n')}\n${table(heard)}`);
    await pause(100);
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** As much of a test as the assertions need. */
export interface Asserts {
  pass(message: string): unknown;
  fail(message: string): unknown;
}

/** Asserts that the rule comes true in time. */
export async function assertHears(
  t: Asserts,
  calls: readonly PhoneCall[],
  rule: HearingRule,
  limits: HearingLimits & MeasureOptions & { message?: string } = {},
): Promise<void> {
  try {
    await waitForHearing(calls, rule, limits, limits);
    t.pass(limits.message ?? 'everyone hears whom they should');
  } catch (error) {
    t.fail(
      `${limits.message ?? 'who hears whom'}: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

/** Asserts that each call hears every other's tone at its level, and not its own. */
export async function assertEveryoneHears(
  t: Asserts,
  calls: readonly PhoneCall[],
  limits: HearingLimits & MeasureOptions = {},
): Promise<void> {
  await assertHears(t, calls, everyone, { ...limits, message: 'everyone hears everyone else' });
}
