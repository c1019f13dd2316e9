-- Purses: what was certified, for whom, and whether it is still good. The money is in the ledger.

CREATE SEQUENCE purse_status_indexes AS integer MINVALUE 0 START 0;

CREATE TABLE purses (
  purse_id              bytea   PRIMARY KEY CHECK (octet_length(purse_id) = 8),
  customer_id           bytea   NOT NULL REFERENCES customers,
  -- the wallet's: the same request makes one purse
  request_id            bytea   NOT NULL CHECK (octet_length(request_id) = 16),
  account_id            bigint  NOT NULL UNIQUE REFERENCES accounts,
  public_key            bytea   NOT NULL CHECK (octet_length(public_key) = 32),
  currency              text    NOT NULL,
  allowance_minor       bigint  NOT NULL CHECK (allowance_minor > 0),
  per_payment_cap_minor bigint  NOT NULL CHECK (per_payment_cap_minor > 0),
  payment_count_cap     integer NOT NULL CHECK (payment_count_cap > 0),
  tier                  integer NOT NULL,
  status_index          integer NOT NULL UNIQUE,
  issued_at_s           bigint  NOT NULL,
  expires_at_s          bigint  NOT NULL,
  certificate           bytea   NOT NULL,
  -- SHA-256 of the certificate; its first 8 bytes name the purse in a short code
  certificate_digest    bytea   NOT NULL UNIQUE CHECK (octet_length(certificate_digest) = 32),
  state                 text    NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'frozen', 'closed')),
  frozen_at_ms          bigint,
  -- the first trust bundle that says so
  frozen_in_version     bigint,
  UNIQUE (customer_id, request_id),
  CHECK (state <> 'frozen' OR frozen_at_ms IS NOT NULL)
);
CREATE UNIQUE INDEX purses_by_short_digest ON purses (substring(certificate_digest FROM 1 FOR 8));
CREATE INDEX purses_revoked ON purses (status_index) WHERE state = 'frozen';
