// The clock of these tests: RFC 3261's timers shrunk 25 times, so that none of them takes longer than a breath.

/** T1 20 ms, T2 160 ms, T4 200 ms; 64 × T1 is 1.28 s. */
export const quick = { t1: 20, t2: 160, t4: 200 };
