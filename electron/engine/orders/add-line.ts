/** Adds to the order at hand: an item of the catalogue, what a barcode stands for, or an amount that was keyed in. */
import { isBarcode } from '../../../shared/catalogue/barcode.ts';
import type { CatalogueItem } from '../../../shared/catalogue/item.ts';
import type { Money } from '../../../shared/money.ts';
import type { Refusal } from '../../../shared/refusals.ts';
import { ok, type Result, refused } from '../../../shared/result.ts';
import { MAX_QUANTITY, ONE, type OpenOrder, type OrderLine } from '../../../shared/sale/order.ts';
import { findByBarcode } from '../catalogue/find-items.ts';
import type { Person } from '../db/people.ts';
import type { Store } from '../db/store.ts';
import type { Session } from '../session.ts';

const NO_TAX = { taxRateId: '', name: '', basisPoints: 0 } as const;

/** An item as it is put on the counter. */
export interface Picked {
  readonly item: CatalogueItem;
  /** Of a label that says what this piece costs; null for the item's own price. */
  readonly priceMinor: bigint | null;
  readonly quantity: bigint;
}

type NewLine = Omit<OrderLine, 'lineId'>;

/** More of what stands there already, where nothing tells the two apart. */
function sameLine(line: OrderLine, added: NewLine): boolean {
  return (
    line.itemId !== null &&
    line.itemId === added.itemId &&
    line.name === added.name &&
    line.priceMinor === added.priceMinor &&
    line.tax.taxRateId === added.tax.taxRateId &&
    line.tax.basisPoints === added.tax.basisPoints &&
    line.tax.isIncluded === added.tax.isIncluded &&
    line.addedBy === added.addedBy &&
    line.overridden === null &&
    line.discount === null &&
    line.note === '' &&
    line.quantity % ONE === 0n &&
    added.quantity % ONE === 0n &&
    line.quantity + added.quantity <= MAX_QUANTITY
  );
}

function withLine(order: OpenOrder, added: NewLine): OpenOrder {
  const same = order.lines.find((line) => sameLine(line, added));
  if (same !== undefined) {
    const more = { ...same, quantity: same.quantity + added.quantity };
    return { ...order, lines: order.lines.map((line) => (line === same ? more : line)) };
  }
  const lineId = order.nextLineId;
  return { ...order, lines: [...order.lines, { ...added, lineId }], nextLineId: lineId + 1 };
}

function rateOf(store: Store, taxRateId: string) {
  return taxRateId === '' ? NO_TAX : store.catalogue.taxRate(taxRateId);
}

/** The item behind a barcode, with what a label of the shop's own scales says; undefined for no barcode at all. */
export function pickByBarcode(
  store: Store,
  scan: string,
): Result<Picked, Refusal<'item-unknown'>> | undefined {
  const code = scan.trim();
  if (!isBarcode(code)) return undefined;
  const found = findByBarcode(store, code);
  if (found === undefined) return refused({ code: 'item-unknown' });
  const { item, priceMinor, weightG } = found;
  // grams are thousandths of a kilogram
  const quantity = weightG === null ? ONE : BigInt(weightG);
  return quantity === 0n ? refused({ code: 'item-unknown' }) : ok({ item, priceMinor, quantity });
}

export function addPicked(
  session: Session,
  order: OpenOrder,
  person: Person,
  picked: Picked,
): Result<OpenOrder> {
  const { item } = picked;
  const priceMinor = picked.priceMinor ?? item.priceMinor;
  if (priceMinor === null) return refused({ code: 'price-needed' });
  if (item.currency !== session.enrolment.certificate.currency) return refused({ code: 'amount-invalid' });
  const rate = rateOf(session.store, item.taxRateId);
  if (rate === undefined) return refused({ code: 'item-unknown' });
  const tax = { ...rate, isIncluded: item.isTaxIncluded };
  return ok(
    withLine(order, {
      itemId: item.itemId,
      name: item.name,
      priceMinor,
      overridden: null,
      quantity: picked.quantity,
      tax,
      discount: null,
      note: '',
      addedBy: person.personId,
    }),
  );
}

export interface KeyedAmount {
  readonly amount: Money;
  readonly quantity: bigint;
  readonly name: string;
  /** "" for what is not taxed. */
  readonly taxRateId: string;
  readonly isTaxIncluded: boolean;
}

export function addAmount(
  session: Session,
  order: OpenOrder,
  person: Person,
  keyed: KeyedAmount,
): Result<OpenOrder> {
  const { amount, quantity, name, taxRateId, isTaxIncluded } = keyed;
  if (amount.minor <= 0n || amount.currency !== session.enrolment.certificate.currency) {
    return refused({ code: 'amount-invalid' });
  }
  const rate = rateOf(session.store, taxRateId);
  if (rate === undefined) return refused({ code: 'bad-request', detail: { field: 'taxRateId' } });
  return ok(
    withLine(order, {
      itemId: null,
      name,
      priceMinor: amount.minor,
      overridden: null,
      quantity,
      tax: { ...rate, isIncluded: isTaxIncluded },
      discount: null,
      note: '',
      addedBy: person.personId,
    }),
  );
}
