-- What changed from one trust bundle to the next, signed by the root; and proofs of double spending that terminals
-- brought, with who brought them.

CREATE TABLE trust_deltas (
  version bigint PRIMARY KEY REFERENCES trust_bundles,
  base    bigint NOT NULL REFERENCES trust_bundles CHECK (base < version),
  delta   bytea  NOT NULL
);

CREATE TABLE double_spend_proofs (
  -- SHA-256 of the proof
  proof_digest   bytea  PRIMARY KEY CHECK (octet_length(proof_digest) = 32),
  purse_id       bytea  NOT NULL REFERENCES purses,
  proof          bytea  NOT NULL,
  -- the terminal that brought it first
  terminal_id    bytea  NOT NULL REFERENCES terminals,
  received_at_ms bigint NOT NULL,
  -- the first trust bundle that revokes the purse
  trust_version  bigint NOT NULL
);
CREATE INDEX double_spend_proofs_of_purse ON double_spend_proofs (purse_id);

CREATE TRIGGER trust_deltas_only_grow BEFORE UPDATE OR DELETE OR TRUNCATE ON trust_deltas
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER double_spend_proofs_only_grow BEFORE UPDATE OR DELETE OR TRUNCATE ON double_spend_proofs
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
