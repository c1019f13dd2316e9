-- The journal and its views (docs/durability.md). The journal is the truth and only grows; every other
-- table but `setting` and `cashier` is a view of it and can be made anew from it.

-- position = epoch * 2^40 + seq: one integer key orders all entries and needs no second index.
-- The hash of an entry is SHA-256 of its bytes; the next entry carries it, so it is not stored again.
CREATE TABLE journal (
  position INTEGER PRIMARY KEY,
  bytes    BLOB NOT NULL
) STRICT;

CREATE TRIGGER journal_is_never_updated BEFORE UPDATE ON journal
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;

CREATE TRIGGER journal_is_never_deleted BEFORE DELETE ON journal
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;

-- One row per decision. state: 0 approved offline, 1 sent, 2 settled, 3 settled by guarantee, 4 rejected,
-- 5 declined. mode: 0 quick, 1 bound, 2 unknown. Amounts in minor units, currency by ISO 4217 number.
CREATE TABLE payment (
  position      INTEGER PRIMARY KEY REFERENCES journal (position),
  at_ms         INTEGER NOT NULL,
  state         INTEGER NOT NULL,
  mode          INTEGER NOT NULL,
  amount_minor  INTEGER NOT NULL,
  currency      INTEGER NOT NULL,
  cashier       TEXT NOT NULL,
  purse_id      BLOB,
  counter       INTEGER,
  payment_id    BLOB,
  spent_minor   INTEGER,
  previous      BLOB,
  refusal       TEXT,
  reject_reason TEXT,
  loss_bearer   TEXT
) STRICT;

-- One charge per purse and counter at this terminal, held by the database itself.
CREATE UNIQUE INDEX payment_charged_once ON payment (purse_id, counter) WHERE state <> 5;

-- Running sums per currency, so that no decision adds up rows. name: 'unsent', 'exposure'.
CREATE TABLE tally (
  name      TEXT NOT NULL,
  currency  INTEGER NOT NULL,
  sum_minor INTEGER NOT NULL CHECK (sum_minor >= 0),
  count     INTEGER NOT NULL CHECK (count >= 0),
  PRIMARY KEY (name, currency)
) STRICT, WITHOUT ROWID;

-- Purse certificates that were verified here: short codes name them by the first 8 bytes of their digest.
CREATE TABLE certificate (
  short BLOB PRIMARY KEY,
  bytes BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- Invoices that this terminal has issued. state: 0 open, 1 used, 2 cancelled.
CREATE TABLE invoice (
  digest       BLOB PRIMARY KEY,
  bytes        BLOB NOT NULL,
  amount_minor INTEGER NOT NULL,
  expires_at_s INTEGER NOT NULL,
  state        INTEGER NOT NULL
) STRICT;

-- People at this till. Never in the journal: a hash of a short PIN must not leave the terminal.
CREATE TABLE cashier (
  cashier_id      TEXT PRIMARY KEY,
  name            TEXT NOT NULL,
  pin_hash        TEXT NOT NULL,
  failed_tries    INTEGER NOT NULL DEFAULT 0,
  locked_until_ms INTEGER NOT NULL DEFAULT 0
) STRICT;

-- What is not an act: sealed keys, the trust bundle, how far sync has come.
CREATE TABLE setting (
  name  TEXT PRIMARY KEY,
  value BLOB NOT NULL
) STRICT;
