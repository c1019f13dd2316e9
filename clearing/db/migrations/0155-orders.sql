-- Orders that are paid online: an invoice of the merchant's terminal, the sealed answer of the customer's device, and
-- what became of the payment. They move no money: journals do, as for every other payment.

CREATE TABLE orders (
  order_id       bytea  PRIMARY KEY CHECK (octet_length(order_id) = 16),
  merchant_id    bytea  NOT NULL REFERENCES merchants,
  -- by this a settled payment is known to be the order's
  invoice_digest bytea  NOT NULL CHECK (octet_length(invoice_digest) = 16),
  -- the picture, as the customer's device will check it
  invoice        bytea  NOT NULL,
  amount_minor   bigint NOT NULL CHECK (amount_minor > 0),
  currency       text   NOT NULL,
  reference      text   NOT NULL,
  created_at_ms  bigint NOT NULL,
  expires_at_ms  bigint NOT NULL,
  state          text   NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'answered', 'settled', 'rejected')),
  -- who answered, later who paid
  customer_id    bytea  REFERENCES customers,
  -- a code that only the terminal can open
  response       bytea,
  payment_id     bytea,
  reason         text,
  decided_at_ms  bigint,
  UNIQUE (merchant_id, invoice_digest),
  CHECK (state <> 'settled' OR payment_id IS NOT NULL)
) WITH (fillfactor = 80);
CREATE INDEX orders_paid ON orders (payment_id) WHERE payment_id IS NOT NULL;
