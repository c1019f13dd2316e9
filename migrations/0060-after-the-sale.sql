-- What happens after a sale: what was given back, what was printed again, and finding it. All of it is a view of
-- the journal. Amounts in minor units, currency by ISO 4217 number.

-- Given back of a payment so far: never more than was charged, whatever a program tries (S22).
ALTER TABLE payment ADD COLUMN refunded_minor INTEGER NOT NULL DEFAULT 0
  CHECK (refunded_minor BETWEEN 0 AND amount_minor AND (refunded_minor = 0 OR state <> 5));
ALTER TABLE payment ADD COLUMN is_voided INTEGER NOT NULL DEFAULT 0 CHECK (is_voided IN (0, 1));

-- The same of an order's cash.
ALTER TABLE sale_order ADD COLUMN cash_refunded_minor INTEGER NOT NULL DEFAULT 0
  CHECK (cash_refunded_minor >= 0);
CREATE TRIGGER sale_order_refunds_its_cash BEFORE UPDATE OF cash_refunded_minor ON sale_order
WHEN NEW.cash_refunded_minor > (SELECT coalesce(sum(amount_minor), 0) FROM order_tender
                                 WHERE position = NEW.position AND method = 'cash')
BEGIN SELECT RAISE(ABORT, 'more cash than the order brought in'); END;

-- what: 0 refund, 1 void. method: 0 credit note, 1 cash. state: 0 made, 1 sent, 2 settled, 3 rejected; cash that
-- lies in the customer's hand is settled. original: the sale's or the order's entry.
CREATE TABLE refund (
  position      INTEGER PRIMARY KEY REFERENCES journal (position),
  original      INTEGER NOT NULL REFERENCES journal (position),
  at_ms         INTEGER NOT NULL,
  what          INTEGER NOT NULL CHECK (what IN (0, 1)),
  method        INTEGER NOT NULL CHECK (method IN (0, 1)),
  state         INTEGER NOT NULL CHECK (state BETWEEN 0 AND 3),
  amount_minor  INTEGER NOT NULL CHECK (amount_minor > 0),
  currency      INTEGER NOT NULL,
  actor         TEXT NOT NULL,
  approved_by   TEXT,
  reason        TEXT NOT NULL,
  refund_id     BLOB UNIQUE,
  reject_reason TEXT,
  CHECK ((method = 0) = (refund_id IS NOT NULL)),
  CHECK (what = 0 OR method = 0),
  CHECK (method = 0 OR state = 2),
  CHECK ((state = 3) = (reject_reason IS NOT NULL)),
  CHECK (original < position)
) STRICT;

CREATE INDEX refund_of_original ON refund (original);
-- what a day's limit adds up
CREATE INDEX refund_by_time ON refund (at_ms, state, amount_minor);

-- Copies that were handed out. what: 0 receipt, 1 credit note, 2 order, 3 Z report.
CREATE TABLE reprint (
  position    INTEGER PRIMARY KEY REFERENCES journal (position),
  what        INTEGER NOT NULL CHECK (what BETWEEN 0 AND 3),
  original    INTEGER NOT NULL,
  copy        INTEGER NOT NULL CHECK (copy >= 1),
  at_ms       INTEGER NOT NULL,
  actor       TEXT NOT NULL,
  approved_by TEXT
) STRICT;

CREATE UNIQUE INDEX reprint_numbered ON reprint (what, original, copy);

-- Finding a payment among a million: each way in ends in the newest first, so a page reads what it shows.
CREATE INDEX payment_by_time ON payment (at_ms);
CREATE INDEX payment_by_amount ON payment (amount_minor, at_ms);
CREATE INDEX payment_by_state ON payment (state, at_ms);
CREATE INDEX payment_by_cashier ON payment (cashier);
CREATE INDEX payment_by_id ON payment (payment_id) WHERE payment_id IS NOT NULL;
CREATE INDEX payment_by_purse_tail ON payment (substr(purse_id, -2), at_ms) WHERE purse_id IS NOT NULL;

-- Folded words of the order that a payment was for: its lines, their notes, its own note and name. The beginnings
-- of words have lists of their own: any other is put together from all words that begin so, which takes seconds.
CREATE VIRTUAL TABLE payment_text USING fts5 (words, prefix = '1 2 3 5', tokenize = 'unicode61');
