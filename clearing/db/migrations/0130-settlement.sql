-- Settlement (protocol §7): what merchants are paid, when and by which terms; statements for their terminals; rates.
-- Everything here only grows. Each outcome of a terminal is in one statement and each statement in one settlement,
-- so no payment is paid out twice, whoever runs a cycle and however often.

ALTER TABLE accounts DROP CONSTRAINT accounts_kind_check;
ALTER TABLE accounts DROP CONSTRAINT accounts_never_overdrawn;
ALTER TABLE accounts DROP CONSTRAINT accounts_within_range;
-- `reserve`: held back from a merchant against disputes. `exchange`: the house's own position in each currency, with
-- what rounding leaves; it is short of one currency as often as it is long of another.
ALTER TABLE accounts ADD CONSTRAINT accounts_kind_check CHECK (kind IN
  ('available', 'purse', 'receivable', 'fees', 'guarantee', 'settlement', 'reserve', 'exchange'));
ALTER TABLE accounts ADD CONSTRAINT accounts_never_overdrawn
  CHECK (balance_minor >= 0 OR kind IN ('settlement', 'exchange'));
ALTER TABLE accounts ADD CONSTRAINT accounts_within_range
  CHECK (balance_minor <= 9007199254740991 OR kind IN ('settlement', 'exchange'));

CREATE TABLE settlement_terms (
  merchant_id          bytea   NOT NULL REFERENCES merchants,
  -- the highest is in force
  version              integer NOT NULL CHECK (version >= 1),
  cycle                text    NOT NULL CHECK (cycle IN ('same-day', 'next-day', 'manual')),
  payout_account       text    NOT NULL CHECK (payout_account ~ '^[A-Z0-9]{5,34}$'),
  payout_currency      text    NOT NULL CHECK (payout_currency ~ '^[A-Z]{3}$'),
  reserve_basis_points integer NOT NULL CHECK (reserve_basis_points BETWEEN 0 AND 10000),
  reserve_days         integer NOT NULL CHECK (reserve_days BETWEEN 0 AND 540),
  set_at_ms            bigint  NOT NULL,
  PRIMARY KEY (merchant_id, version)
);

-- Of each payment: the larger of the minimum and the share, rounded down, plus the fixed part; never more than it.
CREATE TABLE fee_schedules (
  currency      text    NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
  -- the highest is in force
  version       integer NOT NULL CHECK (version >= 1),
  basis_points  integer NOT NULL CHECK (basis_points BETWEEN 0 AND 10000),
  fixed_minor   bigint  NOT NULL CHECK (fixed_minor >= 0),
  minimum_minor bigint  NOT NULL CHECK (minimum_minor >= 0),
  set_at_ms     bigint  NOT NULL,
  PRIMARY KEY (currency, version)
);

-- shared/protocol/exchange-rate.ts; one unit of `from_currency` is mantissa / 10^scale units of `to_currency`
CREATE TABLE exchange_rates (
  rate_id       bytea    PRIMARY KEY CHECK (octet_length(rate_id) = 16),
  from_currency text     NOT NULL,
  to_currency   text     NOT NULL CHECK (to_currency <> from_currency),
  mantissa      bigint   NOT NULL CHECK (mantissa > 0),
  scale         smallint NOT NULL CHECK (scale BETWEEN 0 AND 12),
  valid_from_s  bigint   NOT NULL,
  valid_until_s bigint   NOT NULL CHECK (valid_until_s > valid_from_s),
  -- as signed by an issuer key
  rate          bytea    NOT NULL,
  set_at_ms     bigint   NOT NULL
);
CREATE INDEX exchange_rates_in_force ON exchange_rates (from_currency, to_currency, valid_from_s);

CREATE TABLE settlement_runs (
  -- of a daily cycle it follows from cycle and day; of a manual one it is the operator's
  run_id     bytea  PRIMARY KEY CHECK (octet_length(run_id) = 16),
  cycle      text   NOT NULL CHECK (cycle IN ('same-day', 'next-day', 'manual')),
  day        text   CHECK (day ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}$'),
  -- of a manual cycle, when it is of one merchant only
  merchant_id bytea REFERENCES merchants,
  -- outcomes decided before this are in it
  cutoff_ms  bigint NOT NULL,
  made_at_ms bigint NOT NULL,
  CHECK ((day IS NULL) = (cycle = 'manual'))
);

