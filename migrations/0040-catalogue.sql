-- What the shop sells. Reference data and no view: an order carries its own names, prices and taxes, and the
-- journal tells each change of the catalogue (kind catalogue-changed) with what it was before and after, or, for
-- a whole list, with its digest. So it can be compared with the journal, and is not made from it.
CREATE TABLE tax_rate (
  tax_rate_id  TEXT PRIMARY KEY,
  name         TEXT NOT NULL,
  basis_points INTEGER NOT NULL CHECK (basis_points BETWEEN 0 AND 10000)
) STRICT;

CREATE TABLE category (
  category_id TEXT PRIMARY KEY,
  name        TEXT NOT NULL UNIQUE
) STRICT;

-- holds: 0 price, 1 weight. A prefix that is not here is read as any other article number.
CREATE TABLE in_store_code (
  prefix TEXT PRIMARY KEY CHECK (prefix = '02' OR prefix GLOB '2[0-9]'),
  holds  INTEGER NOT NULL CHECK (holds IN (0, 1))
) STRICT;

-- A list of 100,000 items is prepared in the slot that nobody reads and becomes the catalogue by one update
-- here: a sale never waits for it, and half a list is never seen. revision counts every change.
CREATE TABLE catalogue (
  only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
  live     INTEGER NOT NULL CHECK (live IN (0, 1)),
  revision INTEGER NOT NULL
) STRICT;
INSERT INTO catalogue VALUES (1, 0, 0);

-- The two slots are alike. barcodes: as typed, a space between two. import_line: where in its file it stood.
-- A category has no foreign key: a prepared list may bring its own, which are there when it becomes live.
CREATE TABLE item_0 (
  item_number     INTEGER PRIMARY KEY,
  item_id         TEXT NOT NULL UNIQUE,
  name            TEXT NOT NULL,
  folded_name     TEXT NOT NULL,
  category_id     TEXT,
  currency        INTEGER NOT NULL,
  price_minor     INTEGER CHECK (price_minor BETWEEN 0 AND 999999999999),
  tax_rate_id     TEXT NOT NULL REFERENCES tax_rate (tax_rate_id),
  is_tax_included INTEGER NOT NULL CHECK (is_tax_included IN (0, 1)),
  barcodes        TEXT NOT NULL,
  is_favourite    INTEGER NOT NULL CHECK (is_favourite IN (0, 1)),
  import_line     INTEGER NOT NULL
) STRICT;
CREATE INDEX item_0_by_name ON item_0 (folded_name, item_id);
CREATE INDEX item_0_by_category ON item_0 (category_id, folded_name, item_id);
CREATE INDEX item_0_favourites ON item_0 (folded_name, item_id) WHERE is_favourite = 1;
CREATE TABLE barcode_0 (
  code_key    TEXT PRIMARY KEY,
  item_number INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE item_1 (
  item_number     INTEGER PRIMARY KEY,
  item_id         TEXT NOT NULL UNIQUE,
  name            TEXT NOT NULL,
  folded_name     TEXT NOT NULL,
  category_id     TEXT,
  currency        INTEGER NOT NULL,
  price_minor     INTEGER CHECK (price_minor BETWEEN 0 AND 999999999999),
  tax_rate_id     TEXT NOT NULL REFERENCES tax_rate (tax_rate_id),
  is_tax_included INTEGER NOT NULL CHECK (is_tax_included IN (0, 1)),
  barcodes        TEXT NOT NULL,
  is_favourite    INTEGER NOT NULL CHECK (is_favourite IN (0, 1)),
  import_line     INTEGER NOT NULL
) STRICT;
CREATE INDEX item_1_by_name ON item_1 (folded_name, item_id);
CREATE INDEX item_1_by_category ON item_1 (category_id, folded_name, item_id);
CREATE INDEX item_1_favourites ON item_1 (folded_name, item_id) WHERE is_favourite = 1;
CREATE TABLE barcode_1 (
  code_key    TEXT PRIMARY KEY,
  item_number INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Every word of an item by each of its ends ("milk": milk, ilk, lk, k), so that a prefix query finds the middle
-- of a word in any script; db/catalogue-words.ts makes them. Index only: no text, no positions.
CREATE VIRTUAL TABLE item_text_0 USING fts5 (
  words, content = '', contentless_delete = 1, detail = none, tokenize = 'ascii', prefix = '2'
);
CREATE VIRTUAL TABLE item_text_1 USING fts5 (
  words, content = '', contentless_delete = 1, detail = none, tokenize = 'ascii', prefix = '2'
);
-- small merges, often: no single insert may take long
INSERT INTO item_text_0 (item_text_0, rank) VALUES ('automerge', 2), ('crisismerge', 1000);
INSERT INTO item_text_1 (item_text_1, rank) VALUES ('automerge', 2), ('crisismerge', 1000);
