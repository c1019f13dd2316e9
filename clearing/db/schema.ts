/** The tables as Kysely sees them; what they mean and hold is in migrations/. bigint is a JS bigint. */
import type { Generated, GeneratedAlways } from 'kysely';
import type { StaffRole } from '../../shared/contract/clearing/staff.ts';
import type { WebhookEventName } from '../../shared/contract/clearing/webhooks.ts';
import type { LossBearer, OutcomeState, RejectReason } from '../../shared/protocol/acknowledgement.ts';
import type { World } from '../../shared/protocol/world.ts';
import type { SettlementSchema } from './settlement-schema.ts';

export type AccountKind =
  | 'available'
  | 'purse'
  | 'receivable'
  | 'fees'
  | 'guarantee'
  | 'settlement'
  | 'reserve'
  | 'exchange';
export type PendingEnd = 'posted' | 'voided' | 'expired';
export type PurseState = 'open' | 'frozen' | 'closed';

export interface Schema extends SettlementSchema {
  accounts: {
    account_id: GeneratedAlways<bigint>;
    kind: AccountKind;
    owner_id: Uint8Array;
    currency: string;
    balance_minor: Generated<bigint>;
    pending_out_minor: Generated<bigint>;
  };
  transfers: {
    transfer_no: GeneratedAlways<bigint>;
    transfer_id: Uint8Array;
    kind: string;
    at_ms: bigint;
    entry_count: number;
  };
  pending_transfers: {
    pending_no: GeneratedAlways<bigint>;
    pending_id: Uint8Array;
    kind: string;
    debit_account_id: bigint;
    credit_account_id: bigint;
    amount_minor: bigint;
    currency: string;
    at_ms: bigint;
    expires_at_ms: bigint | null;
  };
  pending_ends: {
    pending_no: bigint;
    end_id: Uint8Array;
    how: PendingEnd;
    amount_minor: bigint;
    at_ms: bigint;
  };
  entries: {
    transfer_no: bigint;
    line: number;
    account_id: bigint;
    amount_minor: bigint;
    currency: string;
  };
  customers: {
    customer_id: Uint8Array;
    user_name: string;
    password_hash: string;
    language: string;
    created_at_ms: bigint;
    last_payment_number: Generated<bigint>;
    tier: Generated<number>;
  };
  sessions: {
    token_digest: Uint8Array;
    customer_id: Uint8Array;
    created_at_ms: bigint;
    expires_at_ms: bigint;
  };
  sign_in_failures: {
    name_digest: Uint8Array;
    failures: number;
    last_at_ms: bigint;
    blocked_until_ms: bigint;
  };
  purses: {
    purse_id: Uint8Array;
    customer_id: Uint8Array;
    request_id: Uint8Array;
    account_id: bigint;
    public_key: Uint8Array;
    currency: string;
    allowance_minor: bigint;
    per_payment_cap_minor: bigint;
    payment_count_cap: number;
    tier: number;
    status_index: number;
    issued_at_s: bigint;
    expires_at_s: bigint;
    certificate: Uint8Array;
    certificate_digest: Uint8Array;
    state: Generated<PurseState>;
    frozen_at_ms: bigint | null;
    frozen_in_version: bigint | null;
    renews: Uint8Array | null;
    closed_at_ms: bigint | null;
    closed_in_version: bigint | null;
    returned_at_ms: bigint | null;
    returned_minor: bigint | null;
    ends_at_ms: GeneratedAlways<bigint>;
  };
  staff: {
    staff_id: Uint8Array;
    merchant_id: Uint8Array | null;
    user_name: string;
    password_hash: string;
    role: StaffRole;
    created_at_ms: bigint;
    removed_at_ms: bigint | null;
  };
  staff_sessions: {
    token_digest: Uint8Array;
    staff_id: Uint8Array;
    created_at_ms: bigint;
    idle_end_at_ms: bigint;
    expires_at_ms: bigint;
  };
  guesses: { source_digest: Uint8Array; minute: bigint; tries: number };
  branches: {
    branch_id: Uint8Array;
    merchant_id: Uint8Array;
    display_name: string;
    is_default: boolean;
    created_at_ms: bigint;
  };
  merchants: {
    merchant_id: Uint8Array;
    display_name: string;
    currency: string;
    account_id: bigint;
    created_at_ms: bigint;
  };
  terminals: {
    terminal_id: Uint8Array;
    merchant_id: Uint8Array;
    branch_id: Uint8Array;
    public_key: Uint8Array;
    box_key: Uint8Array;
    certificate: Uint8Array;
    certificate_digest: Uint8Array;
    expires_at_s: bigint;
    created_at_ms: bigint;
    revoked_at_ms: bigint | null;
    last_contact_at_ms: bigint | null;
    last_outcome_number: Generated<bigint>;
  };
  enrolment_codes: {
    secret_digest: Uint8Array;
    merchant_id: Uint8Array;
    branch_id: Uint8Array;
    created_at_ms: bigint;
    expires_at_ms: bigint;
    terminal_id: Uint8Array | null;
  };
  request_nonces: { terminal_id: Uint8Array; nonce: Uint8Array; created_s: bigint };
  house: { only_one: Generated<boolean>; root_public_key: Uint8Array; world: World };
  issuers: { kid: Uint8Array; public_key: Uint8Array; not_before_s: bigint; not_after_s: bigint };
  policies: { version: bigint; policy: Uint8Array; created_at_ms: bigint; draft_id: Uint8Array | null };
  policy_drafts: {
    draft_id: Uint8Array;
    policy: Uint8Array;
    note: string;
    restores: bigint | null;
    created_at_ms: bigint;
  };
  policy_trials: {
    number: GeneratedAlways<bigint>;
    draft_id: Uint8Array;
    from_ms: bigint;
    to_ms: bigint;
    report: string;
  };
  guarantee_rules: {
    currency: string;
    version: bigint;
    up_to_minor: bigint;
    per_purse_minor: bigint;
    created_at_ms: bigint;
  };
  trust_queue: { number: GeneratedAlways<bigint>; cause: string; queued_at_ms: bigint };
  trust_preparations: {
    version: bigint;
    base: bigint | null;
    payload: Uint8Array;
    last_queued: bigint;
    made_at_ms: bigint;
  };
  trust_deltas: { version: bigint; base: bigint; delta: Uint8Array };
  double_spend_proofs: {
    proof_digest: Uint8Array;
    purse_id: Uint8Array;
    proof: Uint8Array;
    terminal_id: Uint8Array;
    received_at_ms: bigint;
    trust_version: bigint;
  };
  trust_bundles: { version: bigint; issued_s: bigint; cause: string; bundle: Uint8Array };
  journal_heads: { terminal_id: Uint8Array; epoch: bigint; seq: bigint; head_hash: Uint8Array };
  journal_entries: {
    terminal_id: Uint8Array;
    epoch: bigint;
    seq: bigint;
    entry_hash: Uint8Array;
    entry: Uint8Array;
    received_at_ms: bigint;
    outcome_number: bigint | null;
  };
  authorisations: {
    purse_id: Uint8Array;
    counter: number;
    terminal_id: Uint8Array;
    payment_id: Uint8Array;
    amount_minor: bigint;
    is_forced: boolean;
    code: Uint8Array;
    answer: Uint8Array;
    authorised_at_ms: bigint;
  };
  outcomes: {
    terminal_id: Uint8Array;
    number: bigint;
    epoch: bigint;
    seq: bigint;
    state: OutcomeState;
    reason: RejectReason | null;
    loss_bearer: LossBearer;
    proof: Uint8Array | null;
    decided_at_ms: bigint;
    sold_at_ms: bigint | null;
    amount_minor: bigint | null;
    currency: string | null;
    purse_id: Uint8Array | null;
    counter: number | null;
    payment_id: Uint8Array | null;
    customer_id: Uint8Array | null;
    customer_number: bigint | null;
    refund_id: Uint8Array | null;
  };
  merchant_keys: {
    key_id: Uint8Array;
    merchant_id: Uint8Array;
    key_digest: Uint8Array;
    created_at_ms: bigint;
    revoked_at_ms: bigint | null;
  };
  webhook_endpoints: {
    endpoint_id: Uint8Array;
    merchant_id: Uint8Array;
    url: string;
    events: WebhookEventName[];
    state: Generated<'enabled' | 'disabled'>;
    disabled_because: 'asked' | 'gone' | 'failing' | null;
    failing_since_ms: bigint | null;
    resume_at_ms: Generated<bigint>;
    secret_number: Generated<number>;
    previous_until_ms: Generated<bigint>;
    created_at_ms: bigint;
  };
  webhook_deliveries: {
    number: GeneratedAlways<bigint>;
    endpoint_id: Uint8Array;
    event_id: string;
    event: WebhookEventName;
    happened_at_ms: bigint;
    data: unknown;
    state: Generated<'waiting' | 'delivered' | 'dead'>;
    tries: Generated<number>;
    first_try_at_ms: bigint | null;
    next_at_ms: bigint;
    last_status: number | null;
    last_fault: string | null;
  };
  orders: {
    order_id: Uint8Array;
    merchant_id: Uint8Array;
    invoice_digest: Uint8Array;
    invoice: Uint8Array;
    amount_minor: bigint;
    currency: string;
    reference: string;
    created_at_ms: bigint;
    expires_at_ms: bigint;
    state: Generated<'open' | 'answered' | 'settled' | 'rejected'>;
    customer_id: Uint8Array | null;
    response: Uint8Array | null;
    payment_id: Uint8Array | null;
    reason: RejectReason | null;
    decided_at_ms: bigint | null;
  };
}
