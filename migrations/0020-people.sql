-- People at this till. `person` is a view of the journal; what proves that somebody is who they say (PIN,
-- badge) never enters the journal: a hash of a short PIN must not leave the terminal.
-- role: 0 cashier, 1 lead, 2 manager, 3 administrator, 4 auditor.
CREATE TABLE person (
  person_id TEXT PRIMARY KEY,
  name      TEXT NOT NULL,
  role      INTEGER NOT NULL,
  is_active INTEGER NOT NULL
) STRICT;

CREATE TABLE person_secret (
  person_id       TEXT PRIMARY KEY,
  pin_hash        TEXT NOT NULL,
  failed_tries    INTEGER NOT NULL DEFAULT 0,
  locked_until_ms INTEGER NOT NULL DEFAULT 0
) STRICT;

-- whoever was there before roles ran the shop
INSERT INTO person SELECT cashier_id, name, 3, 1 FROM cashier;
INSERT INTO person_secret SELECT cashier_id, pin_hash, failed_tries, locked_until_ms FROM cashier;
DROP TABLE cashier;
