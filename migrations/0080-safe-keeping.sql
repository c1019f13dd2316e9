-- How far the clearing house's words have come in: a view of the `synced` entries. `up_to` only rises; where
-- the next batch begins is a setting, which a clearing house that lost entries may set back.
CREATE TABLE sync_progress (
  id             INTEGER PRIMARY KEY CHECK (id = 1),
  up_to          INTEGER NOT NULL CHECK (up_to >= 0),
  outcome_number INTEGER NOT NULL CHECK (outcome_number >= 0)
) STRICT;

-- both were settings before: decimal text
INSERT INTO sync_progress
SELECT 1,
  coalesce((SELECT CAST(CAST(value AS TEXT) AS INTEGER) FROM setting WHERE name = 'acknowledged-position'), 0),
  coalesce((SELECT CAST(CAST(value AS TEXT) AS INTEGER) FROM setting WHERE name = 'outcome-number'), 0)
WHERE EXISTS (SELECT 1 FROM setting WHERE name IN ('acknowledged-position', 'outcome-number'));
DELETE FROM setting WHERE name = 'outcome-number';

-- Payments that the clearing house knows by another entry than the one they stand at here: brought into a new epoch
-- after a fork, or learnt from the clearing house after a disk had lost them. A view of `payment-imported`.
CREATE TABLE payment_place (
  known_as INTEGER PRIMARY KEY,
  position INTEGER NOT NULL UNIQUE REFERENCES payment (position)
) STRICT;

-- Charged by another terminal of the merchant, and brought back from its receipt.
ALTER TABLE payment ADD COLUMN is_from_paper INTEGER NOT NULL DEFAULT 0 CHECK (is_from_paper IN (0, 1));
