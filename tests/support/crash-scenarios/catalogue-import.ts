/**
 * A list of items that takes the place of another: whichever write the plug is pulled at, one of the two is sold,
 * whole, and the journal tells which.
 */
import { expect } from 'vitest';
import { Engine } from '../../../electron/engine/engine.ts';
import { PIN } from '../enrolled-terminal.ts';
import { type CrashScenario, must, nowEngineOptions, prepareTerminal } from './scenario.ts';

const ITEMS = 150;

function list(name: string): string {
  const rows = Array.from({ length: ITEMS }, (_, i) => `${i},${name} ${i},1.20,std,yes,CODE${i}\n`);
  return `id,name,price,tax_rate,tax_included,barcodes\n${rows.join('')}`;
}

async function takeIn(engine: Engine, name: string): Promise<void> {
  const { importId } = await must(engine, 'catalogue.startImport', { mode: 'replace' });
  await must(engine, 'catalogue.addToImport', { importId, text: list(name) });
  await must(engine, 'catalogue.checkImport', { importId });
  await must(engine, 'catalogue.finishImport', { importId, approval: null });
}

async function named(engine: Engine, text: string): Promise<number> {
  return (await must(engine, 'catalogue.search', { text, limit: 200 })).length;
}

export const scenario: CrashScenario = {
  name: 'catalogue-import',
  prepare: async (folder) => {
    await prepareTerminal(folder);
    const engine = await Engine.open(nowEngineOptions(folder));
    await must(engine, 'people.signIn', { personId: 'c1', pin: PIN });
    const rate = { taxRateId: 'std', name: 'Standard', basisPoints: 2100, approval: null };
    await must(engine, 'catalogue.putTaxRate', rate);
    await takeIn(engine, 'Old');
    engine.close();
  },
  act: async (folder, told) => {
    const engine = await Engine.open(nowEngineOptions(folder));
    await must(engine, 'people.signIn', { personId: 'c1', pin: PIN });
    await takeIn(engine, 'New');
    told('taken in');
    engine.close();
  },
  check: async (engine, told) => {
    const counts = [await named(engine, 'old'), await named(engine, 'new')];
    expect([
      [ITEMS, 0],
      [0, ITEMS],
    ]).toContainEqual(counts);
    if (told.length > 0) expect(counts).toEqual([0, ITEMS]);
    const { item } = await must(engine, 'catalogue.byBarcode', { code: 'CODE7' });
    expect(item.name).toBe(counts[0] === 0 ? 'New 7' : 'Old 7');
    // what the dead import left behind is in nobody's way
    await takeIn(engine, 'Next');
    expect([await named(engine, 'old'), await named(engine, 'new'), await named(engine, 'next')]).toEqual([
      0,
      0,
      ITEMS,
    ]);
  },
};
