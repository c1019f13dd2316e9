/** What a scanned, pasted or dropped text is to a wallet: a shop's invoice, receipt or credit note, or nothing of its. */
import { decodePictureText, type PictureRefusal } from '../../shared/protocol/picture.ts';
import type { Refusal } from '../../shared/refusals.ts';
import { ok, type Result, refused } from '../../shared/result.ts';
import { type CheckedCreditNote, type CreditNoteRefusal, checkCreditNote } from './accept-credit-note.ts';
import { type CheckedReceipt, checkReceipt, type ReceiptRefusal } from './accept-receipt.ts';
import { type CheckedInvoice, checkInvoice, type InvoiceRefusal } from './answer-invoice.ts';
import type { TerminalCheck } from './trusted-terminal.ts';

export type Scanned =
  | { readonly kind: 'invoice'; readonly checked: CheckedInvoice }
  | { readonly kind: 'receipt'; readonly checked: CheckedReceipt }
  | { readonly kind: 'refund'; readonly checked: CheckedCreditNote };

export type ScanRefusal =
  | PictureRefusal
  | InvoiceRefusal
  | ReceiptRefusal
  | CreditNoteRefusal
  | Refusal<'wrong-kind' | 'no-trust-bundle'>;

/**
 * @param check null when no trust bundle was fetched yet: then nobody's name can be vouched for
 * @param nowS seconds since 1970
 */
export function readScanned(
  text: string,
  check: TerminalCheck | null,
  nowS: number,
): Result<Scanned, ScanRefusal> {
  // what a person copies may be broken into lines or groups
  const picture = decodePictureText(text.replace(/\s+/g, ''));
  if (!picture.ok) return picture;
  const { kind } = picture.value;
  if (kind === 'presented' || kind === 'sealed') return refused({ code: 'wrong-kind' });
  if (check === null) return refused({ code: 'no-trust-bundle' });
  if (kind === 'invoice') {
    const checked = checkInvoice(picture.value, check, nowS);
    return checked.ok ? ok({ kind, checked: checked.value }) : checked;
  }
  if (kind === 'refund') {
    const checked = checkCreditNote(picture.value, check);
    return checked.ok ? ok({ kind, checked: checked.value }) : checked;
  }
  const checked = checkReceipt(picture.value, check);
  return checked.ok ? ok({ kind, checked: checked.value }) : checked;
}
