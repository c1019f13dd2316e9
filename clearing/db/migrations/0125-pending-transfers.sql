-- Transfers in two phases: a pending one reserves its amount, and then it is posted (whole or in part), voided, or
-- it expires: one of these, once. What is reserved stays in the account that it will leave, so the sum over all
-- accounts is zero in both phases; it only cannot be spent twice. Nothing here is changed after it was written.

ALTER TABLE accounts
  -- kept by the triggers below, and by nothing else
  ADD COLUMN pending_out_minor bigint NOT NULL DEFAULT 0 CHECK (pending_out_minor >= 0),
  ADD CONSTRAINT accounts_pending_covered CHECK (balance_minor >= pending_out_minor OR kind IN ('settlement', 'exchange'));

CREATE TABLE pending_transfers (
  pending_no        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  -- the sender's
  pending_id        bytea  NOT NULL UNIQUE CHECK (octet_length(pending_id) = 16),
  kind              text   NOT NULL CHECK (kind ~ '^[a-z]+(-[a-z]+)*$'),
  debit_account_id  bigint NOT NULL REFERENCES accounts,
  credit_account_id bigint NOT NULL REFERENCES accounts CHECK (credit_account_id <> debit_account_id),
  amount_minor      bigint NOT NULL CHECK (amount_minor > 0),
  currency          text   NOT NULL,
  at_ms             bigint NOT NULL,
  -- from then on it is not posted any more; null: it waits for ever
  expires_at_ms     bigint CHECK (expires_at_ms > at_ms)
);

CREATE TABLE pending_ends (
  -- once
  pending_no   bigint PRIMARY KEY REFERENCES pending_transfers,
  -- the sender's; of a posting it is the transfer's id
  end_id       bytea  NOT NULL UNIQUE CHECK (octet_length(end_id) = 16),
  how          text   NOT NULL CHECK (how IN ('posted', 'voided', 'expired')),
  -- what was posted of it
  amount_minor bigint NOT NULL CHECK ((how = 'posted' AND amount_minor > 0) OR (how <> 'posted' AND amount_minor = 0)),
  at_ms        bigint NOT NULL
);
CREATE INDEX pending_transfers_by_expiry ON pending_transfers (expires_at_ms) WHERE expires_at_ms IS NOT NULL;

CREATE TRIGGER pending_transfers_only_grow BEFORE UPDATE OR DELETE OR TRUNCATE ON pending_transfers
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER pending_ends_only_grow BEFORE UPDATE OR DELETE OR TRUNCATE ON pending_ends
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE FUNCTION reserve_pending() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (
    SELECT FROM fresh
     WHERE NOT EXISTS (SELECT FROM accounts a WHERE a.account_id = debit_account_id AND a.currency = fresh.currency)
        OR NOT EXISTS (SELECT FROM accounts a WHERE a.account_id = credit_account_id AND a.currency = fresh.currency)
  ) THEN
    RAISE EXCEPTION 'a pending transfer names no account of its currency' USING ERRCODE = 'FT004';
  END IF;
  UPDATE accounts SET pending_out_minor = pending_out_minor + sums.held
    FROM (SELECT debit_account_id AS account_id, sum(amount_minor)::bigint AS held FROM fresh GROUP BY 1) sums
   WHERE accounts.account_id = sums.account_id;
  RETURN NULL;
END $$;

CREATE TRIGGER pending_transfers_reserved AFTER INSERT ON pending_transfers REFERENCING NEW TABLE AS fresh
  FOR EACH STATEMENT EXECUTE FUNCTION reserve_pending();

-- Releases what was reserved and posts what is posted of it, in the statement that ends the pending transfer.
CREATE FUNCTION end_pending() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM fresh JOIN pending_transfers p USING (pending_no) WHERE fresh.amount_minor > p.amount_minor) THEN
    RAISE EXCEPTION 'more is posted than was pending' USING ERRCODE = 'FT007';
  END IF;
  IF EXISTS (SELECT FROM fresh JOIN pending_transfers p USING (pending_no)
              WHERE (how = 'posted' AND fresh.at_ms >= p.expires_at_ms)
                 OR (how = 'expired' AND (p.expires_at_ms IS NULL OR fresh.at_ms < p.expires_at_ms))) THEN
    RAISE EXCEPTION 'a pending transfer is posted before it expires and expires not before' USING ERRCODE = 'FT008';
  END IF;
  UPDATE accounts SET pending_out_minor = pending_out_minor - sums.held
    FROM (SELECT p.debit_account_id AS account_id, sum(p.amount_minor)::bigint AS held
            FROM fresh JOIN pending_transfers p USING (pending_no) GROUP BY 1) sums
   WHERE accounts.account_id = sums.account_id;
  WITH made AS (
    INSERT INTO transfers (transfer_id, kind, at_ms, entry_count)
    SELECT end_id, p.kind, fresh.at_ms, 2
      FROM fresh JOIN pending_transfers p USING (pending_no) WHERE how = 'posted'
    RETURNING transfer_no, transfer_id)
  INSERT INTO entries (transfer_no, line, account_id, amount_minor, currency)
  SELECT transfer_no, side.line, side.account_id, side.amount_minor, p.currency
    FROM made JOIN fresh ON fresh.end_id = made.transfer_id JOIN pending_transfers p USING (pending_no)
   CROSS JOIN LATERAL (VALUES (1, p.debit_account_id, -fresh.amount_minor), (2, p.credit_account_id, fresh.amount_minor))
     AS side (line, account_id, amount_minor);
  RETURN NULL;
