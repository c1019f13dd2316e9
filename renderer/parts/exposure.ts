/** How full the till is with unsettled money. Pure. */

/** Whole percent of the limit, 0…100; without a limit it is full as soon as it holds anything. */
export function exposurePercent(sumMinor: string, limitMinor: string): number {
  const sum = BigInt(sumMinor);
  const limit = BigInt(limitMinor);
  if (sum <= 0n) return 0;
  if (limit <= 0n || sum >= limit) return 100;
  return Math.max(1, Number((sum * 100n) / limit));
}
