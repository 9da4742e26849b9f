// The few statistics a bench needs, pure.

/**
 * The smallest value that at least this share of all values does not exceed (nearest rank); NaN of no values.
 * @param share 0 to 1
 */
export function percentile(values: readonly number[], share: number): number {
  if (values.length === 0) return NaN;
  const sorted = [...values].sort((a, b) => a - b);
  const rank = Math.ceil(share * sorted.length - 1e-9);
  return sorted[Math.min(sorted.length, Math.max(1, rank)) - 1]!;
}

export interface Summary {
  readonly count: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
}

/** In the unit of the values; all NaN of no values. */
export function summarise(values: readonly number[]): Summary {
  return {
    count: values.length,
    p50: percentile(values, 0.5),
    p95: percentile(values, 0.95),
    p99: percentile(values, 0.99),
    max: percentile(values, 1),
  };
}

export interface Limit {
  readonly atMost?: number;
  readonly atLeast?: number;
}

/** Whether a value keeps to its limit; one that could not be measured does not. */
export function keeps(value: number, { atMost = Infinity, atLeast = -Infinity }: Limit): boolean {
  return value <= atMost && value >= atLeast;
}

/** Three significant digits from 1 to 100, whole numbers above, two decimals below: as much as such figures are worth. */
export function rounded(value: number): number {
  const size = Math.abs(value);
  return Number(value.toFixed(size >= 100 ? 0 : size >= 10 ? 1 : 2));
}

/** The highest of the rates up to which every step was clean; 0 when the lowest was not. */
export function highestClean(steps: readonly { readonly rate: number; readonly clean: boolean }[]): number {
  let highest = 0;
  for (const { rate, clean } of [...steps].sort((a, b) => a.rate - b.rate)) {
    if (!clean) break;
    highest = rate;
  }
  return highest;
}