END $$;

CREATE TRIGGER pending_ends_carried AFTER INSERT ON pending_ends REFERENCING NEW TABLE AS fresh
  FOR EACH STATEMENT EXECUTE FUNCTION end_pending();

-- as in 0070: one plan only, each row looked up by its key
ALTER FUNCTION reserve_pending() SET enable_hashjoin = off;
ALTER FUNCTION reserve_pending() SET enable_mergejoin = off;
ALTER FUNCTION reserve_pending() SET enable_seqscan = off;
ALTER FUNCTION end_pending() SET enable_hashjoin = off;
ALTER FUNCTION end_pending() SET enable_mergejoin = off;
ALTER FUNCTION end_pending() SET enable_seqscan = off;

CREATE OR REPLACE FUNCTION require_empty_accounts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM fresh WHERE balance_minor <> 0 OR pending_out_minor <> 0) THEN
    RAISE EXCEPTION 'an account begins at zero' USING ERRCODE = 'FT001';
  END IF;
  RETURN NULL;
END $$;

-- The auditor's question, from the raw rows, trusting no sum that was kept. No row: the ledger is whole.
CREATE FUNCTION ledger_faults() RETURNS TABLE (fault text, subject text, off_by numeric) LANGUAGE sql STABLE AS $$
  SELECT 'currency-not-zero', currency, sum(amount_minor)
    FROM entries GROUP BY currency HAVING sum(amount_minor) <> 0
  UNION ALL
  SELECT 'transfer-not-zero', transfer_no::text || '/' || currency, sum(amount_minor)
    FROM entries GROUP BY transfer_no, currency HAVING sum(amount_minor) <> 0
  UNION ALL
  SELECT 'transfer-not-complete', t.transfer_no::text, t.entry_count - count(e.line)
    FROM transfers t LEFT JOIN entries e USING (transfer_no)
   GROUP BY t.transfer_no, t.entry_count HAVING count(e.line) <> t.entry_count
  UNION ALL
  SELECT 'entry-without-transfer', e.transfer_no::text, e.amount_minor
    FROM entries e LEFT JOIN transfers t USING (transfer_no) WHERE t.transfer_no IS NULL
  UNION ALL
  SELECT 'balance-not-its-entries', a.account_id::text, a.balance_minor - coalesce(s.moved, 0)
    FROM accounts a LEFT JOIN (SELECT account_id, sum(amount_minor) AS moved FROM entries GROUP BY 1) s USING (account_id)
   WHERE a.balance_minor <> coalesce(s.moved, 0)
  UNION ALL
  SELECT 'pending-not-its-transfers', a.account_id::text, a.pending_out_minor - coalesce(s.held, 0)
    FROM accounts a LEFT JOIN (
      SELECT p.debit_account_id AS account_id, sum(p.amount_minor) AS held
        FROM pending_transfers p LEFT JOIN pending_ends e USING (pending_no)
       WHERE e.pending_no IS NULL GROUP BY 1) s USING (account_id)
   WHERE a.pending_out_minor <> coalesce(s.held, 0)
  UNION ALL
  SELECT 'posting-not-its-transfer', encode(e.end_id, 'hex'), e.amount_minor
    FROM pending_ends e LEFT JOIN transfers t ON t.transfer_id = e.end_id
   WHERE e.how = 'posted' AND t.transfer_no IS NULL
  UNION ALL
  SELECT 'purse-returned-with-money', encode(p.purse_id, 'hex'), a.balance_minor
    FROM purses p JOIN accounts a USING (account_id) WHERE p.returned_at_ms IS NOT NULL AND a.balance_minor <> 0
$$;
