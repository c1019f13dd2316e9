-- Refunds have outcomes too. Their row names the payment and the purse of what they give back, so that the
-- customer's history tells them; `refund_id` tells the two apart.

ALTER TABLE outcomes ADD COLUMN refund_id bytea CHECK (octet_length(refund_id) = 16);
ALTER TABLE outcomes ADD CHECK (refund_id IS NULL OR state <> 'settled' OR payment_id IS NOT NULL);

DROP INDEX outcomes_settled_once;
CREATE UNIQUE INDEX outcomes_settled_once ON outcomes (purse_id, counter)
  WHERE state <> 'rejected' AND refund_id IS NULL;

-- a credit note moves money once
CREATE UNIQUE INDEX outcomes_refunded_once ON outcomes (refund_id)
  WHERE state <> 'rejected' AND refund_id IS NOT NULL;
-- what was given back of a payment so far
CREATE INDEX outcomes_refunds_of_payment ON outcomes (payment_id)
  WHERE state <> 'rejected' AND refund_id IS NOT NULL;
