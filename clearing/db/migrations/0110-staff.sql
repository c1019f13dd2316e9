-- People who work for a merchant or for the institution, their sessions, the counters that slow down guessing, and
-- the branches of merchants. Passwords and tokens are here as digests only.

CREATE TABLE staff (
  staff_id      bytea  PRIMARY KEY CHECK (octet_length(staff_id) = 8),
  -- null: the institution's own
  merchant_id   bytea  REFERENCES merchants,
  user_name     text   NOT NULL UNIQUE CHECK (user_name ~ '^[a-z0-9][a-z0-9._-]{2,31}$'),
  -- argon2id in its own text form
  password_hash text   NOT NULL,
  role          text   NOT NULL,
  created_at_ms bigint NOT NULL,
  -- who left stays in what they did; the name is not given to another
  removed_at_ms bigint,
  CONSTRAINT staff_role_fits CHECK (CASE WHEN merchant_id IS NULL
    THEN role IN ('administrator', 'operator', 'auditor')
    ELSE role IN ('owner', 'manager', 'viewer') END)
);
CREATE INDEX staff_of_merchant ON staff (merchant_id);

CREATE TABLE staff_sessions (
  token_digest    bytea  PRIMARY KEY CHECK (octet_length(token_digest) = 32),
  staff_id        bytea  NOT NULL REFERENCES staff,
  created_at_ms   bigint NOT NULL,
  -- moved on by use, up to the end below
  idle_end_at_ms  bigint NOT NULL,
  expires_at_ms   bigint NOT NULL CHECK (idle_end_at_ms <= expires_at_ms)
);
CREATE INDEX staff_sessions_by_staff ON staff_sessions (staff_id);
CREATE INDEX staff_sessions_by_end ON staff_sessions (idle_end_at_ms);

-- Tries of one address at one thing within a minute, over all processes. By digest: no address is kept.
CREATE TABLE guesses (
  source_digest   bytea   NOT NULL CHECK (octet_length(source_digest) = 32),
  minute          bigint  NOT NULL,
  tries           integer NOT NULL,
  PRIMARY KEY (source_digest, minute)
);
CREATE INDEX guesses_by_minute ON guesses (minute);

-- Every merchant has one branch from the beginning: a terminal belongs to one.
CREATE TABLE branches (
  branch_id     bytea   PRIMARY KEY CHECK (octet_length(branch_id) = 8),
  merchant_id   bytea   NOT NULL REFERENCES merchants,
  display_name  text    NOT NULL,
  is_default    boolean NOT NULL,
  created_at_ms bigint  NOT NULL,
  UNIQUE (merchant_id, branch_id),
  UNIQUE (merchant_id, display_name)
);
CREATE UNIQUE INDEX branches_one_default ON branches (merchant_id) WHERE is_default;

INSERT INTO branches (branch_id, merchant_id, display_name, is_default, created_at_ms)
SELECT substring(sha256('branch'::bytea || merchant_id) FROM 1 FOR 8), merchant_id, display_name, true, created_at_ms
  FROM merchants;

-- A branch of the same merchant: the key holds both.
ALTER TABLE terminals ADD COLUMN branch_id bytea;
UPDATE terminals SET branch_id = branches.branch_id
  FROM branches WHERE branches.merchant_id = terminals.merchant_id AND is_default;
ALTER TABLE terminals ALTER COLUMN branch_id SET NOT NULL;
ALTER TABLE terminals ADD FOREIGN KEY (merchant_id, branch_id) REFERENCES branches (merchant_id, branch_id);
CREATE INDEX terminals_of_merchant ON terminals (merchant_id, branch_id);

ALTER TABLE enrolment_codes ADD COLUMN branch_id bytea;
UPDATE enrolment_codes SET branch_id = branches.branch_id
  FROM branches WHERE branches.merchant_id = enrolment_codes.merchant_id AND is_default;
ALTER TABLE enrolment_codes ALTER COLUMN branch_id SET NOT NULL;
ALTER TABLE enrolment_codes ADD FOREIGN KEY (merchant_id, branch_id) REFERENCES branches (merchant_id, branch_id);
