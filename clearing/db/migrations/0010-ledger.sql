-- The ledger: accounts, transfers, entries (protocol §7). It only grows. Whatever a program does, the
-- database holds that each transfer sums to zero per currency, is complete in the statement that makes
-- it, and is never changed; so per currency the sum over all accounts is zero at every moment.
-- Sign: what the house owes to somebody is positive; `settlement` is the world outside and may be negative.

CREATE TABLE accounts (
  account_id    bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  kind          text   NOT NULL
    CHECK (kind IN ('available', 'purse', 'receivable', 'fees', 'guarantee', 'settlement')),
  -- customer, purse or merchant; empty for the house's own
  owner_id      bytea  NOT NULL CHECK (octet_length(owner_id) IN (0, 8)),
  currency      text   NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
  -- kept by the trigger on entries, and by nothing else
  balance_minor bigint NOT NULL DEFAULT 0,
  UNIQUE (kind, owner_id, currency),
  CONSTRAINT accounts_never_overdrawn CHECK (balance_minor >= 0 OR kind = 'settlement'),
  -- 2^53 - 1: every wire carries it exactly
  CONSTRAINT accounts_within_range CHECK (balance_minor <= 9007199254740991 OR kind = 'settlement')
) WITH (fillfactor = 70);

CREATE TABLE transfers (
  transfer_no bigint   GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  -- the sender's: the same transfer cannot be made twice
  transfer_id bytea    NOT NULL UNIQUE CHECK (octet_length(transfer_id) = 16),
  kind        text     NOT NULL CHECK (kind ~ '^[a-z]+(-[a-z]+)*$'),
  at_ms       bigint   NOT NULL,
  entry_count smallint NOT NULL CHECK (entry_count >= 2)
);

CREATE TABLE entries (
  transfer_no  bigint   NOT NULL,
  -- 1 … entry_count: with the check below, nothing can join a transfer later
  line         smallint NOT NULL CHECK (line >= 1),
  account_id   bigint   NOT NULL,
  amount_minor bigint   NOT NULL CHECK (amount_minor <> 0),
  currency     text     NOT NULL,
  PRIMARY KEY (transfer_no, line)
);

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% only grows: % is refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'FT001';
END $$;

CREATE TRIGGER transfers_only_grow BEFORE UPDATE OR DELETE OR TRUNCATE ON transfers
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER entries_only_grow BEFORE UPDATE OR DELETE OR TRUNCATE ON entries
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER accounts_stay BEFORE DELETE OR TRUNCATE ON accounts
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Checks what one statement posted, as a whole (no work per row), and carries it into the balances.
CREATE FUNCTION post_entries() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  wrong    bigint;
  expected bigint;
  carried  bigint;
BEGIN
  SELECT posted.transfer_no INTO wrong
    FROM (SELECT transfer_no, count(*) AS lines, max(line) AS last FROM fresh GROUP BY transfer_no) posted
    LEFT JOIN transfers USING (transfer_no)
   WHERE transfers.entry_count IS DISTINCT FROM posted.lines OR posted.last <> posted.lines
   LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'transfer % is not complete in one statement', wrong USING ERRCODE = 'FT002';
  END IF;

  SELECT transfer_no INTO wrong
    FROM fresh GROUP BY transfer_no, currency HAVING sum(amount_minor) <> 0 LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'transfer % does not sum to zero', wrong USING ERRCODE = 'FT003';
  END IF;

  SELECT count(*) INTO expected FROM (SELECT DISTINCT account_id, currency FROM fresh) touched;
  UPDATE accounts SET balance_minor = balance_minor + sums.moved
    FROM (SELECT account_id, currency, sum(amount_minor)::bigint AS moved FROM fresh GROUP BY 1, 2) sums
   WHERE accounts.account_id = sums.account_id AND accounts.currency = sums.currency;
  GET DIAGNOSTICS carried = ROW_COUNT;
  IF carried <> expected THEN
    RAISE EXCEPTION 'an entry names no account of its currency' USING ERRCODE = 'FT004';
  END IF;
  RETURN NULL;
END $$;

CREATE TRIGGER entries_posted AFTER INSERT ON entries REFERENCING NEW TABLE AS fresh
  FOR EACH STATEMENT EXECUTE FUNCTION post_entries();

-- A transfer without its entries would be a promise; they come in the same statement.
CREATE FUNCTION require_entries() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  wrong bigint;
BEGIN
  SELECT made.transfer_no INTO wrong
    FROM (SELECT f.transfer_no, f.entry_count, count(e.line) AS lines
            FROM fresh f LEFT JOIN entries e USING (transfer_no)
           GROUP BY 1, 2) made
   WHERE made.lines <> made.entry_count
   LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'transfer % is not complete in one statement', wrong USING ERRCODE = 'FT002';
  END IF;
  RETURN NULL;
END $$;

CREATE TRIGGER transfers_complete AFTER INSERT ON transfers REFERENCING NEW TABLE AS fresh
  FOR EACH STATEMENT EXECUTE FUNCTION require_entries();

-- Balances move by entries only: from inside post_entries the trigger depth is 2.
CREATE FUNCTION guard_accounts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF pg_trigger_depth() < 2 THEN
    RAISE EXCEPTION 'accounts are changed by entries only' USING ERRCODE = 'FT001';
  END IF;
  RETURN NULL;
END $$;

CREATE TRIGGER accounts_follow_entries BEFORE UPDATE ON accounts
  FOR EACH STATEMENT EXECUTE FUNCTION guard_accounts();

CREATE FUNCTION require_empty_accounts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM fresh WHERE balance_minor <> 0) THEN
    RAISE EXCEPTION 'an account begins at zero' USING ERRCODE = 'FT001';
  END IF;
  RETURN NULL;
END $$;

CREATE TRIGGER accounts_begin_empty AFTER INSERT ON accounts REFERENCING NEW TABLE AS fresh
  FOR EACH STATEMENT EXECUTE FUNCTION require_empty_accounts();
