/**
 * Cash: rounded to what coins can make when it pays the rest, with change; a part of the order must be such an
 * amount already. It needs an open shift, for nobody answers for a drawer that was never counted.
 */
import { parseMinor } from '../../../../shared/money.ts';
import { ok, refused } from '../../../../shared/result.ts';
import { roundCash } from '../../../../shared/sale/cash-rounding.ts';
import type { TenderMethod } from '../tender.ts';

export const cash: TenderMethod = {
  method: 'cash',
  /** `input`: minor units handed over, as decimal digits; "" for exactly what is due. */
  take: ({ session, restMinor, amountMinor, cashRounding, input, keep }) => {
    const { store } = session;
    if (store.shifts.current() === undefined) return refused({ code: 'shift-needed' });
    const { stepMinor } = cashRounding;
    const dueMinor = roundCash(restMinor, cashRounding);
    const isRest = amountMinor === null || amountMinor === restMinor || amountMinor === dueMinor;
    const takenMinor = isRest ? dueMinor : amountMinor;
    if (!isRest && takenMinor > restMinor) {
      return refused({ code: 'tender-over-due', detail: { amountMinor: dueMinor.toString() } });
    }
    const givenMinor = input === '' ? takenMinor : parseMinor(input);
    if (givenMinor === undefined || givenMinor < 0n) {
      return refused({ code: 'bad-request', detail: { field: 'input' } });
    }
    if (takenMinor % stepMinor !== 0n || givenMinor % stepMinor !== 0n) {
      return refused({ code: 'cash-not-payable', detail: { amountMinor: stepMinor.toString() } });
    }
    if (givenMinor < takenMinor) {
      return refused({ code: 'cash-short', detail: { amountMinor: takenMinor.toString() } });
    }
    const roundingMinor = isRest ? takenMinor - restMinor : 0n;
    const written = store.write(() =>
      keep({ amountMinor: takenMinor, roundingMinor, givenMinor, sale: null }),
    );
    return written.ok ? ok({ verdict: 'taken', payment: null }) : written;
  },
};
