-- Shifts: what the till took between an opening and a closing, and the cash that its drawer should hold. All of
-- it is a view of the journal. Amounts in minor units, currency by ISO 4217 number.

-- number: of the shift and of the Z report that closes it, 1, 2, 3 … without a gap.
CREATE TABLE shift (
  number          INTEGER PRIMARY KEY CHECK (number >= 1),
  opened_position INTEGER NOT NULL UNIQUE REFERENCES journal (position),
  opened_at_ms    INTEGER NOT NULL,
  opened_by       TEXT NOT NULL,
  currency        INTEGER NOT NULL,
  float_minor     INTEGER NOT NULL CHECK (float_minor >= 0),
  closed_position INTEGER UNIQUE REFERENCES journal (position),
  closed_at_ms    INTEGER,
  closed_by       TEXT,
  -- SHA-256 of the signed Z report; the next one names it
  z_digest        BLOB,
  -- how often it was printed again
  copies          INTEGER NOT NULL DEFAULT 0 CHECK (copies >= 0),
  CHECK ((closed_position IS NULL) = (closed_at_ms IS NULL)),
  CHECK ((closed_position IS NULL) = (closed_by IS NULL)),
  CHECK ((closed_position IS NULL) = (z_digest IS NULL)),
  CHECK (closed_position IS NULL OR closed_position > opened_position)
) STRICT;

-- One open shift a till, held by the database itself.
CREATE UNIQUE INDEX shift_open_once ON shift ((1)) WHERE closed_position IS NULL;

-- Running sums. shift 0 holds the grand totals, which are never reset. is_outside: 1 for what happened while no
-- shift was open; it stands with the shift that opened next. heading: tender, sales, refunds, …; key: which one.
CREATE TABLE shift_tally (
  shift      INTEGER NOT NULL CHECK (shift >= 0),
  is_outside INTEGER NOT NULL CHECK (is_outside IN (0, 1)),
  heading    TEXT NOT NULL,
  key        TEXT NOT NULL,
  currency   INTEGER NOT NULL,
  count      INTEGER NOT NULL CHECK (count >= 0),
  sum_minor  INTEGER NOT NULL,
  PRIMARY KEY (shift, heading, key, currency, is_outside)
) STRICT, WITHOUT ROWID;

-- Cash moved by hand and drawers opened without a sale. what: 0 paid in, 1 paid out, 2 drawer opened.
CREATE TABLE shift_act (
  position     INTEGER PRIMARY KEY REFERENCES journal (position),
  shift        INTEGER NOT NULL,
  is_outside   INTEGER NOT NULL CHECK (is_outside IN (0, 1)),
  at_ms        INTEGER NOT NULL,
  actor        TEXT NOT NULL,
  approved_by  TEXT,
  what         INTEGER NOT NULL CHECK (what IN (0, 1, 2)),
  amount_minor INTEGER NOT NULL CHECK (amount_minor >= 0),
  currency     INTEGER NOT NULL,
  reason       TEXT NOT NULL
) STRICT;

CREATE INDEX shift_act_of_shift ON shift_act (shift, position);

-- Each count of the drawer; the newest is the one that closes the shift. pieces: JSON [[value, pieces] …] or null.
CREATE TABLE shift_count (
  position    INTEGER PRIMARY KEY REFERENCES journal (position),
  shift       INTEGER NOT NULL REFERENCES shift (number),
  at_ms       INTEGER NOT NULL,
  actor       TEXT NOT NULL,
  total_minor INTEGER NOT NULL CHECK (total_minor >= 0),
  pieces      TEXT
) STRICT;

CREATE INDEX shift_count_of_shift ON shift_count (shift, position);
