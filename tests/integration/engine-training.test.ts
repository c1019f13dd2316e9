/** Training: a shop in which nothing is real. Its codes, entries and sums never meet the real ones, in either way. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { TerminalRow } from '../../clearing/db/merchants.ts';
import type { House } from '../../clearing/house.ts';
import { checkSales } from '../../clearing/ingest/check-sales.ts';
import type { PurseRegister } from '../../clearing/ingest/purse-register.ts';
import { catalogueDigest } from '../../electron/engine/db/catalogue-digest.ts';
import { openStore, type Store } from '../../electron/engine/db/store.ts';
import { toHex } from '../../shared/bytes.ts';
import type { CallParams, TerminalState } from '../../shared/contract/terminal.ts';
import { decodeJournalEntry } from '../../shared/protocol/journal-entry.ts';
import { decodePictureText } from '../../shared/protocol/picture.ts';
import { checkCertificate } from '../../shared/protocol/presented-code.ts';
import { openTrustBundle } from '../../shared/protocol/trust-bundle.ts';
import { startEngineProcess } from '../support/engine-process.ts';
import { enrolledTerminal, MIGRATIONS, PIN, type TestTerminal } from '../support/enrolled-terminal.ts';
import {
  backEnd,
  codeText,
  presentedOf,
  purseOf,
  quickFields,
  trustBundleOf,
  WORLD,
} from '../support/protocol-fixture.ts';

let terminal: TestTerminal | undefined;
afterEach(() => {
  terminal?.close();
  terminal = undefined;
});

const EUR = (minor: string) => ({ minor, currency: 'EUR' });
const NO_LEAVE = { approval: null } as const;

/** A shop with something to sell and one real payment. */
async function shop(): Promise<TestTerminal> {
  terminal = await enrolledTerminal();
  await must(
    terminal.call('catalogue.putTaxRate', {
      taxRateId: 'std',
      name: 'Standard',
      basisPoints: 2100,
      ...NO_LEAVE,
    }),
  );
  await must(
    terminal.call('catalogue.putItem', {
      item: {
        itemId: 'tea',
        name: 'Green tea',
        categoryId: null,
        price: EUR('250'),
        taxRateId: 'std',
        isTaxIncluded: true,
        barcodes: ['96385074'],
        isFavourite: true,
      },
      ...NO_LEAVE,
    }),
  );
  const paid = await must(terminal.call('payments.accept', { amount: EUR('700'), scan: realCode(1) }));
  expect(paid.verdict).toBe('approved');
  return terminal;
}

/** The clearing house's checks of a sale, with the fixture's issuers and no purse that it knows. */
const HOUSE = {
  config: { world: WORLD },
  backEnd,
  trust: {
    recent: () => Promise.resolve({ bundle: trustBundleOf() }),
    current: () => Promise.resolve({ bundle: trustBundleOf() }),
  },
  verifyAll: () => Promise.resolve([]),
} as unknown as House;
const EMPTY_REGISTER = { find: () => Promise.resolve([undefined]) } as unknown as PurseRegister;

async function must<T>(
  answer: Promise<{ ok: true; value: T } | { ok: false; refusal: unknown }>,
): Promise<T> {
  const given = await answer;
  if (!given.ok) throw new Error(JSON.stringify(given.refusal));
  return given.value;
}

function realCode(counter: number): string {
  return codeText(presentedOf(purseOf({ name: `customer ${counter}` }), quickFields()));
}

async function state(till: TestTerminal): Promise<TerminalState> {
  return await must(till.call('state.get', {}));
}

async function code(
  till: TestTerminal,
  kind: CallParams<'training.code'>['kind'],
  minor = '500',
  invoiceId: string | null = null,
): Promise<string> {
  return (await must(till.call('training.code', { kind, amount: EUR(minor), invoiceId }))).digits;
}

async function charge(till: TestTerminal, scan: string, minor = '500'): Promise<string> {
  const answer = await must(till.call('payments.accept', { amount: EUR(minor), scan }));
  return answer.verdict === 'approved' ? 'approved' : answer.refusal.code;
}

async function amounts(till: TestTerminal): Promise<string[]> {
  const { rows } = await must(till.call('payments.list', { before: null, limit: 50 }));
  return rows.map(({ amount }) => amount.minor);
}

