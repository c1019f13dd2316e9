/** Credit notes as objects, and which of them settle (S22): pure rules under every order and amount. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type RefundedPayment, settleRefunds } from '../../clearing/ingest/settle-refunds.ts';
import { toHex } from '../../shared/bytes.ts';
import { paymentIdFrom } from '../../shared/ids.ts';
import { readRefundBody, refundValue } from '../../shared/protocol/bodies/refund.ts';
import { sign1Value, verifySign1 } from '../../shared/protocol/cose.ts';
import { decodePictureText, pictureText, shortOf } from '../../shared/protocol/picture.ts';
import { type RefundFields, readRefund, refundIdOf, signRefund } from '../../shared/protocol/refund.ts';
import { aadOf } from '../../shared/protocol/world.ts';
import { backEnd, EPOCH_S, seed, terminalOf, WORLD } from '../support/protocol-fixture.ts';

const terminal = terminalOf();
const LARGEST = BigInt(Number.MAX_SAFE_INTEGER);
const FIELDS: RefundFields = {
  paymentId: paymentIdFrom(seed('payment').subarray(0, 16)),
  amountMinor: 500n,
  currency: 'EUR',
  iatS: EPOCH_S,
  epoch: 1,
  journalSeq: 9,
};
const noteOf = (change: Partial<RefundFields> = {}) =>
  readRefund(sign1Value(signRefund({ ...FIELDS, ...change }, WORLD, terminal.signer)));

const anyFields = fc.record({
  paymentId: fc.uint8Array({ minLength: 16, maxLength: 16 }).map(paymentIdFrom),
  amountMinor: fc.bigInt({ min: 1n, max: LARGEST }),
  iatS: fc.integer({ min: 0, max: 253_402_300_799 }),
  epoch: fc.integer({ min: 1, max: 0xffff_ffff }),
  journalSeq: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
});

describe('a credit note', () => {
  it('any fields → the same after a picture, short or full; genuine for a refund, for nothing else', () => {
    fc.assert(
      fc.property(anyFields, fc.boolean(), (fields, isFull) => {
        const refund = noteOf(fields);
        const certificate = isFull ? terminal.certificate : shortOf(terminal.certificate);
        const read = decodePictureText(pictureText({ kind: 'refund', certificate, refund }));
        if (!read.ok || read.value.kind !== 'refund') throw new TypeError('no credit note');
        expect(read.value.refund).toEqual(refund);
        const { publicKey } = terminal.signer;
        expect(verifySign1(backEnd, publicKey, refund.sign1, aadOf(WORLD, 'refund'))).toBe(true);
        for (const type of ['receipt', 'invoice', 'payment', 'head'] as const) {
          expect(verifySign1(backEnd, publicKey, refund.sign1, aadOf(WORLD, type))).toBe(false);
        }
        expect(verifySign1(backEnd, publicKey, refund.sign1, aadOf('live', 'refund'))).toBe(false);
      }),
      { numRuns: 20 },
    );
  });

  it('another field → another refund id; the world too; the same fields → the same', () => {
    const ids = [
      noteOf(),
      noteOf({ amountMinor: 501n }),
      noteOf({ journalSeq: 10 }),
      noteOf({ epoch: 2 }),
      noteOf({ iatS: EPOCH_S + 1 }),
      noteOf({ currency: 'USD' }),
    ].map(({ sign1 }) => refundIdOf(sign1, WORLD));
    expect(new Set([...ids, refundIdOf(noteOf().sign1, 'live')]).size).toBe(7);
    expect(refundIdOf(noteOf().sign1, WORLD)).toBe(ids[0]);
  });

  it('its body, with and without a note → read as written', () => {
    for (const note of [noteOf(), null]) {
      const body = {
        note,
        original: { epoch: 1, seq: 7 },
        amountMinor: 500n,
        currency: 'EUR',
        reason: 'Broken cup',
        approvedBy: note === null ? 'c2' : null,
      } as const;
      expect(readRefundBody(refundValue(body))).toEqual(body);
    }
  });
});

describe('S22: which refunds settle', () => {
  const paymentsOf = (
    amounts: readonly bigint[],
    isRejected: readonly boolean[],
  ): readonly RefundedPayment[] =>
    amounts.map((amountMinor, i) => ({
      state: isRejected[i] === true ? 'rejected' : 'settled',
      paymentId: seed(`payment ${i}`).subarray(0, 16),
      purseId: seed('purse').subarray(0, 8),
      counter: i + 1,
      customerId: seed('customer').subarray(0, 8),
      amountMinor,
      currency: 'EUR',
    }));

  it('any refunds over any payments → never above a payment, never of a rejected one, never below zero', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.bigInt({ min: 1n, max: 60n }), fc.boolean()), { minLength: 1, maxLength: 4 }),
        fc.array(
          fc.record({
            of: fc.nat({ max: 4 }),
            amountMinor: fc.bigInt({ min: 1n, max: 70n }),
            isVoid: fc.boolean(),
            isSigned: fc.boolean(),
          }),
          { maxLength: 20 },
        ),
        fc.bigInt({ min: 0n, max: 150n }),
        fc.array(fc.bigInt({ min: 0n, max: 10n }), { minLength: 4, maxLength: 4 }),
        (made, wishes, receivableMinor, before) => {
          const payments = paymentsOf(
            made.map(([amount]) => amount),
            made.map(([, isRejected]) => isRejected),
          );
          const refunds = wishes.map(({ of, amountMinor, isVoid, isSigned }, i) => {
            const payment = payments[of] ?? null;
            const paymentId = payment === null ? FIELDS.paymentId : paymentIdFrom(payment.paymentId);
            const note = noteOf({ paymentId, amountMinor, journalSeq: i + 1 });
            const entry = { madeAtMs: 0, isVoid, original: { epoch: 1, seq: 1 }, note };
            return { entry, isSigned, payment: isSigned ? payment : null };
          });
          const refundedMinor = new Map(
            payments.map(({ paymentId, amountMinor }, i) => {
              const known = before[i] ?? 0n;
              return [toHex(paymentId), known < amountMinor ? known : amountMinor] as const;
            }),
          );
          const outcomes = settleRefunds(refunds, { refundedMinor, receivableMinor, currency: 'EUR' });
          const back = new Map(refundedMinor);
          let paidOut = 0n;
          for (const { state, reason, entry, payment } of outcomes) {
            expect((state === 'rejected') === (reason !== null)).toBe(true);
            if (state === 'rejected') continue;
            expect(payment?.state).toBe('settled');
            paidOut += entry.note.amountMinor;
            const key = entry.note.paymentId;
            if (entry.isVoid) expect(back.get(key)).toBe(0n);
            back.set(key, (back.get(key) ?? 0n) + entry.note.amountMinor);
          }
          for (const { paymentId, amountMinor } of payments) {
            expect(back.get(toHex(paymentId)) ?? 0n).toBeLessThanOrEqual(amountMinor);
          }
          expect(paidOut).toBeLessThanOrEqual(receivableMinor);
        },
      ),
      { numRuns: 60 },
    );
  });
});
