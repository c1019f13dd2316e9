/** "Durable before shown", at every write: SIGKILL before each write syscall of an act, then the folder is opened. */
import { describe, expect, it } from 'vitest';
import { canTrace, crashAtEachWrite } from '../support/crash-at-each-write.ts';
import { scenario as refund } from '../support/crash-scenarios/refund.ts';
import { scenario as restore } from '../support/crash-scenarios/restore.ts';
import { scenario as sale } from '../support/crash-scenarios/sale.ts';
import { scenario as shiftClose } from '../support/crash-scenarios/shift-close.ts';

/** FIELDTILL_CRASH_AT=every kills at each single write (minutes a scenario); else they are sampled evenly. */
const IS_EVERY = process.env.FIELDTILL_CRASH_AT === 'every';
/** Runs a scenario at most. */
const MOST = IS_EVERY ? 100_000 : 14;
const FEWER = IS_EVERY ? 100_000 : 7;
const TIMEOUT_MS = IS_EVERY ? 1_200_000 : 60_000;

describe.skipIf(!canTrace())('9 Safe keeping: killed at each write', () => {
  it.each([sale, refund, shiftClose, restore])(
    'of a $name → opens whole, what was shown is there, sells within 5 s',
    async (scenario) => {
      const { writes, killedAt } = await crashAtEachWrite(scenario, MOST);
      expect(killedAt).toBeGreaterThanOrEqual(Math.min(writes, MOST) - 2);
    },
    TIMEOUT_MS,
  );
});

describe.skipIf(!canTrace())('9 Safe keeping: a disk that fails at one write', () => {
  it.each(['EIO', 'ENOSPC'] as const)(
    '%s → storage-failed and nothing tried again; opened anew: whole, and it sells',
    async (fault) => {
      const { writes, killedAt } = await crashAtEachWrite(sale, FEWER, fault);
      expect([writes > 0, killedAt]).toEqual([true, 0]);
    },
    TIMEOUT_MS,
  );
});
