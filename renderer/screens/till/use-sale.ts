/** The sale of the till with its calls to the terminal. A scan with an amount is decided at once, one at a time. */
import { useCallback, useEffect, useReducer, useRef } from 'react';
import { refusalFromWire } from '../../../shared/contract/refusal-wire.ts';
import type { MoneyWire } from '../../../shared/money.ts';
import { callTerminal } from '../../terminal-client.ts';
import {
  amountDue,
  type Invoice,
  nextSale,
  noSale,
  type Outcome,
  type Sale,
  type SaleEvent,
} from './sale.ts';

export interface SaleActions {
  readonly sale: Sale;
  readonly dueMinor: bigint;
  readonly tell: (event: SaleEvent) => void;
  /** @returns false when there is no amount to charge, so nothing was asked */
  readonly scan: (text: string, scannedAtMs: number) => boolean;
  readonly showInvoice: () => void;
  readonly leaveInvoice: () => void;
}

export function useSale(currency: string, minorUnits: number): SaleActions {
  const [sale, tell] = useReducer(
    (before: Sale, event: SaleEvent) => nextSale(before, event, minorUnits),
    noSale,
  );
  const dueMinor = amountDue(sale, minorUnits);
  const latest = useRef({ sale, dueMinor, isAsking: false });
  useEffect(() => {
    latest.current = { ...latest.current, sale, dueMinor };
  });

  const scan = useCallback(
    (text: string, scannedAtMs: number) => {
      const { dueMinor: minor } = latest.current;
      if (minor === 0n) return false;
      // The same code seen twice within one decision is one scan.
      if (latest.current.isAsking) return true;
      latest.current.isAsking = true;
      tell({ type: 'scanned' });
      void decide({ minor: minor.toString(), currency }, text).then((outcome) => {
        latest.current.isAsking = false;
        tell({ type: 'decided', verdict: { outcome, minor, scannedAtMs } });
      });
      return true;
    },
    [currency],
  );

  const showInvoice = useCallback(() => {
    const { dueMinor: minor, sale: now, isAsking } = latest.current;
    if (minor === 0n || isAsking) return;
    latest.current.isAsking = true;
    const amount = { minor: minor.toString(), currency };
    void callTerminal('invoices.issue', { amount, reference: '' }).then((answer) => {
      latest.current.isAsking = false;
      if (answer.ok) {
        tell({ type: 'invoice-shown', invoice: answer.value });
      } else {
        const outcome: Outcome = { kind: 'refused', refusal: answer.refusal };
        tell({ type: 'decided', verdict: { outcome, minor, scannedAtMs: performance.now() } });
      }
    });
    if (now.invoice) cancel(now.invoice);
  }, [currency]);

  const leaveInvoice = useCallback(() => {
    const { invoice } = latest.current.sale;
    if (invoice) cancel(invoice);
    tell({ type: 'back' });
  }, []);

  return { sale, dueMinor, tell, scan, showInvoice, leaveInvoice };
}

async function decide(amount: MoneyWire, scan: string): Promise<Outcome> {
  const answer = await callTerminal('payments.accept', { amount, scan });
  if (!answer.ok) return { kind: 'refused', refusal: answer.refusal };
  const { value } = answer;
  if (value.verdict === 'approved') {
    return { kind: 'approved', payment: value.payment };
  }
  return { kind: 'declined', payment: value.payment, refusal: refusalFromWire(value.refusal) };
}

/** An invoice that could not be cancelled runs out by itself. */
function cancel(invoice: Invoice): void {
  void callTerminal('invoices.cancel', { invoiceId: invoice.invoiceId });
}
