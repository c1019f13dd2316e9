/** The tables of 0130-settlement.sql as Kysely sees them. */

export type CycleKind = 'same-day' | 'next-day' | 'manual';
export type CorrectionKind = 'payout-returned' | 'fee-returned';

export interface SettlementSchema {
  settlement_terms: {
    merchant_id: Uint8Array;
    version: number;
    cycle: CycleKind;
    payout_account: string;
    payout_currency: string;
    reserve_basis_points: number;
    reserve_days: number;
    set_at_ms: bigint;
  };
  fee_schedules: {
    currency: string;
    version: number;
    basis_points: number;
    fixed_minor: bigint;
    minimum_minor: bigint;
    set_at_ms: bigint;
  };
  exchange_rates: {
    rate_id: Uint8Array;
    from_currency: string;
    to_currency: string;
    mantissa: bigint;
    scale: number;
    valid_from_s: bigint;
    valid_until_s: bigint;
    rate: Uint8Array;
    set_at_ms: bigint;
  };
  settlement_runs: {
    run_id: Uint8Array;
    cycle: CycleKind;
    day: string | null;
    merchant_id: Uint8Array | null;
    cutoff_ms: bigint;
    made_at_ms: bigint;
  };
  settlements: {
    settlement_id: Uint8Array;
    run_id: Uint8Array;
    merchant_id: Uint8Array;
    currency: string;
    number: number;
    made_at_ms: bigint;
    terms_version: number;
    fee_version: number | null;
    opening_minor: bigint;
    payment_count: bigint;
    payments_minor: bigint;
    refund_count: bigint;
    refunds_minor: bigint;
    correction_number: number;
    corrections_minor: bigint;
    fees_charged_minor: bigint;
    fees_taken_minor: bigint;
    reserve_held_minor: bigint;
    reserve_due_ms: bigint;
    reserve_released_minor: bigint;
    payout_minor: bigint;
    closing_minor: bigint;
  };
  reserve_releases: { held_by: Uint8Array; released_by: Uint8Array };
  payout_orders: {
    payout_id: Uint8Array;
    settlement_id: Uint8Array;
    account: string;
    currency: string;
    amount_minor: bigint;
    rate_id: Uint8Array | null;
  };
  settlement_corrections: {
    correction_id: Uint8Array;
    settlement_id: Uint8Array;
    merchant_id: Uint8Array;
    currency: string;
    number: number;
    kind: CorrectionKind;
    amount_minor: bigint;
    reason: string;
    made_at_ms: bigint;
  };
  statements: {
    terminal_id: Uint8Array;
    number: number;
    settlement_id: Uint8Array;
    epoch: bigint;
    from_seq: bigint;
    to_seq: bigint;
    from_number: bigint;
    to_number: bigint;
    leaf_count: number;
    root: Uint8Array;
    statement: Uint8Array;
  };
}
