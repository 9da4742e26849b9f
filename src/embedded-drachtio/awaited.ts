// Responses of ours that are repeated until the phone says that it has them: a 2xx to an INVITE until its ACK (RFC 3261
// §13.3.1.4), a reliable provisional response until its PRACK (RFC 3262 §3).
import type { ServerTransaction } from './server-transaction.js';
import { giveUpAfter, repeating, type Timers } from './timers.js';

export interface Awaited {
  readonly transaction: ServerTransaction;
  /** CSeq number of the INVITE. */
  readonly cseq: number;
  /** RSeq of the provisional response; 0 for a 2xx. */
  readonly rseq: number;
  /** Called when the ACK is there or is not waited for any more: the application's BYE waits for it. */
  onceDone: (() => void) | undefined;
  stop(): void;
}

/**
 * Repeats the last response of the transaction, and gives up after 64·T1.
 * @param options.repeat false over TCP, which repeats by itself
 * @param options.longest ms between two of them; a provisional response has no such limit
 */
export function awaitReply(
  transaction: ServerTransaction,
  timers: Timers,
  options: { rseq: number; repeat: boolean; longest: number; givenUp: () => void },
): Awaited {
  const { rseq, repeat, longest, givenUp } = options;
  const stopRepeating = repeat ? repeating(timers.t1, longest, () => transaction.repeat()) : undefined;
  const endTimer = setTimeout(() => {
    stopRepeating?.();
    givenUp();
  }, giveUpAfter(timers));
  const stop = () => {
    stopRepeating?.();
    clearTimeout(endTimer);
  };
  return { transaction, cseq: transaction.request.cseq.number, rseq, onceDone: undefined, stop };
}
