/** Asks for an amount: an invoice that one bound payment may answer. Durable before it is shown. */

import { fromHex, toHex } from '../../../shared/bytes.ts';
import type { Money } from '../../../shared/money.ts';
import { MAX_REFERENCE_BYTES, signInvoice } from '../../../shared/protocol/invoice.ts';
import { pictureText } from '../../../shared/protocol/picture.ts';
import { ok, type Result, refused } from '../../../shared/result.ts';
import { record } from '../record.ts';
import { type Session, terminalClock } from '../session.ts';
import { shopBundle } from '../trust/shop-bundle.ts';

export interface IssuedInvoice {
  /** Hexadecimal of the invoice's digest. */
  readonly invoiceId: string;
  readonly digits: string;
  readonly expiresAtMs: number;
}

/** Cuts a text to whole characters of at most this many bytes of UTF-8. */
function cutToBytes(text: string, maxBytes: number): string {
  const encoder = new TextEncoder();
  let cut = '';
  let length = 0;
  for (const character of text) {
    length += encoder.encode(character).length;
    if (length > maxBytes) break;
    cut += character;
  }
  return cut;
}

export function issueInvoice(
  session: Session,
  cashier: string,
  amount: Money,
  reference: string,
): Result<IssuedInvoice> {
  const { store, ports, keys, enrolment, trust } = session;
  if (trust === undefined) return refused({ code: 'no-trust-bundle' });
  if (amount.minor <= 0n || amount.currency !== enrolment.certificate.currency) {
    return refused({ code: 'amount-invalid' });
  }
  const atMs = ports.clock.nowMs();
  const invoice = signInvoice(
    {
      nonce: ports.randomBytes(8),
      amountMinor: amount.minor,
      iatS: Math.floor(terminalClock(session).effectiveMs / 1000),
      ttlS: shopBundle(session, trust).policy.invoiceTtlS,
      reference: cutToBytes(reference, MAX_REFERENCE_BYTES),
    },
    enrolment.world,
    enrolment.certificate.digest,
    keys.signer,
  );
  const written = store.write(() => {
    record(store, { kind: 'invoice-issued', atMs, actor: cashier, body: invoice.bytes });
  });
  if (!written.ok) return written;
  return ok({
    invoiceId: toHex(invoice.digest),
    digits: pictureText({ kind: 'invoice', certificate: enrolment.certificate, invoice }),
    expiresAtMs: (invoice.iatS + invoice.ttlS) * 1000,
  });
}

/** Takes an open invoice back; one that was answered or never issued is `not-found`. */
export function cancelInvoice(session: Session, cashier: string, invoiceId: string): Result<null> {
  const { store, ports } = session;
  const digest = fromHex(invoiceId);
  if (digest === undefined || store.invoices.byDigest(digest)?.state !== 'open')
    return refused({ code: 'not-found' });
  const written = store.write(() => {
    record(store, {
      kind: 'invoice-cancelled',
      atMs: ports.clock.nowMs(),
      actor: cashier,
      body: digest,
    });
  });
  return written.ok ? ok(null) : written;
}
