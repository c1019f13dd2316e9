/** What a figure is, and the small statistics that all of them use. */

export interface Figures {
  readonly name: string;
  /** Whether the figure meets its goal (docs/performance.md). */
  readonly ok: boolean;
  readonly ratio: number;
  readonly [figure: string]: number | string | boolean;
}

/** The value below which this share of the sorted samples lies; 0 ≤ share ≤ 1. */
export function quantile(samples: readonly number[], share: number): number {
  const sorted = [...samples].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}

export function rounded(value: number, digits = 3): number {
  return Number(value.toFixed(digits));
}
