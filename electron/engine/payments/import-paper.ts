/**
 * Brings payments of a dead terminal of the same shop back from its receipts. Nothing of a paper is believed but
 * what was signed, and nothing is written unless all of the papers are good; what is here already stays as it is,
 * so scanning a paper twice, or one that this terminal printed, changes nothing.
 */
import type { PaymentRow } from '../../../shared/contract/terminal.ts';
import { idBytes } from '../../../shared/ids.ts';
import { importedValue } from '../../../shared/protocol/bodies/safe-keeping.ts';
import { openPaperCopy, type PaperCopy } from '../../../shared/protocol/paper-copy.ts';
import { joinPaper } from '../../../shared/protocol/paper-parts.ts';
import { ok, type Result, refused } from '../../../shared/result.ts';
import { record } from '../record.ts';
import type { Attended } from '../room.ts';
import type { Session } from '../session.ts';
import { backEnd } from '../trust/trust.ts';

export interface ImportedPayment {
  readonly payment: PaymentRow;
  readonly isNew: boolean;
}

interface Paper {
  readonly bytes: Uint8Array;
  readonly copy: PaperCopy;
  /** As it stands here; undefined of one that is new. */
  readonly held: PaymentRow | undefined;
}

/** The row of this counter of this purse, if it is of the same payment for the same amount. */
function findHeld(session: Session, { purse, payment, charge }: PaperCopy): Result<PaymentRow | undefined> {
  const { payments } = session.store;
  const earlier = payments
    .chargedTo(idBytes(purse.purseId))
    .find(({ counter }) => counter === payment.counter);
  if (earlier === undefined) return ok(undefined);
  const row = payments.row(earlier.position);
  const isSame = row.paymentId === charge.paymentId && earlier.amountMinor === charge.amountMinor;
  if (isSame) return ok(row);
  return refused({ code: 'charged-otherwise', detail: { amountMinor: earlier.amountMinor.toString() } });
}

function openPaper(session: Session, bytes: Uint8Array): Result<Paper> {
  const { trust, enrolment } = session;
  if (trust === undefined) return refused({ code: 'no-trust-bundle' });
  const { world, certificate } = enrolment;
  const copy = openPaperCopy(bytes, { world, backEnd, trust: trust.bundle });
  if (!copy.ok) return copy;
  const { terminal, purse, charge } = copy.value;
  if (terminal.merchantId !== certificate.merchantId) return refused({ code: 'paper-of-another-shop' });
  if (charge.currency !== certificate.currency) {
    return refused({ code: 'currency-mismatch', detail: { purseCurrency: purse.currency } });
  }
  const held = findHeld(session, copy.value);
  return held.ok ? ok({ bytes, copy: copy.value, held: held.value }) : held;
}

/** Two papers of one counter cannot both be right. */
function findClash(papers: readonly Paper[]): Paper | undefined {
  const seen = new Map<string, Paper>();
  for (const paper of papers) {
    const { purse, payment } = paper.copy;
    const key = `${purse.purseId}/${payment.counter}`;
    const other = seen.get(key);
    if (other !== undefined) return other;
    seen.set(key, paper);
  }
  return undefined;
}

/**
 * @param scans digits of whole papers and of parts, in any order
 * @returns one row for each paper, on disk; the first fault of any paper refuses all
 */
export function importPaper(
  { session, person, approver }: Attended,
  scans: readonly string[],
): Result<readonly ImportedPayment[]> {
  const { store, ports } = session;
  const joined = joinPaper(scans);
  if (!joined.ok) return joined;
  const papers: Paper[] = [];
  for (const bytes of joined.value) {
    const paper = openPaper(session, bytes);
    if (!paper.ok) return paper;
    papers.push(paper.value);
  }
  const clash = findClash(papers);
  if (clash !== undefined) {
    const { amountMinor } = clash.copy.charge;
    return refused({ code: 'charged-otherwise', detail: { amountMinor: amountMinor.toString() } });
  }
  if (papers.every(({ held }) => held !== undefined)) {
    return ok(papers.flatMap(({ held }) => (held === undefined ? [] : [{ payment: held, isNew: false }])));
  }
  const atMs = ports.clock.nowMs();
  return store.write(() =>
    papers.map(({ bytes, held }): ImportedPayment => {
      if (held !== undefined) return { payment: held, isNew: false };
      const body = importedValue({ source: 'paper', bytes, approvedBy: approver?.personId ?? null });
      const act = { kind: 'payment-imported', atMs, actor: person.name, body } as const;
      const { position } = record(store, act);
      return { payment: store.payments.row(position), isNew: true };
    }),
  );
}
