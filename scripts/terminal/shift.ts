/** Commands about shifts: opening and closing the drawer, counting it, and the reports. */
import { isCurrencyCode } from '../../shared/iso-4217.ts';
import { formatMoney, money } from '../../shared/money.ts';
import { type Command, done, needed, type Options, type Outcome, WrongUse } from './command.ts';
import type { HeadlessTill } from './till.ts';

function text(minor: string, currency: string): string {
  return isCurrencyCode(currency) ? formatMoney(money(BigInt(minor), currency), 'en') : minor;
}

interface Takings {
  readonly currency: string;
  readonly sales: { readonly count: number; readonly sumMinor: string };
  readonly tenders: readonly { readonly key: string; readonly count: number; readonly sumMinor: string }[];
}

function takingsLines(takings: readonly Takings[]): string {
  return takings
    .flatMap(({ currency, sales, tenders }) => [
      `Sales ${sales.count}: ${text(sales.sumMinor, currency)}`,
      ...tenders.map(({ key, count, sumMinor }) => `  ${key} ${count}: ${text(sumMinor, currency)}`),
    ])
    .join('\n');
}

async function counted(till: HeadlessTill, amount: string | undefined) {
  return { total: await till.money(needed(amount, '--amount MINOR')), pieces: null };
}

async function move(
  till: HeadlessTill,
  direction: 'in' | 'out',
  { amount, reason }: Options,
): Promise<Outcome> {
  const because = needed(reason, '--reason TEXT');
  const sum = await till.money(needed(amount, '--amount MINOR'));
  const place = await till.act('shifts.moveCash', {
    direction,
    amount: sum,
    reason: because,
    approval: null,
  });
  return done(`Noted: cash ${direction} ${text(sum.minor, sum.currency)}`, { place });
}

const VERBS: Readonly<Record<string, (till: HeadlessTill, options: Options) => Promise<Outcome>>> = {
  open: async (till, { amount }) => {
    const shift = await till.act('shifts.open', { float: await counted(till, amount), approval: null });
    return done(`Shift ${shift.shiftId} is open.`, { shift });
  },
  in: (till, options) => move(till, 'in', options),
  out: (till, options) => move(till, 'out', options),
  drawer: async (till, { reason }) => {
    const place = await till.act('shifts.openDrawer', {
      reason: needed(reason, '--reason TEXT'),
      approval: null,
    });
    return done('Noted: the drawer was opened.', { place });
  },
  count: async (till, { amount }) => {
    const sum = await counted(till, amount);
    const count = await till.act('shifts.count', { counted: sum, approval: null });
    return done(`Counted; the difference is ${text(count.differenceMinor, sum.total.currency)}`, { count });
  },
  /** Leave that an approver gives is for one permission: which one is asked for is said in the refusal. */
  close: async (till, { reason, unsent }) => {
    const report = await till.act('shifts.close', {
      reason: reason ?? '',
      confirmUnsent: unsent ?? false,
      approval: null,
      differenceApproval: await till.leave('move-cash'),
      unsentApproval: unsent ? await till.leave('leave-unsent') : null,
    });
    const root = `${report.journal.epoch}/${report.journal.seq} ${report.journal.hash}`;
    return done(`Z report ${report.number}\n${takingsLines(report.takings)}\nJournal ${root}`, { report });
  },
  x: async (till) => {
    const report = await till.act('shifts.xReport', { approval: null });
    return done(`X report of shift ${report.shift.shiftId}\n${takingsLines(report.takings)}`, { report });
  },
  z: async (till, { number }) => {
    if (number === undefined) {
      const { rows } = await till.act('shifts.list', { before: null, limit: 50, approval: null });
      const lines = rows.map(
        (row) => `${row.number}  ${new Date(row.closedAtMs).toISOString()}  ${row.closedBy}`,
      );
      return done(lines.length === 0 ? 'No Z report yet.' : lines.join('\n'), { rows });
    }
    if (!/^[1-9][0-9]{0,8}$/.test(number)) throw new WrongUse('--number is a Z report’s number');
    const report = await till.act('shifts.zReport', { number: Number(number), approval: null });
    return done(`Z report ${report.number}\n${takingsLines(report.takings)}`, { report });
  },
};

export const shift: Command = async (till, options, [verb = '']) => {
  const run = Object.hasOwn(VERBS, verb) ? VERBS[verb] : undefined;
  if (run === undefined) throw new WrongUse(`shift ${Object.keys(VERBS).join('|')}`);
  await till.signIn();
  return run(till, options);
};
