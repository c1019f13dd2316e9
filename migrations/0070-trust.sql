-- What this terminal has seen with its own eyes, views of the journal.

-- Purses whose payments contradicted each other here: blocked from that moment, whatever the bundle says yet.
-- `position` is that of the `double-spend` entry; what the clearing house has answered to is a setting.
CREATE TABLE double_spend (
  purse_id BLOB PRIMARY KEY CHECK (length(purse_id) = 8),
  position INTEGER NOT NULL UNIQUE REFERENCES journal (position),
  proof    BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- Payments that were refused because their time was over: no clock makes them good again.
CREATE TABLE ended_code (
  payment_id BLOB PRIMARY KEY CHECK (length(payment_id) = 16)
) STRICT, WITHOUT ROWID;
