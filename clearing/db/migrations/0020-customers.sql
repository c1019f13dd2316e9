-- Customers, their sessions, and the tries that failed. Passwords and tokens are here as digests only.

CREATE TABLE customers (
  customer_id         bytea  PRIMARY KEY CHECK (octet_length(customer_id) = 8),
  user_name           text   NOT NULL UNIQUE CHECK (user_name ~ '^[a-z0-9][a-z0-9._-]{2,31}$'),
  -- argon2id in its own text form
  password_hash       text   NOT NULL,
  language            text   NOT NULL,
  created_at_ms       bigint NOT NULL,
  -- of the customer's history: 1 … n without a gap
  last_payment_number bigint NOT NULL DEFAULT 0
) WITH (fillfactor = 80);

CREATE TABLE sessions (
  token_digest  bytea  PRIMARY KEY CHECK (octet_length(token_digest) = 32),
  customer_id   bytea  NOT NULL REFERENCES customers,
  created_at_ms bigint NOT NULL,
  expires_at_ms bigint NOT NULL
);
CREATE INDEX sessions_by_expiry ON sessions (expires_at_ms);

-- By digest of the name as it was typed, so that names without an account wait just as long.
CREATE TABLE sign_in_failures (
  name_digest      bytea   PRIMARY KEY CHECK (octet_length(name_digest) = 32),
  failures         integer NOT NULL,
  last_at_ms       bigint  NOT NULL,
  blocked_until_ms bigint  NOT NULL
);
CREATE INDEX sign_in_failures_by_age ON sign_in_failures (last_at_ms);
