/** What the shop sells: files that are delivered the moment they are paid. */

export interface Good {
  readonly id: string;
  readonly kind: 'e-book' | 'course' | 'music';
  readonly title: string;
  /** Minor units of the shop's currency. */
  readonly priceMinor: bigint;
}

export const CATALOGUE: readonly Good[] = [
  { id: 'tides', kind: 'e-book', title: 'A Year of Tides', priceMinor: 899n },
  { id: 'knots', kind: 'course', title: 'Twelve Knots in Twelve Evenings', priceMinor: 2450n },
  { id: 'harbour', kind: 'music', title: 'Harbour Songs', priceMinor: 650n },
];
