/**
 * A till that has been at work for years: an enrolled terminal's folder with as many settled payments as asked
 * for, each with its journal entry, in a whole chain, made by the same views. Only the wallets' signatures in it
 * are not genuine: they were checked when they were made, nothing reads them again, and a million real ones
 * would take longer than all that is measured on them.
 */
import { hash } from 'node:crypto';
import { positionOf } from '../../electron/engine/db/journal.ts';
import { openStore, type Store } from '../../electron/engine/db/store.ts';
import { record } from '../../electron/engine/record.ts';
import { toHex } from '../../shared/bytes.ts';
import { packChecks } from '../../shared/decision/checks.ts';
import { paymentIdFrom, type TerminalId } from '../../shared/ids.ts';
import { money } from '../../shared/money.ts';
import {
  type Outcome,
  readAcknowledgement,
  signAcknowledgement,
} from '../../shared/protocol/acknowledgement.ts';
import { orderClosedValue } from '../../shared/protocol/bodies/order.ts';
import { signDraft } from '../../shared/protocol/cose.ts';
import type { Signer } from '../../shared/protocol/ed25519.ts';
import { saleValue } from '../../shared/protocol/journal-bodies.ts';
import { draftPayment, type Payment, paymentIdBytes } from '../../shared/protocol/payment.ts';
import { encodePicture } from '../../shared/protocol/picture.ts';
import { ONE, type OrderLine } from '../../shared/sale/order.ts';
import { orderTotals } from '../../shared/sale/totals.ts';
import { enrolledTerminal, MIGRATIONS, type TestTerminal } from './enrolled-terminal.ts';
import {
  issuer,
  kidOf,
  policyOf,
  purseOf,
  quickFields,
  seed,
  trustBundleOf,
  WORLD,
} from './protocol-fixture.ts';

/** Payments of one purse; each purse then has a new certificate, as customers do over the years. */
const PURSE_PAYMENTS = 100;
/** Sales between two syncs. */
const BATCH = 1000;
const TRANSACTION = 5;
/** Every so many sales, one was an order with lines; the others were amounts. */
const SALES_AN_ORDER = 10;
const CHECKS = packChecks({});

/** 64 bytes in the place of a signature. */
const unsigned: Signer = {
  publicKey: seed('unsigned'),
  sign: (message) => new Uint8Array(hash('sha512', message, 'buffer')),
};

/** Limits that a million payments do not reach. */
const ROOMY = policyOf({
  currencies: policyOf().currencies.map((limits) => ({
    ...limits,
    exposureAmount: { lower: 10n ** 12n, upper: 10n ** 12n },
    exposureCount: { lower: 1_000_000, upper: 1_000_000 },
  })),
});

/** A purse that is good at a moment, whatever the fixture's own time is. */
export function validityAt(nowS: number): { iatS: number; expS: number } {
  return { iatS: nowS - 30 * 86_400, expS: nowS + 30 * 86_400 };
}

interface Shopper {
  readonly purse: ReturnType<typeof purseOf>;
  counter: number;
  spentMinor: bigint;
  previous: Uint8Array;
}

function newShopper(i: number, nowS: number): Shopper {
  const purse = purseOf({ name: `grown purse ${i}`, allowanceMinor: 10n ** 9n, ...validityAt(nowS) });
  return { purse, counter: 0, spentMinor: 0n, previous: new Uint8Array(8) };
}

/** One sale in the open transaction, and the seq of its entry; amounts differ, so that searches have something to find. */
function sell(store: Store, shopper: Shopper, i: number, atMs: number): number {
  const { certificate } = shopper.purse;
  const amountMinor = 100n + BigInt((i * 7919) % 9000);
  const fields = quickFields({
    counter: ++shopper.counter,
    spentMinor: shopper.spentMinor,
    previous: shopper.previous,
    capMinor: amountMinor,
    iatS: Math.floor(atMs / 1000),
  });
  const drafted = draftPayment(fields, WORLD, certificate.digest);
  const payment: Payment = { ...fields, sign1: signDraft(drafted, unsigned) };
  const idBytes = paymentIdBytes(drafted.toBeSigned, (bytes) => hash('sha256', bytes, 'buffer'));
  shopper.spentMinor += amountMinor;
  shopper.previous = idBytes.slice(0, 8);
  const code = encodePicture({ kind: 'presented', certificate, payment });
  const orderId = i % SALES_AN_ORDER === 0 ? idBytes.slice(8, 16) : null;
  const decision = {
    trustVersion: 1,
    reachable: false,
    checks: CHECKS,
    decided: 'offline',
    authorisation: null,
  } as const;
  record(
    store,
    {
      kind: 'sale',
      atMs,
      actor: i % 3 === 0 ? 'Cashier 1' : 'Cashier 2',
      body: saleValue({ amountMinor, currency: 'EUR', code, invoice: null, decision, orderId }),
    },
    {
      kind: 'sale',
      amount: money(amountMinor, 'EUR'),
      code: { certificate, payment, paymentId: paymentIdFrom(idBytes) },
    },
  );
  const { seq } = store.journal.tip;
  if (orderId !== null) closeOrder(store, toHex(orderId), i, amountMinor, atMs);
  return seq;
}

