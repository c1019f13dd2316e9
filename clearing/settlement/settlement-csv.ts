/** A settlement as CSV (RFC 4180) that no spreadsheet runs as a formula. UTF-8. */
import { csvRow } from '../../shared/csv-writer.ts';
import { money, toDecimal } from '../../shared/money.ts';
import type { SettlementPaper } from './settlement-entries.ts';

const COLUMNS = [
  'kind',
  'reference',
  'time',
  'direction',
  'amount',
  'currency',
  'terminal',
  'epoch',
  'seq',
  'merchant',
];

export function settlementCsv({ entries, currency, merchantName }: SettlementPaper): string {
  const rows = entries.map(({ kind, reference, atMs, amountMinor, place }) => {
    // the sign in words: a minus before digits would be marked as text, and no program would add it up
    const direction = amountMinor < 0n ? 'debit' : 'credit';
    const amount = toDecimal(money(amountMinor < 0n ? -amountMinor : amountMinor, currency));
    const fields = [kind, reference, new Date(atMs).toISOString(), direction, amount, currency];
    const where = place === null ? ['', '', ''] : [place.terminalId, `${place.epoch}`, `${place.seq}`];
    return csvRow([...fields, ...where, merchantName], ',');
  });
  return csvRow(COLUMNS, ',') + rows.join('');
}
