-- What verifiers are told: issuers, policy, and every trust bundle that was ever signed. Keys that sign
-- are never here. A version never goes back and is never changed.

-- One row: a database belongs to one root and one world.
CREATE TABLE house (
  only_one        boolean PRIMARY KEY DEFAULT true CHECK (only_one),
  root_public_key bytea   NOT NULL CHECK (octet_length(root_public_key) = 32),
  world           text    NOT NULL CHECK (world IN ('live', 'test'))
);

CREATE TABLE issuers (
  kid          bytea  PRIMARY KEY CHECK (octet_length(kid) = 4),
  public_key   bytea  NOT NULL UNIQUE CHECK (octet_length(public_key) = 32),
  not_before_s bigint NOT NULL,
  not_after_s  bigint NOT NULL CHECK (not_after_s > not_before_s)
);

-- shared/protocol/policy.ts, as CBOR
CREATE TABLE policies (
  version       bigint PRIMARY KEY,
  policy        bytea  NOT NULL,
  created_at_ms bigint NOT NULL
);

CREATE TABLE trust_bundles (
  version  bigint PRIMARY KEY,
  issued_s bigint NOT NULL,
  cause    text   NOT NULL,
  bundle   bytea  NOT NULL
);

CREATE TRIGGER trust_bundles_only_grow BEFORE UPDATE OR DELETE OR TRUNCATE ON trust_bundles
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER policies_only_grow BEFORE UPDATE OR DELETE OR TRUNCATE ON policies
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
