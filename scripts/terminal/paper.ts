/** Commands of paper copies: what a receipt carries, and bringing a dead terminal's payments back from receipts. */
import { createInterface } from 'node:readline';
import { type Command, done, placeOf, WrongUse } from './command.ts';

/** The engine takes so many at once; a shop that lost a day's payments scans more. */
const MAX_SCANS = 64;

/** Of one payment, or of all that are not sent: one picture a line. */
export const paper: Command = async (till, { payment, unsent }) => {
  if ((payment === undefined) === (unsent !== true)) throw new WrongUse('--payment EPOCH/SEQ or --unsent');
  const place = payment === undefined ? undefined : placeOf(payment);
  await till.signIn();
  if (place !== undefined) {
    const { digits } = await till.must('payments.paperCopy', place);
    return done(digits.join('\n'), { digits });
  }
  const digits: string[] = [];
  let after: { epoch: number; journalSeq: number } | null = null;
  do {
    const page: Awaited<ReturnType<typeof till.must<'payments.paperCopies'>>> = await till.must(
      'payments.paperCopies',
      { shift: null, after, limit: 50 },
    );
    digits.push(...page.papers.flatMap((one) => one.digits));
    after = page.next;
  } while (after !== null);
  return done(digits.length === 0 ? 'Nothing is unsent.' : digits.join('\n'), { digits });
};

async function readScans(): Promise<string[]> {
  const scans = new Set<string>();
  for await (const line of createInterface({ input: process.stdin })) {
    if (line.trim() !== '') scans.add(line.trim());
  }
  return [...scans];
}

/** Scans from standard input, a picture a line, in any order: all of them are taken, or none. */
export const importPapers: Command = async (till) => {
  const scans = await readScans();
  if (scans.length === 0 || scans.length > MAX_SCANS)
    throw new WrongUse(`1 to ${MAX_SCANS} scans, one a line, on standard input`);
  await till.signIn();
  const { payments } = await till.act('payments.import', { scans, approval: null });
  const fresh = payments.filter(({ isNew }) => isNew).length;
  return done(`${fresh} of ${payments.length} payments are new here.`, { payments });
};
