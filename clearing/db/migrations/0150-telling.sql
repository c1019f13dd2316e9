-- Telling merchants: the keys of their programs, where they want to hear of what happened, and what is to be told.

CREATE TABLE merchant_keys (
  key_id        bytea  PRIMARY KEY CHECK (octet_length(key_id) = 8),
  merchant_id   bytea  NOT NULL REFERENCES merchants,
  -- the key itself is shown once and kept nowhere
  key_digest    bytea  NOT NULL UNIQUE CHECK (octet_length(key_digest) = 32),
  created_at_ms bigint NOT NULL,
  revoked_at_ms bigint
);

CREATE TABLE webhook_endpoints (
  endpoint_id      bytea   PRIMARY KEY CHECK (octet_length(endpoint_id) = 8),
  merchant_id      bytea   NOT NULL REFERENCES merchants,
  url              text    NOT NULL,
  events           text[]  NOT NULL CHECK (cardinality(events) >= 1),
  state            text    NOT NULL DEFAULT 'enabled' CHECK (state IN ('enabled', 'disabled')),
  -- 'asked', 'gone' (it answered 410) or 'failing' (for days); null while it is enabled
  disabled_because text    CHECK (disabled_because IN ('asked', 'gone', 'failing')),
  -- of the first failure since the last success
  failing_since_ms bigint,
  -- one that does not answer is left alone for a moment, so that it cannot use up the sender
  resume_at_ms     bigint  NOT NULL DEFAULT 0,
  -- secrets are derived from the key store by this number, so that the database holds none
  secret_number    integer NOT NULL DEFAULT 1,
  -- until then the secret before it signs too
  previous_until_ms bigint NOT NULL DEFAULT 0,
  created_at_ms    bigint  NOT NULL,
  CHECK ((state = 'disabled') = (disabled_because IS NOT NULL))
);
CREATE INDEX webhook_endpoints_of_merchant ON webhook_endpoints (merchant_id);

-- The outbox: written in the transaction that it tells of, one row an endpoint.
CREATE TABLE webhook_deliveries (
  number         bigint  GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  endpoint_id    bytea   NOT NULL REFERENCES webhook_endpoints,
  -- the same at every try and at every endpoint: by it a receiver knows what it has seen
  event_id       text    NOT NULL,
  event          text    NOT NULL,
  happened_at_ms bigint  NOT NULL,
  data           jsonb   NOT NULL,
  state          text    NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'delivered', 'dead')),
  tries          integer NOT NULL DEFAULT 0,
  -- of the first try, or of the first after a replay
  first_try_at_ms bigint,
  -- the next try; while one runs, when another process may take it over
  next_at_ms     bigint  NOT NULL,
  -- of the last try: an HTTP status, or a word for what went wrong before there was one
  last_status    integer,
  last_fault     text,
  UNIQUE (endpoint_id, event_id)
) WITH (fillfactor = 80);
CREATE INDEX webhook_deliveries_due ON webhook_deliveries (endpoint_id, next_at_ms) WHERE state = 'waiting';
CREATE INDEX webhook_deliveries_dead ON webhook_deliveries (number) WHERE state = 'dead';
