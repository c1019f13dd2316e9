/** Switches of a shop: how it wants its till. Each change is a journal entry; all are off until somebody turns them on. */

/** For ever: names are in journals. */
export const SHOP_SETTINGS = [
  /** A badge alone does not sign in: the PIN is asked for as well. */
  'badge-needs-pin',
  /** Euro cash is rounded to five cents, as some countries' law says; other currencies round by their own coins. */
  'round-euro-cash',
  /** What should lie in the drawer is not said before it was counted. */
  'blind-count',
] as const;
export type ShopSetting = (typeof SHOP_SETTINGS)[number];
