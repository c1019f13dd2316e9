/** How long after its end a purse waits for payments that were made before: as long as a terminal may be offline. */
export const SETTLEMENT_WINDOW_MS = 30 * 86_400_000;

/** From then on nothing of the purse settles any more, and what is left goes back to its customer. */
export function returnsAtMs(endsAtMs: number): number {
  return endsAtMs + SETTLEMENT_WINDOW_MS;
}