CREATE TABLE settlements (
  settlement_id        bytea   PRIMARY KEY CHECK (octet_length(settlement_id) = 16),
  run_id               bytea   NOT NULL REFERENCES settlement_runs,
  merchant_id          bytea   NOT NULL REFERENCES merchants,
  currency             text    NOT NULL,
  -- 1 … n per merchant and currency
  number               integer NOT NULL CHECK (number >= 1),
  made_at_ms           bigint  NOT NULL,
  terms_version        integer NOT NULL,
  -- null: no schedule was set, and nothing was taken
  fee_version          integer,
  -- what earlier cycles left to be paid; below zero when refunds took more than was sold
  opening_minor        bigint  NOT NULL,
  payment_count        bigint  NOT NULL CHECK (payment_count >= 0),
  payments_minor       bigint  NOT NULL CHECK (payments_minor >= 0),
  refund_count         bigint  NOT NULL CHECK (refund_count >= 0),
  refunds_minor        bigint  NOT NULL CHECK (refunds_minor >= 0),
  -- the last correction that is in it, and the sum of those since the settlement before
  correction_number    integer NOT NULL,
  corrections_minor    bigint  NOT NULL,
  -- charged by the schedule, with what an earlier cycle could not take; and what this one took
  fees_charged_minor   bigint  NOT NULL CHECK (fees_charged_minor >= 0),
  fees_taken_minor     bigint  NOT NULL CHECK (fees_taken_minor BETWEEN 0 AND fees_charged_minor),
  reserve_held_minor   bigint  NOT NULL CHECK (reserve_held_minor >= 0),
  reserve_due_ms       bigint  NOT NULL,
  reserve_released_minor bigint NOT NULL CHECK (reserve_released_minor >= 0),
  payout_minor         bigint  NOT NULL CHECK (payout_minor >= 0),
  closing_minor        bigint  NOT NULL,
  UNIQUE (merchant_id, currency, number),
  UNIQUE (run_id, merchant_id, currency),
  FOREIGN KEY (merchant_id, terms_version) REFERENCES settlement_terms,
  FOREIGN KEY (currency, fee_version) REFERENCES fee_schedules,
  CHECK (closing_minor = opening_minor + payments_minor - refunds_minor + corrections_minor
         - fees_taken_minor - reserve_held_minor + reserve_released_minor - payout_minor)
);

-- A reserve is given back once.
CREATE TABLE reserve_releases (
  held_by     bytea PRIMARY KEY REFERENCES settlements,
  released_by bytea NOT NULL REFERENCES settlements
);
CREATE INDEX reserve_releases_by ON reserve_releases (released_by);

-- What a bank is told to pay.
CREATE TABLE payout_orders (
  payout_id     bytea  PRIMARY KEY CHECK (octet_length(payout_id) = 16),
  settlement_id bytea  NOT NULL UNIQUE REFERENCES settlements,
  account       text   NOT NULL,
  currency      text   NOT NULL,
  amount_minor  bigint NOT NULL CHECK (amount_minor BETWEEN 1 AND 9007199254740991),
  -- of a payout in another currency
  rate_id       bytea  REFERENCES exchange_rates
);

CREATE TABLE settlement_corrections (
  -- the operator's
  correction_id bytea   PRIMARY KEY CHECK (octet_length(correction_id) = 16),
  settlement_id bytea   NOT NULL REFERENCES settlements,
  merchant_id   bytea   NOT NULL,
  currency      text    NOT NULL,
  -- 1 … n per merchant and currency
  number        integer NOT NULL CHECK (number >= 1),
  kind          text    NOT NULL CHECK (kind IN ('payout-returned', 'fee-returned')),
  -- goes back to what is to be paid
  amount_minor  bigint  NOT NULL CHECK (amount_minor > 0),
  reason        text    NOT NULL,
  made_at_ms    bigint  NOT NULL,
  UNIQUE (merchant_id, currency, number)
);
CREATE UNIQUE INDEX settlement_payout_returned_once ON settlement_corrections (settlement_id)
  WHERE kind = 'payout-returned';
CREATE INDEX settlement_corrections_of ON settlement_corrections (settlement_id);

-- shared/protocol/statement.ts: one of each epoch of which the settlement has outcomes.
CREATE TABLE statements (
  terminal_id   bytea   NOT NULL REFERENCES terminals,
  -- 1 … n per terminal
  number        integer NOT NULL CHECK (number >= 1),
  settlement_id bytea   NOT NULL REFERENCES settlements,
  epoch         bigint  NOT NULL,
  from_seq      bigint  NOT NULL CHECK (from_seq >= 1),
  to_seq        bigint  NOT NULL CHECK (to_seq >= from_seq),
  -- outcomes of the terminal that the settlement took in: of them, this epoch's are the leaves
  from_number   bigint  NOT NULL CHECK (from_number >= 1),
  to_number     bigint  NOT NULL CHECK (to_number >= from_number),
  leaf_count    integer NOT NULL CHECK (leaf_count >= 1),
  root          bytea   NOT NULL CHECK (octet_length(root) = 32),
  statement     bytea   NOT NULL,
  PRIMARY KEY (terminal_id, number),
  UNIQUE (terminal_id, epoch, to_number)
);
CREATE INDEX statements_of_settlement ON statements (settlement_id);

CREATE TRIGGER settlement_terms_only_grow BEFORE UPDATE OR DELETE OR TRUNCATE ON settlement_terms
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER fee_schedules_only_grow BEFORE UPDATE OR DELETE OR TRUNCATE ON fee_schedules
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER exchange_rates_only_grow BEFORE UPDATE OR DELETE OR TRUNCATE ON exchange_rates
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER settlement_runs_only_grow BEFORE UPDATE OR DELETE OR TRUNCATE ON settlement_runs
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER settlements_only_grow BEFORE UPDATE OR DELETE OR TRUNCATE ON settlements
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER reserve_releases_only_grow BEFORE UPDATE OR DELETE OR TRUNCATE ON reserve_releases
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER payout_orders_only_grow BEFORE UPDATE OR DELETE OR TRUNCATE ON payout_orders
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER settlement_corrections_only_grow BEFORE UPDATE OR DELETE OR TRUNCATE ON settlement_corrections
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER statements_only_grow BEFORE UPDATE OR DELETE OR TRUNCATE ON statements
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
