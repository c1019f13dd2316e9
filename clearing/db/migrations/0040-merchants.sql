-- Merchants, the one-time codes by which terminals join them, the terminals, and the nonces of their requests.

CREATE TABLE merchants (
  merchant_id   bytea  PRIMARY KEY CHECK (octet_length(merchant_id) = 8),
  display_name  text   NOT NULL,
  currency      text   NOT NULL,
  account_id    bigint NOT NULL UNIQUE REFERENCES accounts,
  created_at_ms bigint NOT NULL
);

CREATE TABLE terminals (
  terminal_id         bytea  PRIMARY KEY CHECK (octet_length(terminal_id) = 8),
  merchant_id         bytea  NOT NULL REFERENCES merchants,
  public_key          bytea  NOT NULL CHECK (octet_length(public_key) = 32),
  box_key             bytea  NOT NULL CHECK (octet_length(box_key) = 32),
  certificate         bytea  NOT NULL,
  certificate_digest  bytea  NOT NULL CHECK (octet_length(certificate_digest) = 32),
  expires_at_s        bigint NOT NULL,
  created_at_ms       bigint NOT NULL,
  revoked_at_ms       bigint,
  last_contact_at_ms  bigint,
  last_outcome_number bigint NOT NULL DEFAULT 0
) WITH (fillfactor = 80);
CREATE INDEX terminals_revoked ON terminals (terminal_id) WHERE revoked_at_ms IS NOT NULL;

CREATE TABLE enrolment_codes (
  secret_digest bytea  PRIMARY KEY CHECK (octet_length(secret_digest) = 32),
  merchant_id   bytea  NOT NULL REFERENCES merchants,
  created_at_ms bigint NOT NULL,
  expires_at_ms bigint NOT NULL,
  terminal_id   bytea  UNIQUE REFERENCES terminals
);

-- RFC 9421: a nonce is seen once. Rows older than any signature that is still taken are pruned.
CREATE TABLE request_nonces (
  terminal_id bytea  NOT NULL,
  nonce       bytea  NOT NULL CHECK (octet_length(nonce) = 16),
  created_s   bigint NOT NULL,
  PRIMARY KEY (terminal_id, nonce)
);
CREATE INDEX request_nonces_by_age ON request_nonces (created_s);