/** Every byte of the real shop's database, as it lies on the disk. */
function realBytes({ folder }: TestTerminal): Record<string, string> {
  const files = readdirSync(folder).filter(
    (name) => name.startsWith('terminal.db') && !name.endsWith('-shm'),
  );
  return Object.fromEntries(
    files.toSorted().map((name) => [name, readFileSync(join(folder, name)).toString('base64')]),
  );
}

async function lookAt<T>(folder: string, at: (store: Store) => T): Promise<T> {
  const store = await openStore(folder, MIGRATIONS);
  if (!store.ok) throw new Error(store.refusal.code);
  const seen = at(store.value);
  store.value.close();
  return seen;
}

const practiceFolder = (till: TestTerminal, number = 1) => join(till.folder, 'training', String(number));

describe('5. Sales: training', () => {
  it('started → every state says so, the same person sells what is sold, and the real shop shows nothing', async () => {
    const till = await shop();
    const before = await state(till);
    const started = await must(till.call('training.start', NO_LEAVE));
    expect(started.colleague.role).toBe('manager');
    const during = await state(till);
    expect(during).toMatchObject({ isTraining: true, phase: 'ready', cashier: before.cashier });
    expect(during.terminal).toMatchObject({ displayName: 'Corner shop', currency: 'EUR', world: 'test' });
    expect(during.terminal?.terminalId).not.toBe(before.terminal?.terminalId);
    expect(during.sync).toEqual(before.sync);
    expect(await amounts(till)).toEqual([]);
    const scanned = await must(till.call('catalogue.byBarcode', { code: '96385074' }));
    expect(scanned.item.name).toBe('Green tea');
    expect(await charge(till, await code(till, 'quick'))).toBe('approved');
    await must(till.call('training.stop', {}));
    expect(await state(till)).toEqual({ ...before, clock: expect.anything() });
    expect(await amounts(till)).toEqual(['700']);
  });

  it.each([
    ['quick', 'approved'],
    ['expired', 'expired'],
    ['already-used', 'already-used'],
    ['over-cap', 'over-cap'],
    ['forged', 'forged'],
  ] as const)('a practice code of kind %s → %s', async (kind, verdict) => {
    const till = await shop();
    await must(till.call('training.start', NO_LEAVE));
    expect(await charge(till, await code(till, kind))).toBe(verdict);
  });

  it('a practice code that answers a practice invoice → approved once, then invoice-used', async () => {
    const till = await shop();
    await must(till.call('training.start', NO_LEAVE));
    const { invoiceId } = await must(till.call('invoices.issue', { amount: EUR('500'), reference: '' }));
    const scan = await code(till, 'bound', '500', invoiceId);
    expect(await charge(till, scan)).toBe('approved');
    expect(await charge(till, scan)).toBe('invoice-used');
    expect(await till.call('training.code', { kind: 'bound', amount: EUR('1'), invoiceId })).toMatchObject({
      refusal: { code: 'not-found' },
    });
  });

  it('a whole training → not one byte of the real shop’s database is another', async () => {
    const till = await shop();
    await must(
      till.call('orders.addItem', {
        itemId: 'tea',
        quantity: '1',
        price: null,
      }),
    );
    const order = await must(till.call('orders.current', {}));
    const before = realBytes(till);
    await must(till.call('training.start', NO_LEAVE));
    expect(await must(till.call('orders.current', {}))).toBeNull();
    await must(
      till.call('orders.addItem', {
        itemId: 'tea',
        quantity: '3',
        price: null,
      }),
    );
    for (const kind of ['quick', 'expired', 'already-used', 'over-cap', 'forged'] as const) {
      await charge(till, await code(till, kind));
    }
    await charge(till, realCode(2));
    await must(till.call('invoices.issue', { amount: EUR('500'), reference: 'Table 4' }));
    await must(till.call('training.reset', NO_LEAVE));
    await charge(till, await code(till, 'quick'));
    await must(till.call('training.stop', {}));
    expect(realBytes(till)).toEqual(before);
    expect(await must(till.call('orders.current', {}))).toEqual(order);
    expect(await charge(till, realCode(2))).toBe('approved');
    expect((await state(till)).sync.exposure?.sum.minor).toBe('1200');
  });

  it('a real code in training, a practice code in the real shop → untrusted, both', async () => {
    const till = await shop();
    await must(till.call('training.start', NO_LEAVE));
    expect(await charge(till, realCode(3))).toBe('untrusted');
    const practice = await code(till, 'quick');
    await must(till.call('training.stop', {}));
    expect(await charge(till, practice)).toBe('untrusted');
    expect(await charge(till, realCode(3))).toBe('approved');
  });

  it('a practice code at the clearing house → unknown-issuer; and forged in the live world even by a trusted issuer', async () => {
    const till = await shop();
    await must(till.call('training.start', NO_LEAVE));
    const picture = decodePictureText(await code(till, 'quick'));
    if (!picture.ok || picture.value.kind !== 'presented' || !('digest' in picture.value.certificate)) {
      throw new Error('no practice code');
    }
    const { certificate, payment } = picture.value;
    const sale = {
      soldAtMs: till.clock.nowMs,
      amountMinor: 500n,
      currency: 'EUR',
      certificate,
      payment,
      invoice: null,
      trustVersion: 1,
      isBroughtBack: false,
      paper: null,
    } as const;
    const [checked] = await checkSales(HOUSE, EMPTY_REGISTER, {} as TerminalRow, [sale]);
    expect(checked).toMatchObject({ verdict: 'rejected', reason: 'unknown-issuer' });

    till.engine.close();
    const { bytes, root } = await lookAt(practiceFolder(till), ({ settings }) => ({
      bytes: settings.bytes('trust-bundle') ?? new Uint8Array(),
      root: settings.bytes('root-public-key') ?? new Uint8Array(),
    }));
    terminal = await till.reopen();
    const bundle = openTrustBundle(bytes, root, 'test', backEnd);
    if (!bundle.ok) throw new Error(bundle.refusal.code);
    const check = { backEnd, trust: bundle.value, isKnownCertificate: () => false };
    expect(checkCertificate(certificate, { ...check, world: 'test' }).ok).toBe(true);
    expect(checkCertificate(certificate, { ...check, world: 'live' })).toEqual({
      ok: false,
      refusal: { code: 'certificate-forged' },
    });
    expect(openTrustBundle(bytes, root, 'live', backEnd).ok).toBe(false);
  });

  it('the process is killed in training → the real shop, nobody signed in, nothing of the training in it', async () => {
    const till = await shop();
    till.engine.close();
    const engine = await startEngineProcess(till.folder);
    await must(engine.call('people.signIn', { personId: 'c1', pin: PIN }));
    await must(engine.call('training.start', NO_LEAVE));
    const { digits } = await must(
      engine.call('training.code', { kind: 'quick', amount: EUR('900'), invoiceId: null }),
    );
    await must(engine.call('payments.accept', { amount: EUR('900'), scan: digits }));
    await engine.kill();
    terminal = await till.reopen();
    expect(await state(terminal)).toMatchObject({ isTraining: false, phase: 'signed-out' });
    expect(await amounts(terminal)).toEqual(['700']);
  });

  it('signing out in training → training is over, and the real journal knows who left', async () => {
    const till = await shop();
    await must(till.call('training.start', NO_LEAVE));
    await must(till.call('people.signOut', { confirmUnsent: true }));
    expect(await state(till)).toMatchObject({ isTraining: false, phase: 'signed-out' });
    till.engine.close();
    const last = await lookAt(till.folder, ({ journal }) => {
      const entry = decodeJournalEntry(journal.after(-1n, 1000).at(-1)?.bytes ?? new Uint8Array());
      return entry.ok ? entry.value.kind : null;
    });
    expect(last).toBe('signed-out');
    terminal = await till.reopen();
  });

  it('what belongs to the real shop → in-training, nothing done', async () => {
    const till = await shop();
    await must(till.call('training.start', NO_LEAVE));
    const refused = { ok: false, refusal: { code: 'in-training' } };
    expect(await till.call('catalogue.removeItem', { itemId: 'tea', ...NO_LEAVE })).toEqual(refused);
    expect(await till.call('catalogue.startImport', { mode: 'replace' })).toEqual(refused);
    expect(
      await till.call('people.add', { name: 'Kim', role: 'cashier', pin: '246802', ...NO_LEAVE }),
    ).toEqual(refused);
    expect(await till.call('people.changePin', { pin: PIN, newPin: '246802' })).toEqual(refused);
    expect(await till.call('settings.change', { name: 'badge-needs-pin', isOn: true, ...NO_LEAVE })).toEqual(
      refused,
    );
    expect(await till.call('sync.now', {})).toEqual(refused);
    expect(await till.call('clock.confirm', NO_LEAVE)).toEqual(refused);
  });

  it('leave by the practice colleague → good in training, worthless after; a real PIN proves nothing in training', async () => {
    const till = await shop();
    const kim = await must(
      till.call('people.add', { name: 'Kim', role: 'cashier', pin: '246802', ...NO_LEAVE }),
    );
    await must(till.call('people.signIn', { personId: kim.personId, pin: '246802' }));
    const { colleague, pin } = await must(till.call('training.start', NO_LEAVE));
    const ask = (personId: string, proof: string) =>
      till.call('approvals.give', {
        permission: 'override-price',
        proof: { by: 'pin', personId, pin: proof },
      });
    expect(await ask('c1', PIN)).toMatchObject({ refusal: { code: 'not-found' } });
    const sell = async (): Promise<number> => {
      const order = await must(till.call('orders.addItem', { itemId: 'tea', quantity: '1', price: null }));
      return order.lines[0]?.lineId ?? 0;
    };
    const practised = await sell();
    const leave = async () => (await must(ask(colleague.personId, pin))).approval;
    const lower = (lineId: number, approval: string) =>
      till.call('orders.overridePrice', { lineId, price: EUR('200'), approval });
    expect(await lower(practised, await leave())).toMatchObject({ ok: true });
    const unused = await leave();
    await must(till.call('training.stop', {}));
    expect(await lower(await sell(), unused)).toMatchObject({ refusal: { code: 'approval-needed' } });
    expect(await ask(colleague.personId, pin)).toMatchObject({ refusal: { code: 'not-found' } });
  });

  it('who may not train → approval-needed', async () => {
    const till = await shop();
    const eve = await must(
      till.call('people.add', { name: 'Eve', role: 'auditor', pin: '246802', ...NO_LEAVE }),
    );
    await must(till.call('people.signIn', { personId: eve.personId, pin: '246802' }));
    expect(await till.call('training.start', NO_LEAVE)).toMatchObject({
      refusal: { code: 'approval-needed' },
    });
  });

  it('reset → no payments, another terminal, and codes from before are untrusted; the old shop is gone at the next start', async () => {
    const till = await shop();
    await must(till.call('training.start', NO_LEAVE));
    const old = await code(till, 'quick');
    await charge(till, await code(till, 'quick'));
    const before = await state(till);
    await must(till.call('training.reset', NO_LEAVE));
    expect(await amounts(till)).toEqual([]);
    expect((await state(till)).terminal?.terminalId).not.toBe(before.terminal?.terminalId);
    expect(await charge(till, old)).toBe('untrusted');
    terminal = await till.reopen();
    await must(terminal.call('people.signIn', { personId: 'c1', pin: PIN }));
    await must(terminal.call('training.start', NO_LEAVE));
    expect([existsSync(practiceFolder(till, 1)), existsSync(practiceFolder(till, 2))]).toEqual([false, true]);
  });

  it('a second training goes on where the first one was; the catalogue is the shop’s as it is now', async () => {
    const till = await shop();
    await must(till.call('training.start', NO_LEAVE));
    await charge(till, await code(till, 'quick'));
    await must(till.call('training.stop', {}));
    await must(till.call('catalogue.putCategory', { categoryId: null, name: 'Drinks', ...NO_LEAVE }));
    await must(till.call('catalogue.removeItem', { itemId: 'tea', ...NO_LEAVE }));
    await must(till.call('training.start', NO_LEAVE));
    expect(await amounts(till)).toEqual(['500']);
    expect(await charge(till, await code(till, 'quick'))).toBe('approved');
    expect(await must(till.call('catalogue.search', { text: 'tea', limit: 5 }))).toEqual([]);
    till.engine.close();
    const digest = (store: Store) => toHex(catalogueDigest(store));
    expect(await lookAt(practiceFolder(till), digest)).toBe(await lookAt(till.folder, digest));
    terminal = await till.reopen();
  });

  it('a damaged practice database → begun anew, and the real shop never stops for it', async () => {
    const till = await shop();
    await must(till.call('training.start', NO_LEAVE));
    till.engine.close();
    writeFileSync(
      join(practiceFolder(till), 'terminal.db'),
      'no database at all, but long enough to be looked at',
    );
    terminal = await till.reopen();
    await must(terminal.call('people.signIn', { personId: 'c1', pin: PIN }));
    await must(terminal.call('training.start', NO_LEAVE));
    expect(await state(terminal)).toMatchObject({ isTraining: true, stopped: null });
  });
});
