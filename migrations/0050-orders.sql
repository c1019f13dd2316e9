-- Orders. `open_order` and `open_order_past` are working state, not a view: what is being built or waits parked is
-- no act yet, and the journal does not have it. They are committed before the till answers, so that a crash loses
-- nothing that somebody saw; `rebuild` leaves them as they are. All other tables here are views of the journal.

-- bytes: the order as CBOR (shared/protocol/bodies/order.ts).
CREATE TABLE open_order (
  order_id      BLOB PRIMARY KEY CHECK (length(order_id) = 8),
  is_current    INTEGER NOT NULL CHECK (is_current IN (0, 1)),
  changed_at_ms INTEGER NOT NULL,
  bytes         BLOB NOT NULL
) STRICT;

-- One order at hand a till, held by the database itself.
CREATE UNIQUE INDEX open_order_one_current ON open_order (is_current) WHERE is_current = 1;

-- What the order was before each of its last steps, so that they can be taken back.
CREATE TABLE open_order_past (
  order_id BLOB NOT NULL REFERENCES open_order (order_id) ON DELETE CASCADE,
  step     INTEGER NOT NULL,
  bytes    BLOB NOT NULL,
  PRIMARY KEY (order_id, step)
) STRICT, WITHOUT ROWID;

-- One row per `order-closed`. Amounts in minor units, currency by ISO 4217 number. rounding_minor: of its cash.
CREATE TABLE sale_order (
  position       INTEGER PRIMARY KEY REFERENCES journal (position),
  order_id       BLOB NOT NULL UNIQUE,
  at_ms          INTEGER NOT NULL,
  shift          INTEGER,
  cashier        TEXT NOT NULL,
  currency       INTEGER NOT NULL,
  name           TEXT NOT NULL,
  note           TEXT NOT NULL,
  lines          INTEGER NOT NULL CHECK (lines > 0),
  discount_minor INTEGER NOT NULL CHECK (discount_minor >= 0),
  tax_minor      INTEGER NOT NULL CHECK (tax_minor >= 0),
  total_minor    INTEGER NOT NULL CHECK (total_minor >= 0),
  tip_minor      INTEGER NOT NULL CHECK (tip_minor >= 0),
  rounding_minor INTEGER NOT NULL
) STRICT;

CREATE INDEX sale_order_by_time ON sale_order (at_ms);
CREATE INDEX sale_order_by_shift ON sale_order (shift, position);

-- quantity: thousandths. discount_minor: its own and its share of the order's. added_by: id of the person.
CREATE TABLE order_line (
  position         INTEGER NOT NULL REFERENCES sale_order (position),
  line             INTEGER NOT NULL,
  item_id          TEXT,
  name             TEXT NOT NULL,
  quantity         INTEGER NOT NULL CHECK (quantity > 0),
  price_minor      INTEGER NOT NULL CHECK (price_minor >= 0),
  discount_minor   INTEGER NOT NULL CHECK (discount_minor >= 0),
  amount_minor     INTEGER NOT NULL CHECK (amount_minor >= 0),
  tax_rate_id      TEXT NOT NULL,
  tax_basis_points INTEGER NOT NULL CHECK (tax_basis_points >= 0),
  is_tax_included  INTEGER NOT NULL CHECK (is_tax_included IN (0, 1)),
  note             TEXT NOT NULL,
  added_by         TEXT NOT NULL,
  PRIMARY KEY (position, line)
) STRICT, WITHOUT ROWID;

-- What paid it. given_minor: cash that was handed over; the change is given − amount. sale: the payment's entry.
CREATE TABLE order_tender (
  position       INTEGER NOT NULL REFERENCES sale_order (position),
  tender         INTEGER NOT NULL,
  method         TEXT NOT NULL,
  amount_minor   INTEGER NOT NULL CHECK (amount_minor >= 0),
  rounding_minor INTEGER NOT NULL,
  tip_minor      INTEGER NOT NULL CHECK (tip_minor >= 0),
  given_minor    INTEGER CHECK (given_minor >= amount_minor),
  sale           INTEGER REFERENCES payment (position),
  taken_by       TEXT NOT NULL,
  PRIMARY KEY (position, tender)
) STRICT, WITHOUT ROWID;

CREATE INDEX order_tender_of_sale ON order_tender (sale) WHERE sale IS NOT NULL;

-- Payments by code that were taken for an order, closed or not, and what of each was given back since.
CREATE TABLE order_payment (
  sale           INTEGER PRIMARY KEY REFERENCES payment (position),
  order_id       BLOB NOT NULL,
  amount_minor   INTEGER NOT NULL CHECK (amount_minor > 0),
  refunded_minor INTEGER NOT NULL DEFAULT 0 CHECK (refunded_minor BETWEEN 0 AND amount_minor)
) STRICT;

CREATE INDEX order_payment_of_order ON order_payment (order_id);
