-- People at this till. `person` and `shop_setting` are views of the journal (person-changed, setting-changed).
-- What proves that somebody is who they say (PIN, badge) never enters the journal, because a hash of a short PIN
-- must not leave the terminal: `person_secret` and `person_badge` are kept beside it and cannot be made anew.
-- role: 0 cashier, 1 lead, 2 manager, 3 administrator, 4 auditor.
CREATE TABLE person (
  person_id TEXT PRIMARY KEY CHECK (length(person_id) BETWEEN 1 AND 32),
  name      TEXT NOT NULL,
  role      INTEGER NOT NULL CHECK (role BETWEEN 0 AND 4),
  is_active INTEGER NOT NULL CHECK (is_active IN (0, 1)),
  has_badge INTEGER NOT NULL CHECK (has_badge IN (0, 1))
) STRICT;

-- failed_tries is raised before a PIN is looked at; how long one must wait follows from it alone.
CREATE TABLE person_secret (
  person_id    TEXT PRIMARY KEY,
  pin_hash     TEXT NOT NULL,
  failed_tries INTEGER NOT NULL DEFAULT 0 CHECK (failed_tries >= 0)
) STRICT;

-- hash: of the badge's secret, under a key that is derived from the terminal's sealed keys. Revoked badges stay,
-- so that somebody who shows one is known.
CREATE TABLE person_badge (
  hash      BLOB PRIMARY KEY CHECK (length(hash) = 32),
  person_id TEXT NOT NULL,
  is_active INTEGER NOT NULL CHECK (is_active IN (0, 1))
) STRICT;
CREATE UNIQUE INDEX person_has_one_badge ON person_badge (person_id) WHERE is_active = 1;

CREATE TABLE shop_setting (
  name  TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT;

-- Whoever was there before roles ran the shop. The next open enters them in the journal and empties this.
CREATE TABLE person_to_adopt (
  person_id TEXT PRIMARY KEY,
  name      TEXT NOT NULL
) STRICT;
INSERT INTO person_to_adopt SELECT cashier_id, name FROM cashier;
INSERT INTO person_secret SELECT cashier_id, pin_hash, failed_tries FROM cashier;
DROP TABLE cashier;
