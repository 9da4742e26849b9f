// What the box's log says of a call, for phones that cannot hear for themselves which prompt is played.
import type { Box } from '../box.js';

type LogLine = Record<string, unknown>;

/** Resolves with the role of the call once it is in a conference. */
export async function roleOf(box: Box, sipCallId: string, timeoutMs = 8000): Promise<unknown> {
  const { call } = await box.logged((line) => line.msg === 'call arrived' && line.sipCallId === sipCallId);
  const joined = await box.logged((line) => line.msg === 'member joined' && line.call === call, timeoutMs);
  return joined.role;
}

/** Resolves when so many wrong PINs have come from this address. */
export async function wrongPins(box: Box, address: string, count: number): Promise<void> {
  const isThat = ({ msg, callerKey, recent }: LogLine) =>
    msg === 'wrong PIN' && String(callerKey).startsWith(`${address} `) && recent === count;
  await box.logged(isThat, 10_000);
}
