-- When the issuer bears a loss: rules by currency, of which the newest counts. Without one nothing is guaranteed.
CREATE TABLE guarantee_rules (
  currency        text   NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
  version         bigint NOT NULL CHECK (version >= 1),
  -- one payment at most; 0 guarantees nothing
  up_to_minor     bigint NOT NULL CHECK (up_to_minor >= 0),
  -- all guaranteed payments of one purse together at most
  per_purse_minor bigint NOT NULL CHECK (per_purse_minor >= 0),
  created_at_ms   bigint NOT NULL,
  PRIMARY KEY (currency, version)
);
CREATE TRIGGER guarantee_rules_only_grow BEFORE UPDATE OR DELETE OR TRUNCATE ON guarantee_rules
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE INDEX outcomes_guaranteed_of_purse ON outcomes (purse_id) WHERE state = 'settled-guaranteed';
CREATE INDEX outcomes_guaranteed_of_terminal ON outcomes (terminal_id, decided_at_ms)
  WHERE state = 'settled-guaranteed';
