/** The real shop's catalogue, copied to the practice shop a few rows at a time: whoever practises sells what is sold. */
import { setImmediate as letOthersRun } from 'node:timers/promises';
import { ok, type Result } from '../../../shared/result.ts';
import { pinyinFor } from '../catalogue/pinyin.ts';
import { itemsOf } from '../db/catalogue-digest.ts';
import type { Store } from '../db/store.ts';

const CLEARED_A_STEP = 500;

/** Does nothing where the copy is as new as the catalogue. */
export async function copyCatalogue(from: Store, to: Store): Promise<Result<null>> {
  const revision = BigInt(from.catalogue.revision);
  if (to.settings.integer('practice-catalogue-revision', -1n) === revision) return ok(null);
  const { prepared } = to.catalogue;
  let isCleared = false;
  while (!isCleared) {
    const cleared = to.write(() => !prepared.clearSome(CLEARED_A_STEP));
    if (!cleared.ok) return cleared;
    isCleared = cleared.value;
    await letOthersRun();
  }
  const prices = to.write(() => {
    for (const rate of from.catalogue.taxRates()) to.catalogue.putTaxRate(rate);
  });
  if (!prices.ok) return prices;
  for (const items of itemsOf(from.catalogue.live)) {
    const readings = await pinyinFor(items.map(({ name }) => name));
    const copied = to.write(() => {
      // another list may have become live meanwhile: then one item may come twice
      for (const item of items) if (!prepared.hasId(item.itemId)) prepared.insert(item, readings);
    });
    if (!copied.ok) return copied;
    await letOthersRun();
  }
  const done = to.write(() => {
    to.catalogue.replaceCategories(from.catalogue.categories());
    for (const { prefix } of to.catalogue.inStoreCodes()) to.catalogue.removeInStoreCode(prefix);
    for (const code of from.catalogue.inStoreCodes()) to.catalogue.putInStoreCode(code);
    to.catalogue.swap();
    to.catalogue.countChange();
    to.settings.setInteger('practice-catalogue-revision', revision);
  });
  return done.ok ? ok(null) : done;
}
