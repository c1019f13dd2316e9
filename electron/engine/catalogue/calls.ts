/** Calls about the catalogue. At most one list is on its way in at any time. */
import { toHex } from '../../../shared/bytes.ts';
import type { CatalogueItem } from '../../../shared/catalogue/item.ts';
import type {
  CatalogueItemWire,
  catalogueCalls as shapes,
} from '../../../shared/contract/terminal/catalogue.ts';
import type { CallResult } from '../../../shared/contract/terminal.ts';
import { fromWire, toWire } from '../../../shared/money.ts';
import { ok, type Result, refused } from '../../../shared/result.ts';
import type { EngineCore } from '../core.ts';
import type { RoomCalls } from '../room.ts';
import type { Session } from '../session.ts';
import { newCategoryId } from './category-id.ts';
import { putCategory, putInStoreCode, putItem, putTaxRate, removeItem } from './change-catalogue.ts';
import { exportCatalogue } from './export-catalogue.ts';
import { findByBarcode, findByText } from './find-items.ts';
import { ImportDraft, type ImportSummary, type Tally } from './import-draft.ts';

function itemWire({ currency, priceMinor, ...item }: CatalogueItem): CatalogueItemWire {
  return {
    itemId: item.itemId,
    name: item.name,
    categoryId: item.categoryId,
    price: priceMinor === null ? null : toWire({ minor: priceMinor, currency }),
    taxRateId: item.taxRateId,
    isTaxIncluded: item.isTaxIncluded,
    barcodes: [...item.barcodes],
    isFavourite: item.isFavourite,
  };
}

/** Undefined for a price in another currency than the shop's. */
function itemFromWire(
  { price, ...item }: CatalogueItemWire,
  { enrolment }: Session,
): CatalogueItem | undefined {
  const { currency } = enrolment.certificate;
  if (price === null) return { ...item, currency, priceMinor: null };
  const amount = fromWire(price);
  return amount?.currency === currency ? { ...item, currency, priceMinor: amount.minor } : undefined;
}

function summaryWire({ faults, ...summary }: ImportSummary): CallResult<'catalogue.checkImport'> {
  const tally = ({ count, examples }: Tally) => ({ count, examples: [...examples] });
  return {
    rows: summary.rows,
    items: summary.items,
    added: tally(summary.added),
    changed: tally(summary.changed),
    removed: tally(summary.removed),
    newCategories: tally(summary.newCategories),
    faults: [...faults],
  };
}

function done(result: Result<null>): Result<Record<string, never>> {
  return result.ok ? ok({}) : result;
}

export function catalogueCalls(core: EngineCore): RoomCalls<keyof typeof shapes> {
  let open: ImportDraft | undefined;
  const opened = (importId: string): ImportDraft | undefined =>
    open?.importId === importId ? open : undefined;

  return {
    'catalogue.search': ({ text, limit }, { session }) =>
      ok(findByText(session.store, text, limit).map(itemWire)),

    'catalogue.byBarcode': ({ code }, { session }) => {
      const found = findByBarcode(session.store, code);
      if (found === undefined) return refused({ code: 'not-found' });
      const { item, priceMinor, weightG } = found;
      const price = priceMinor === null ? null : toWire({ minor: priceMinor, currency: item.currency });
      return ok({ item: itemWire(item), price, weightG });
    },

    'catalogue.list': ({ shelf, after, limit }, { session }) => {
      const items = session.store.catalogue.live.page(shelf, after, limit + 1);
      return ok({ items: items.slice(0, limit).map(itemWire), hasMore: items.length > limit });
    },

    'catalogue.categories': (_params, { session }) => ok([...session.store.catalogue.categories()]),
    'catalogue.taxRates': (_params, { session }) => ok([...session.store.catalogue.taxRates()]),
    'catalogue.inStoreCodes': (_params, { session }) => ok([...session.store.catalogue.inStoreCodes()]),

    'catalogue.putItem': async ({ item }, by) => {
      const read = itemFromWire(item, by.session);
      if (read === undefined) return refused({ code: 'bad-request', detail: { field: 'item.price' } });
      return done(await putItem(by, read));
    },

    'catalogue.removeItem': ({ itemId }, by) => done(removeItem(by, itemId)),

    'catalogue.putTaxRate': ({ taxRateId, name, basisPoints }, by) =>
      done(putTaxRate(by, { taxRateId, name, basisPoints })),

    'catalogue.putCategory': ({ categoryId, name }, by) => {
      const { catalogue } = by.session.store;
      if (categoryId !== null && catalogue.category(categoryId) === undefined) {
        return refused({ code: 'not-found' });
      }
      const id = categoryId ?? newCategoryId(name, (taken) => catalogue.category(taken) !== undefined);
      const put = putCategory(by, { categoryId: id, name });
      return put.ok ? ok({ categoryId: id }) : put;
    },

    'catalogue.putInStoreCode': ({ prefix, holds }, by) => done(putInStoreCode(by, prefix, holds)),

    'catalogue.startImport': async ({ mode }, { session }) => {
      open?.drop();
      const importId = toHex(core.options.ports.randomBytes(8));
      const started = await ImportDraft.start(session, importId, mode);
      if (!started.ok) return started;
      // of two that were started at once the later one counts
      open?.drop();
      open = started.value;
      return ok({ importId });
    },

    'catalogue.addToImport': async ({ importId, text }) => {
      const draft = opened(importId);
      return draft === undefined ? refused({ code: 'not-found' }) : done(await draft.add(text));
    },

    'catalogue.checkImport': async ({ importId }) => {
      const checked = await opened(importId)?.check();
      if (checked === undefined) return refused({ code: 'not-found' });
      return checked.ok ? ok(summaryWire(checked.value)) : checked;
    },

    'catalogue.finishImport': async ({ importId }, by) => {
      const draft = opened(importId);
      return draft === undefined ? refused({ code: 'not-found' }) : done(await draft.finish(by));
    },

    'catalogue.dropImport': ({ importId }) => {
      opened(importId)?.drop();
      return ok({});
    },

    'catalogue.export': ({ delimiter, after, revision }, { session }) =>
      exportCatalogue(session.store, delimiter, after, revision),
  };
}
