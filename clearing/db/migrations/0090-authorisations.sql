-- Payments that a terminal was told it may take (protocol §6). A row moves no money; it keeps the counter for that
-- terminal and holds the amount against the purse until the terminal's journal brings the sale.

CREATE TABLE authorisations (
  purse_id         bytea   NOT NULL REFERENCES purses,
  counter          integer NOT NULL,
  terminal_id      bytea   NOT NULL REFERENCES terminals,
  payment_id       bytea   NOT NULL CHECK (octet_length(payment_id) = 16),
  amount_minor     bigint  NOT NULL CHECK (amount_minor > 0),
  -- the shop asked whatever its limits say
  is_forced        boolean NOT NULL,
  -- the presented code, for the proof against another payment of this counter
  code             bytea   NOT NULL,
  -- the signed answer, so that asking again answers the same
  answer           bytea   NOT NULL,
  authorised_at_ms bigint  NOT NULL,
  PRIMARY KEY (purse_id, counter)
);

CREATE TRIGGER authorisations_only_grow BEFORE UPDATE OR DELETE OR TRUNCATE ON authorisations
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
