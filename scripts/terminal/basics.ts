/** Commands about the terminal itself: what it is, joining, taking a code, sending, checking its journal. */
import { createInterface } from 'node:readline';
import { amountText, type Command, done, type Outcome } from './command.ts';
import type { HeadlessTill } from './till.ts';

async function readLine(): Promise<string> {
  for await (const line of createInterface({ input: process.stdin })) return line;
  return '';
}

export const state: Command = async (till) => {
  const value = await till.must('state.get', {});
  return done(JSON.stringify(value, null, 2), { state: value });
};

export const enrol: Command = async (till, { code, name }) => {
  await till.must('enrolment.enrol', {
    code: code ?? '',
    passphrase: process.env.FIELDTILL_PASSPHRASE ?? null,
    cashierName: name ?? 'Cashier',
    cashierPin: process.env.FIELDTILL_PIN ?? '',
  });
  const { terminal } = await till.must('state.get', {});
  return done('Enrolled.', { terminal });
};

export const accept: Command = async (till, { amount }) => {
  await till.signIn();
  const answer = await till.must('payments.accept', {
    amount: await till.money(amount ?? ''),
    scan: await readLine(),
  });
  const text = amountText(answer.payment.amount);
  return answer.verdict === 'approved'
    ? done(`Approved ${text}`, { answer })
    : { ok: false, sentence: `Declined: ${answer.refusal.code} ${text}`, facts: { answer } };
};

interface Row {
  readonly epoch: number;
  readonly journalSeq: number;
  readonly state: string;
  readonly atMs: number;
  readonly amount: { readonly minor: string; readonly currency: string };
}

export function paymentLine(row: Row): string {
  return `${new Date(row.atMs).toISOString()}  ${row.state.padEnd(18)} ${amountText(row.amount)}`;
}

export const payments: Command = async (till, { limit }) => {
  await till.unlock();
  const { rows } = await till.must('payments.list', { before: null, limit: Number(limit ?? 20) });
  return done(rows.length === 0 ? 'No payments yet.' : rows.map(paymentLine).join('\n'), { rows });
};

export const sync: Command = async (till) => {
  await till.unlock();
  const value = await till.must('sync.now', {});
  const problem = value.lastProblem === null ? '' : ` (${value.lastProblem.code})`;
  const sentence = `${value.reachability}, ${value.unsentPayments} unsent${problem}`;
  return { ok: value.lastProblem === null, sentence, facts: { sync: value } };
};

/** Both need nobody: they read the file of whoever can read it anyway. */
export const verify: Command = async ({ engine }) => {
  const checked = engine.verifyJournal();
  if (!checked.ok) return refusedOutcome(checked.refusal);
  const { entries, brokenAt } = checked.value;
  const sentence = brokenAt === null ? `The chain of ${entries} entries is whole.` : `Broken at ${brokenAt}.`;
  return { ok: brokenAt === null, sentence, facts: { entries, brokenAt } };
};

export const rebuild: Command = async ({ engine }, { repair }) => {
  const rebuilt = await engine.rebuildViews(repair ?? false);
  if (!rebuilt.ok) return refusedOutcome(rebuilt.refusal);
  const { entries, tables, isCatalogueAsTold, isRepaired } = rebuilt.value;
  const wrong = tables.filter(({ differing }) => differing > 0);
  const lines = wrong.map(
    ({ table, differing, examples }) =>
      `${table}: ${differing} rows differ, first ${examples.map(({ row, what }) => `${row} (${what})`).join(', ')}`,
  );
  const sentence =
    wrong.length === 0
      ? `${tables.length} tables made anew from ${entries} entries: every row is the same.`
      : `${lines.join('\n')}\n${isRepaired ? 'Put in place from the journal.' : 'Nothing was changed.'}`;
  const catalogue = isCatalogueAsTold ? '' : '\nThe catalogue is not what the journal says that it became.';
  return {
    ok: (wrong.length === 0 || isRepaired) && isCatalogueAsTold,
    sentence: sentence + catalogue,
    facts: { ...rebuilt.value },
  };
};

export function refusedOutcome(refusal: { readonly code: string }): Outcome {
  return { ok: false, sentence: `Refused: ${refusal.code}`, facts: { refusal } };
}

/** One call of the contract by its name, as the window would make it. */
export const call: Command = async (till, _options, [name, json]) => {
  await signInWhereAsked(till);
  let params: unknown = {};
  try {
    if (json !== undefined) params = JSON.parse(json);
  } catch {
    return refusedOutcome({ code: 'bad-request' }); // no JSON: as any other call that makes no sense
  }
  const result = await till.engine.call(name, params);
  if (!result.ok) return refusedOutcome(result.refusal);
  return done(JSON.stringify(result.value, null, 2), { value: result.value });
};

/** Without a PIN in the environment nobody signs in, which is enough for calls that need nobody. */
export async function signInWhereAsked(till: HeadlessTill): Promise<void> {
  if (process.env.FIELDTILL_PIN !== undefined) await till.signIn();
  else await till.unlock();
}
