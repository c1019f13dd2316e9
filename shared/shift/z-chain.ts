/**
 * Z reports as a chain: anybody who holds a terminal's reports can see that none is missing, none was made twice,
 * and that the grand totals are the sum of what each report says was taken. Each report's own signature is checked
 * before (`verifyZReport`).
 */
import { equalBytes } from '../bytes.ts';
import type { CurrencyCode } from '../iso-4217.ts';
import { NO_DIGEST, type ZReport } from '../protocol/z-report.ts';
import { salesOf, sumOf, type Takings, type Tally } from './takings.ts';

/** Where a chain breaks: at which report, and by what. */
export interface ChainBreak {
  readonly number: number;
  readonly what: 'number' | 'terminal' | 'digest' | 'journal' | 'totals';
}

const NONE: Tally = { count: 0, sumMinor: 0n };

const same = (a: Tally, b: Tally): boolean => a.count === b.count && a.sumMinor === b.sumMinor;

function totalsOf(report: ZReport | undefined, currency: CurrencyCode) {
  const total = report?.grandTotals.find((one) => one.currency === currency);
  return { sales: total?.sales ?? NONE, refunds: total?.refunds ?? NONE };
}

/** The grand totals after a report are those before it and what it says was taken since, in and outside of shifts. */
function addsUp(before: ZReport | undefined, report: ZReport): boolean {
  const takings = [...report.takings, ...report.outside];
  const currencies = new Set([...takings, ...report.grandTotals].map(({ currency }) => currency));
  const since = (currency: CurrencyCode, of: (one: Takings) => Tally): Tally =>
    sumOf(takings.filter((one) => one.currency === currency).map(of));
  return [...currencies].every((currency) => {
    const was = totalsOf(before, currency);
    const is = totalsOf(report, currency);
    const refunds = since(currency, (one) => sumOf([one.refunds, one.voids]));
    return (
      same(is.sales, sumOf([was.sales, since(currency, salesOf)])) &&
      same(is.refunds, sumOf([was.refunds, refunds]))
    );
  });
}

function breakAt(before: ZReport | undefined, report: ZReport): ChainBreak['what'] | undefined {
  if (report.number !== (before?.number ?? 0) + 1) return 'number';
  if (before !== undefined && !equalBytes(report.terminalId, before.terminalId)) return 'terminal';
  if (!equalBytes(report.previousDigest, before?.digest ?? NO_DIGEST)) return 'digest';
  const runsOn =
    before === undefined ||
    report.journal.epoch > before.journal.epoch ||
    (report.journal.epoch === before.journal.epoch && report.journal.seq > before.journal.seq);
  if (!runsOn) return 'journal';
  return addsUp(before, report) ? undefined : 'totals';
}

/**
 * The first report that does not continue the one before it; undefined where all do.
 *
 * @param reports in order, from the first one of the terminal, or from the one after `before`
 */
export function firstChainBreak(reports: readonly ZReport[], before?: ZReport): ChainBreak | undefined {
  let previous = before;
  for (const report of reports) {
    const what = breakAt(previous, report);
    if (what !== undefined) return { number: report.number, what };
    previous = report;
  }
  return undefined;
}
