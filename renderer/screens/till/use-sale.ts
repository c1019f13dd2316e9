/** The sale of the till with its calls to the terminal. A scan with an amount is decided at once, one at a time. */
import { useCallback, useRef, useState } from 'react';
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
  // Changed at once and shown afterwards: what a scan is charged must be the amount of this very moment, not
  // the one that was painted last.
  const now = useRef(noSale);
  const [sale, show] = useState(noSale);
  const isAsking = useRef(false);

  const tell = useCallback(
    (event: SaleEvent) => {
      now.current = nextSale(now.current, event, minorUnits);
      show(now.current);
    },
    [minorUnits],
  );

  const scan = useCallback(
    (text: string, scannedAtMs: number) => {
      const minor = amountDue(now.current, minorUnits);
      if (minor === 0n) return false;
      // The same code seen twice within one decision is one scan.
      if (isAsking.current) return true;
      isAsking.current = true;
      tell({ type: 'scanned' });
      void decide({ minor: minor.toString(), currency }, text).then((outcome) => {
        isAsking.current = false;
        tell({ type: 'decided', verdict: { outcome, minor, scannedAtMs } });
      });
      return true;
    },
    [currency, minorUnits, tell],
  );

  const showInvoice = useCallback(() => {
    const minor = amountDue(now.current, minorUnits);
    if (minor === 0n || isAsking.current) return;
    isAsking.current = true;
    const { invoice: before } = now.current;
    const amount = { minor: minor.toString(), currency };
    void callTerminal('invoices.issue', { amount, reference: '' }).then((answer) => {
      isAsking.current = false;
      if (!answer.ok) {
        const outcome: Outcome = { kind: 'refused', refusal: answer.refusal };
        tell({ type: 'decided', verdict: { outcome, minor, scannedAtMs: performance.now() } });
        return;
      }
      // What was keyed in meanwhile is another sale: its invoice is not this one.
      if (amountDue(now.current, minorUnits) === minor)
        tell({ type: 'invoice-shown', invoice: answer.value });
      else cancel(answer.value);
    });
    if (before) cancel(before);
  }, [currency, minorUnits, tell]);

  const leaveInvoice = useCallback(() => {
    const { invoice } = now.current;
    if (invoice) cancel(invoice);
    tell({ type: 'back' });
  }, [tell]);

  return { sale, dueMinor: amountDue(sale, minorUnits), tell, scan, showInvoice, leaveInvoice };
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
