/**
 * Which tables are views of the journal, and which are not and why. A table that stands in neither list fails a
 * test, so no new one can be forgotten by `rebuild`.
 */

/** Made from journal entries alone: `rebuild` makes them anew and compares every row. */
export const VIEW_TABLES: readonly string[] = [
  'payment',
  'tally',
  'certificate',
  'invoice',
  'sync_progress',
  'double_spend',
  'ended_code',
  'shift',
  'shift_act',
  'shift_count',
  'shift_tally',
  'person',
  'shop_setting',
  'sale_order',
  'order_line',
  'order_tender',
  'order_payment',
  'payment_text',
  'payment_place',
  'refund',
  'reprint',
];

/** What no journal entry could give back, and why that is no loss of an act. */
export const OTHER_TABLES: Readonly<Record<string, string>> = {
  journal: 'the truth itself; `verify` recomputes its chain',
  setting: 'sealed keys, trust bundle, cursors: not acts',
  person_secret: 'hashes of PINs never enter the journal',
  person_badge: 'hashes of badges never enter the journal',
  person_to_adopt: 'who was there before roles; emptied when they enter the journal',
  open_order: 'an order that is being built is no act yet',
  open_order_past: 'steps of an open order that can be taken back',
  catalogue: 'which of the two catalogue sets is in use; an import is an act, its rows are not',
  category: 'catalogue',
  tax_rate: 'catalogue',
  in_store_code: 'catalogue',
  item_0: 'catalogue',
  item_1: 'catalogue',
  item_text_0: 'full-text index of item_0',
  item_text_1: 'full-text index of item_1',
  barcode_0: 'catalogue',
  barcode_1: 'catalogue',
};
