/** Commands after a sale: giving money back, undoing, finding. */
import { paymentState } from '../../shared/contract/terminal/payments.ts';
import { paymentLine } from './basics.ts';
import { amountText, type Command, done, needed, placeOf, WrongUse } from './command.ts';

export const refund: Command = async (till, { payment, amount, reason, cash }) => {
  const original = placeOf(payment);
  const because = needed(reason, '--reason TEXT');
  const minor = needed(amount, '--amount MINOR');
  await till.signIn();
  const answer = await till.act('refunds.make', {
    original,
    amount: await till.money(minor),
    method: cash ? 'cash' : 'credit-note',
    reason: because,
    approval: null,
  });
  return done(
    `Given back ${amountText(answer.refund.amount)}${answer.digits === null ? '' : `\n${answer.digits}`}`,
    {
      ...answer,
    },
  );
};

export const voidPayment: Command = async (till, { payment, reason }) => {
  const original = placeOf(payment);
  const because = needed(reason, '--reason TEXT');
  await till.signIn();
  const answer = await till.act('refunds.void', { original, reason: because, approval: null });
  return done(
    `Undone: ${amountText(answer.refund.amount)}${answer.digits === null ? '' : `\n${answer.digits}`}`,
    {
      ...answer,
    },
  );
};

/** A day or an instant, as ISO 8601. */
function timeOf(text: string | undefined): number | null {
  if (text === undefined) return null;
  const ms = Date.parse(text);
  if (Number.isNaN(ms)) throw new WrongUse(`${text} is no time`);
  return ms;
}

export const search: Command = async (till, { text, amount, code, from, to, state, limit }) => {
  const states = paymentState.options;
  const wanted = state === undefined ? null : states.find((one) => one === state);
  if (wanted === undefined) throw new WrongUse(`--state is one of ${states.join(', ')}`);
  const fromMs = timeOf(from);
  const toMs = timeOf(to);
  await till.signIn();
  const { rows, next } = await till.must('payments.search', {
    amountMinor: amount ?? null,
    code: code ?? null,
    fromMs,
    toMs,
    text: text ?? null,
    state: wanted,
    after: null,
    limit: Number(limit ?? 20),
  });
  const lines = rows.map((row) => `${`${row.epoch}/${row.journalSeq}`.padEnd(10)} ${paymentLine(row)}`);
  return done(lines.length === 0 ? 'Nothing found.' : lines.join('\n'), { rows, next });
};