const TAX = { taxRateId: 'standard', name: 'Standard', basisPoints: 2100, isIncluded: true } as const;

/** The order that the last sale paid: one line, with words to be found by. */
function closeOrder(store: Store, orderId: string, i: number, amountMinor: bigint, atMs: number): void {
  const { epoch, seq } = store.journal.tip;
  const line: OrderLine = {
    lineId: 1,
    itemId: null,
    name: `Tea ${i}`,
    priceMinor: amountMinor,
    overridden: null,
    quantity: ONE,
    tax: TAX,
    discount: null,
    note: i % 1000 === 0 ? 'for Maple Street' : '',
    addedBy: 'c1',
  };
  const totals = orderTotals({ lines: [line], discount: null, tip: null });
  const tender = {
    method: 'offline-code',
    amountMinor,
    roundingMinor: 0n,
    tipMinor: 0n,
    givenMinor: null,
    sale: { epoch, seq },
    atMs,
    takenBy: 'c1',
  };
  const body = {
    orderId,
    currency: 'EUR',
    shiftId: null,
    closedBy: 'c1',
    name: '',
    note: '',
    lines: totals.lines.map((priced) => ({ ...line, ...priced })),
    discount: null,
    orderDiscountMinor: 0n,
    taxes: totals.taxes,
    totalMinor: totals.totalMinor,
    tipMinor: 0n,
    tenders: [tender],
  } as const;
  record(store, { kind: 'order-closed', atMs, actor: 'Cashier 1', body: orderClosedValue(body) });
}

/** The clearing house holds all of it and has settled it. */
function settle(
  store: Store,
  terminalId: TerminalId,
  sales: readonly number[],
  number: number,
  atMs: number,
): void {
  const { tip } = store.journal;
  const outcomes = sales.map(
    (seq, i): Outcome => ({
      number: number + i,
      epoch: tip.epoch,
      seq,
      state: 'settled',
      reason: null,
      lossBearer: 'nobody',
      proof: null,
    }),
  );
  const body = signAcknowledgement(
    {
      terminalId,
      epoch: tip.epoch,
      seq: tip.seq,
      headHash: tip.hash,
      outcomes,
      serverTimeMs: atMs,
    },
    WORLD,
    kidOf(issuer),
    issuer,
  );
  const acknowledgement = readAcknowledgement(body);
  record(store, { kind: 'synced', atMs, actor: '', body }, { kind: 'synced', acknowledgement });
  store.settings.setInteger('acknowledged-position', positionOf(tip.epoch, tip.seq));
}

/**
 * Makes the till in this folder, as it stands at a moment; its last payment was a day before, so that the sums of
 * the day are empty. Open it with `reopen`, or by an engine of its own whose clock agrees.
 */
export async function growTill(folder: string, payments: number, nowMs: number): Promise<TestTerminal> {
  const nowS = Math.floor(nowMs / 1000);
  const { iatS, expS } = validityAt(nowS);
  const issuers = trustBundleOf().issuers.map((key) => ({
    ...key,
    notBeforeS: iatS - 1,
    notAfterS: expS + 1,
  }));
  const terminal = await enrolledTerminal({
    folder,
    trust: { policy: ROOMY, iatS: nowS - 3600, expS, issuers },
  });
  terminal.engine.close();
  const opened = await openStore(folder, MIGRATIONS);
  if (!opened.ok) throw new Error(opened.refusal.code);
  const store = opened.value;
  const atOf = (i: number): number => nowMs - 86_400_000 - (payments - i) * 20;
  let shopper = newShopper(0, nowS);
  for (let begin = 0; begin < payments; begin += BATCH * TRANSACTION) {
    const written = store.write(() => {
      const end = Math.min(payments, begin + BATCH * TRANSACTION);
      for (let first = begin; first < end; first += BATCH) {
        const sales: number[] = [];
        for (let i = first; i < Math.min(end, first + BATCH); i++) {
          if (i % PURSE_PAYMENTS === 0) shopper = newShopper(i, nowS);
          sales.push(sell(store, shopper, i, atOf(i)));
        }
        settle(store, terminal.certificate.terminalId, sales, first + 1, atOf(first + sales.length));
      }
    });
    if (!written.ok) throw new Error(written.refusal.code);
  }
  store.close();
  terminal.clock.nowMs = nowMs;
  return terminal;
}
