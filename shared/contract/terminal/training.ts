/**
 * Practising at the till: a shop of its own with its own keys, in which nothing is real. The state says
 * `isTraining` all the while, for every screen and every receipt.
 */
import * as z from 'zod/mini';
import { moneyWire } from '../refusal-wire.ts';
import { approval, calls, digitsText, nothing, text } from './call.ts';
import { person } from './state.ts';

export const PRACTICE_CODES = [
  'quick',
  /** Answers an open invoice of the practice shop. */
  'bound',
  /** The rest must be refused, each for its reason. */
  'expired',
  'already-used',
  'over-cap',
  'forged',
] as const;

export const trainingCalls = calls({
  /** Whoever is signed in stays; an open order stays where it is until training ends. */
  'training.start': {
    needs: 'train',
    params: z.strictObject({ approval }),
    /** A colleague who is there only in training and may approve, with their PIN. */
    result: z.strictObject({ colleague: person, pin: text(8) }),
  },
  'training.stop': { needs: 'person', params: nothing, result: nothing },
  /** A customer's payment code for this amount, as a wallet would show it. */
  'training.code': {
    needs: 'sell',
    params: z.strictObject({
      kind: z.enum(PRACTICE_CODES),
      amount: moneyWire,
      /** Which invoice a `bound` code answers; null for the others. */
      invoiceId: z.nullable(text(32)),
    }),
    result: z.strictObject({ digits: digitsText }),
  },
  /** The practice shop anew: no sales, no payments, other keys. */
  'training.reset': { needs: 'train', params: z.strictObject({ approval }), result: nothing },
});
