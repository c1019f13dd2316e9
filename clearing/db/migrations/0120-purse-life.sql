-- The life of a purse after it was issued: renewed by a further one, closed by its customer, frozen, and at last
-- returned: what nobody brought in goes back once the settlement window after its end is over. Each step is made once.

-- what a customer may carry offline (clearing/purses/tiers.ts)
ALTER TABLE customers ADD COLUMN tier integer NOT NULL DEFAULT 1 CHECK (tier BETWEEN 1 AND 99);

ALTER TABLE purses
  -- the purse that this one takes the place of
  ADD COLUMN renews            bytea UNIQUE REFERENCES purses,
  ADD COLUMN closed_at_ms      bigint,
  -- the first trust bundle that says so; null until there is one
  ADD COLUMN closed_in_version bigint,
  ADD COLUMN returned_at_ms    bigint,
  ADD COLUMN returned_minor    bigint,
  -- the settlement window begins here
  ADD COLUMN ends_at_ms        bigint NOT NULL
    GENERATED ALWAYS AS (LEAST(expires_at_s * 1000, closed_at_ms, frozen_at_ms)) STORED,
  ADD CHECK ((returned_at_ms IS NULL) = (returned_minor IS NULL)),
  ADD CHECK (returned_minor BETWEEN 0 AND allowance_minor),
  ADD CHECK (state <> 'closed' OR closed_at_ms IS NOT NULL OR returned_at_ms IS NOT NULL),
  ADD CHECK (returned_at_ms IS NULL OR state <> 'open');

CREATE INDEX purses_to_return ON purses (ends_at_ms) WHERE returned_at_ms IS NULL;
CREATE INDEX purses_to_tell_closed ON purses (purse_id)
  WHERE closed_at_ms IS NOT NULL AND closed_in_version IS NULL;
DROP INDEX purses_revoked;
CREATE INDEX purses_revoked ON purses (status_index) WHERE frozen_in_version IS NOT NULL OR closed_in_version IS NOT NULL;

CREATE FUNCTION guard_purse_life() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.purse_id, NEW.customer_id, NEW.request_id, NEW.account_id, NEW.public_key, NEW.currency,
      NEW.allowance_minor, NEW.per_payment_cap_minor, NEW.payment_count_cap, NEW.tier, NEW.status_index,
      NEW.issued_at_s, NEW.expires_at_s, NEW.certificate, NEW.certificate_digest, NEW.renews)
     IS DISTINCT FROM
     (OLD.purse_id, OLD.customer_id, OLD.request_id, OLD.account_id, OLD.public_key, OLD.currency,
      OLD.allowance_minor, OLD.per_payment_cap_minor, OLD.payment_count_cap, OLD.tier, OLD.status_index,
      OLD.issued_at_s, OLD.expires_at_s, OLD.certificate, OLD.certificate_digest, OLD.renews) THEN
    RAISE EXCEPTION 'what was certified of a purse never changes' USING ERRCODE = 'FT006';
  END IF;
  IF (OLD.closed_at_ms IS NOT NULL AND NEW.closed_at_ms IS DISTINCT FROM OLD.closed_at_ms)
     OR (OLD.closed_in_version IS NOT NULL AND NEW.closed_in_version IS DISTINCT FROM OLD.closed_in_version)
     OR (OLD.frozen_at_ms IS NOT NULL AND NEW.frozen_at_ms IS DISTINCT FROM OLD.frozen_at_ms)
     OR (OLD.frozen_in_version IS NOT NULL AND NEW.frozen_in_version IS DISTINCT FROM OLD.frozen_in_version)
     OR (OLD.returned_at_ms IS NOT NULL
         AND (NEW.returned_at_ms, NEW.returned_minor) IS DISTINCT FROM (OLD.returned_at_ms, OLD.returned_minor))
     OR (OLD.state <> 'open' AND NEW.state = 'open')
     OR (OLD.state = 'frozen' AND NEW.state <> 'frozen') THEN
    RAISE EXCEPTION 'a step of a purse is made once' USING ERRCODE = 'FT006';
  END IF;
  IF OLD.returned_at_ms IS NULL AND NEW.returned_at_ms IS NOT NULL
     AND (SELECT balance_minor FROM accounts WHERE account_id = NEW.account_id) <> 0 THEN
    RAISE EXCEPTION 'a purse is returned with all that is left in it' USING ERRCODE = 'FT006';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER purses_live_forward BEFORE UPDATE ON purses
  FOR EACH ROW EXECUTE FUNCTION guard_purse_life();
CREATE TRIGGER purses_stay BEFORE DELETE OR TRUNCATE ON purses
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
