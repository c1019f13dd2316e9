/** What a command of the headless terminal is: words and options in, one sentence and its facts out. */
import { isCurrencyCode } from '../../shared/iso-4217.ts';
import { formatMoney, money } from '../../shared/money.ts';
import type { HeadlessTill } from './till.ts';

export const OPTIONS = {
  data: { type: 'string' },
  name: { type: 'string' },
  approver: { type: 'string' },
  code: { type: 'string' },
  amount: { type: 'string' },
  limit: { type: 'string' },
  person: { type: 'string' },
  role: { type: 'string' },
  payment: { type: 'string' },
  reason: { type: 'string' },
  text: { type: 'string' },
  from: { type: 'string' },
  to: { type: 'string' },
  state: { type: 'string' },
  mode: { type: 'string' },
  number: { type: 'string' },
  origin: { type: 'string' },
  cash: { type: 'boolean' },
  unsent: { type: 'boolean' },
  events: { type: 'boolean' },
  repair: { type: 'boolean' },
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

export type Options = {
  readonly [K in keyof typeof OPTIONS]?:
    | ((typeof OPTIONS)[K]['type'] extends 'string' ? string : boolean)
    | undefined;
};

/** How a command ended: status 0 or 1, one line for people, facts for programs. */
export interface Outcome {
  readonly ok: boolean;
  readonly sentence: string;
  readonly facts: Readonly<Record<string, unknown>>;
}

/** Wrong use: the words or options make no command. Status 2. */
export class WrongUse extends Error {
  override readonly name = 'WrongUse';
}

/** @param words what stands after the command's own name */
export type Command = (till: HeadlessTill, options: Options, words: readonly string[]) => Promise<Outcome>;

export function done(sentence: string, facts: Readonly<Record<string, unknown>> = {}): Outcome {
  return { ok: true, sentence, facts };
}

/** @throws WrongUse */
export function needed(value: string | undefined, what: string): string {
  if (value === undefined || value === '') throw new WrongUse(`${what} is missing`);
  return value;
}

/**
 * A payment, order or report by its journal entry, as lists print it: EPOCH/SEQ.
 *
 * @throws WrongUse
 */
export function placeOf(text: string | undefined): { epoch: number; journalSeq: number } {
  const [, epoch, seq] = /^([0-9]{1,10})\/([0-9]{1,15})$/.exec(needed(text, '--payment EPOCH/SEQ')) ?? [];
  if (epoch === undefined || seq === undefined) throw new WrongUse('--payment is not EPOCH/SEQ');
  return { epoch: Number(epoch), journalSeq: Number(seq) };
}

export function amountText({
  minor,
  currency,
}: {
  readonly minor: string;
  readonly currency: string;
}): string {
  return isCurrencyCode(currency) ? formatMoney(money(BigInt(minor), currency), 'en') : minor;
}
