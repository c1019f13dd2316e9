/** Selling at a test's till: calls that must pass, money in its currency, codes that are genuine, a stocked shelf. */
import { openStore } from '../../electron/engine/db/store.ts';
import type {
  CallParams,
  CallResult,
  OpenOrderWire,
  PayAnswer,
  TerminalCall,
} from '../../shared/contract/terminal.ts';
import type { CurrencyCode } from '../../shared/iso-4217.ts';
import { decodeJournalEntry, type JournalEntry } from '../../shared/protocol/journal-entry.ts';
import type { Refusal } from '../../shared/refusals.ts';
import { MIGRATIONS, type TestTerminal } from './enrolled-terminal.ts';
import { codeText, presentedOf, purseOf, quickFields } from './protocol-fixture.ts';

export const PIECE = '1000';

/** What the call answered; throws where it was refused. */
export async function must<C extends TerminalCall>(
  till: Pick<TestTerminal, 'call'>,
  name: C,
  params: CallParams<C>,
): Promise<CallResult<C>> {
  const answer = await till.call(name, params);
  if (!answer.ok) throw new Error(`${name}: ${JSON.stringify(answer.refusal)}`);
  return answer.value;
}

/** Why the call was refused; throws where it was not. */
export async function refusal<C extends TerminalCall>(
  till: Pick<TestTerminal, 'call'>,
  name: C,
  params: CallParams<C>,
): Promise<Refusal> {
  const answer = await till.call(name, params);
  if (answer.ok) throw new Error(`${name} was not refused`);
  return answer.refusal;
}

export interface Seller {
  readonly money: (minor: number | bigint) => { minor: string; currency: string };
  /** Adds an amount without tax. */
  readonly add: (minor: number | bigint, name?: string) => Promise<OpenOrderWire>;
  readonly openShift: () => Promise<void>;
  readonly pay: (method: string, minor: number | bigint | null, input: string) => Promise<PayAnswer>;
  /** A fresh code of a purse that nobody has seen. */
  readonly code: (name: string, iatS?: number) => string;
}

export function sellerAt(till: Pick<TestTerminal, 'call'>, currency: CurrencyCode = 'EUR'): Seller {
  const money = (minor: number | bigint) => ({ minor: minor.toString(), currency });
  return {
    money,
    add: (minor, name = '') =>
      must(till, 'orders.addAmount', {
        amount: money(minor),
        quantity: PIECE,
        name,
        taxRateId: '',
        isTaxIncluded: true,
      }),
    openShift: async () => {
      await must(till, 'shifts.open', { float: { total: money(0), pieces: null }, approval: null });
    },
    pay: (method, minor, input) =>
      must(till, 'orders.pay', { method, amount: minor === null ? null : money(minor), input }),
    code: (name, iatS) => {
      const times = iatS === undefined ? {} : { iatS: iatS - 3600, expS: iatS + 86_400 };
      const purse = purseOf({
        name,
        currency,
        ...times,
        allowanceMinor: 200_000n,
        perPaymentCapMinor: 200_000n,
      });
      const fields = quickFields({ capMinor: 100_000n, ...(iatS === undefined ? {} : { iatS }) });
      return codeText(presentedOf(purse, fields));
    },
  };
}

/** Every entry of a terminal that is closed. */
export async function entriesOf(folder: string): Promise<readonly JournalEntry[]> {
  const store = await openStore(folder, MIGRATIONS);
  if (!store.ok) throw new Error(store.refusal.code);
  const entries = store.value.journal.after(-1n, 10_000).map(({ bytes }) => {
    const entry = decodeJournalEntry(bytes);
    if (!entry.ok) throw new Error('an entry that does not decode');
    return entry.value;
  });
  store.value.close();
  return entries;
}
