-- Journals of terminals as they came, and what became of each sale in them.

-- The last entry held of each chain; a chain is held without a gap from 1.
CREATE TABLE journal_heads (
  terminal_id bytea  NOT NULL REFERENCES terminals,
  epoch       bigint NOT NULL,
  seq         bigint NOT NULL,
  head_hash   bytea  NOT NULL CHECK (octet_length(head_hash) = 32),
  PRIMARY KEY (terminal_id, epoch)
) WITH (fillfactor = 80);

CREATE TABLE journal_entries (
  terminal_id    bytea  NOT NULL,
  epoch          bigint NOT NULL,
  seq            bigint NOT NULL CHECK (seq >= 1),
  entry_hash     bytea  NOT NULL CHECK (octet_length(entry_hash) = 32),
  -- the bytes that were hashed, whether or not they mean anything
  entry          bytea  NOT NULL,
  received_at_ms bigint NOT NULL,
  -- the first outcome of this entry, for a batch that is sent again
  outcome_number bigint,
  PRIMARY KEY (terminal_id, epoch, seq)
);

CREATE TABLE outcomes (
  terminal_id     bytea  NOT NULL,
  -- 1 … n per terminal without a gap, in the order in which they became known
  number          bigint NOT NULL,
  epoch           bigint NOT NULL,
  seq             bigint NOT NULL,
  state           text   NOT NULL CHECK (state IN ('settled', 'settled-guaranteed', 'rejected')),
  reason          text,
  loss_bearer     text   NOT NULL CHECK (loss_bearer IN ('nobody', 'merchant', 'issuer')),
  -- a double-spend proof where that is the reason
  proof           bytea,
  decided_at_ms   bigint NOT NULL,
  -- by the terminal's clock; null of an entry that cannot be read
  sold_at_ms      bigint,
  amount_minor    bigint,
  currency        text,
  -- the payment, where the entry holds a genuine one of a purse of ours
  purse_id        bytea,
  counter         integer,
  payment_id      bytea,
  -- place in the customer's history
  customer_id     bytea,
  customer_number bigint,
  PRIMARY KEY (terminal_id, number),
  CHECK ((state = 'rejected') = (reason IS NOT NULL)),
  CHECK ((customer_id IS NULL) = (customer_number IS NULL))
);
-- One payment is settled once, whoever brings it (protocol §6): the first that is committed.
CREATE UNIQUE INDEX outcomes_settled_once ON outcomes (purse_id, counter) WHERE state <> 'rejected';
CREATE UNIQUE INDEX outcomes_of_customer ON outcomes (customer_id, customer_number)
  WHERE customer_id IS NOT NULL;

CREATE TRIGGER journal_entries_only_grow BEFORE UPDATE OR DELETE OR TRUNCATE ON journal_entries
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER outcomes_only_grow BEFORE UPDATE OR DELETE OR TRUNCATE ON outcomes
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
