/** Honest payments in any number, with purses that can pay them: for loads and figures. Never what a crook would send. */
import * as crypto from 'node:crypto';
import type { Payment } from '../../shared/protocol/payment.ts';
import { encodePicture, shortOf } from '../../shared/protocol/picture.ts';
import type { Operator } from './operator.ts';
import { issueScriptedPurses, paymentOf, type ScriptedPurse } from './scripted-purse.ts';

/** A purse pays at most this often. */
export const PAYMENTS_PER_PURSE = 200;
/** A customer holds at most this many at a time. */
const PURSES_PER_CUSTOMER = 5;

export interface ScriptedSale {
  /** What a scanner reads, as bytes. */
  readonly code: Uint8Array;
  readonly payment: Payment;
  readonly purse: ScriptedPurse;
}

/** Payments of one purse with their counters, running totals and all: `count` of them, of this amount each. */
export function honestSales(
  purse: ScriptedPurse,
  nowS: number,
  amountMinor: bigint,
  count = PAYMENTS_PER_PURSE,
): ScriptedSale[] {
  let previous: Uint8Array = new Uint8Array(8);
  return Array.from({ length: count }, (_, i) => {
    const { payment, paymentId } = paymentOf(purse, {
      mode: 'quick',
      counter: i + 1,
      spentMinor: BigInt(i) * amountMinor,
      previous,
      capMinor: amountMinor,
      iatS: nowS,
      ttlS: 30,
      nonce: crypto.randomBytes(8),
    });
    previous = Buffer.from(paymentId, 'hex').subarray(0, 8);
    const code = encodePicture({ kind: 'presented', certificate: shortOf(purse.certificate), payment });
    return { code, payment, purse };
  });
}

/** So many purses, each with money for all its payments, of as many customers as may hold them. */
export async function fundedPurses(
  operator: Operator,
  origin: string,
  nowS: number,
  amountMinor: bigint,
  count: number,
): Promise<ScriptedPurse[]> {
  const allowanceMinor = (amountMinor * BigInt(PAYMENTS_PER_PURSE)).toString();
  const purses: ScriptedPurse[] = [];
  while (purses.length < count) {
    const held = Math.min(PURSES_PER_CUSTOMER, count - purses.length);
    const userName = `load-${crypto.randomBytes(6).toString('hex')}`;
    const customer = { userName, password: crypto.randomBytes(12).toString('hex'), currency: 'EUR' };
    const depositMinor = (BigInt(allowanceMinor) * BigInt(held)).toString();
    await operator.customerWithMoney({ ...customer, amountMinor: depositMinor });
    purses.push(...(await issueScriptedPurses(origin, { ...customer, allowanceMinor }, nowS, held)));
  }
  return purses;
}
