/** Payments of the terminal, newest first, page by page, kept true while their states move. */
import { useCallback, useEffect, useState } from 'react';
import type { PaymentRow } from '../shared/contract/terminal.ts';
import { callTerminal, onTerminalEvent } from './terminal-client.ts';

export interface PaymentRows {
  readonly rows: readonly PaymentRow[];
  readonly hasMore: boolean;
  readonly isLoaded: boolean;
  readonly more: () => void;
}

/** More rows than anybody scrolls through; older ones are found by searching, not by scrolling. */
const MAX_ROWS = 2000;

export function usePaymentRows(pageSize: number): PaymentRows {
  const [rows, setRows] = useState<readonly PaymentRow[]>([]);
  const [hasMore, setHasMore] = useState(false);
  const [isLoaded, setLoaded] = useState(false);

  useEffect(() => {
    let isWanted = true;
    void callTerminal('payments.list', { before: null, limit: pageSize }).then((answer) => {
      if (!isWanted) return;
      setLoaded(true);
      if (!answer.ok) return;
      setRows((newer) => answer.value.rows.reduce(withRow, newer));
      setHasMore(answer.value.hasMore);
    });
    const stop = onTerminalEvent('payments.changed', (row) => setRows((before) => withRow(before, row)));
    return () => {
      isWanted = false;
      stop();
    };
  }, [pageSize]);

  const more = useCallback(() => {
    const last = rows.at(-1);
    if (last === undefined || !hasMore || rows.length >= MAX_ROWS) return;
    const before = { epoch: last.epoch, journalSeq: last.journalSeq };
    void callTerminal('payments.list', { before, limit: pageSize }).then((answer) => {
      if (!answer.ok) return;
      setRows((known) => answer.value.rows.reduce(withRow, known));
      setHasMore(answer.value.hasMore);
    });
  }, [rows, hasMore, pageSize]);

  return { rows, hasMore: hasMore && rows.length < MAX_ROWS, isLoaded, more };
}

export function rowKey(row: PaymentRow): string {
  return `${row.epoch}/${row.journalSeq}`;
}

/** The rows with this one, in its place by epoch and number, in its newest state. */
export function withRow(rows: readonly PaymentRow[], row: PaymentRow): readonly PaymentRow[] {
  const known = rows.findIndex((other) => rowKey(other) === rowKey(row));
  if (known >= 0) return rows.with(known, row);
  const place = rows.findIndex((other) => isNewer(row, other));
  return place < 0 ? [...rows, row] : rows.toSpliced(place, 0, row);
}

function isNewer(row: PaymentRow, other: PaymentRow): boolean {
  return row.epoch === other.epoch ? row.journalSeq > other.journalSeq : row.epoch > other.epoch;
}
