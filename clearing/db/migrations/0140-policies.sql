-- What waits for a root that is kept offline; policies as they were drafted, tried against the past, and published.

-- Why a new trust bundle is wanted, while nobody here can sign one.
CREATE TABLE trust_queue (
  number       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  cause        text   NOT NULL,
  queued_at_ms bigint NOT NULL
);

-- Bundles as they were given out to be signed. A version is given out once; one that never came back is skipped.
CREATE TABLE trust_preparations (
  version      bigint PRIMARY KEY,
  -- the version that it was made on; null for the first
  base         bigint REFERENCES trust_bundles,
  -- what the root is asked to sign
  payload      bytea  NOT NULL,
  -- the last of the queue that it holds; 0 for none
  last_queued  bigint NOT NULL,
  made_at_ms   bigint NOT NULL
);

-- A draft never changes; another thought is another draft.
CREATE TABLE policy_drafts (
  draft_id      bytea  PRIMARY KEY CHECK (octet_length(draft_id) = 16),
  -- shared/protocol/policy.ts, as CBOR
  policy        bytea  NOT NULL,
  note          text   NOT NULL CHECK (char_length(note) BETWEEN 1 AND 200),
  -- the version that it would bring back, where it is a return to an earlier one
  restores      bigint REFERENCES policies,
  created_at_ms bigint NOT NULL
);

-- What the past would have been under a draft.
CREATE TABLE policy_trials (
  number       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  draft_id     bytea  NOT NULL REFERENCES policy_drafts,
  from_ms      bigint NOT NULL,
  to_ms        bigint NOT NULL CHECK (to_ms > from_ms),
  -- clearing/policies/trial.ts
  report       jsonb  NOT NULL
);
CREATE INDEX policy_trials_of_draft ON policy_trials (draft_id, number);

-- Null of the policy that the house began with.
ALTER TABLE policies ADD COLUMN draft_id bytea UNIQUE REFERENCES policy_drafts;

CREATE TRIGGER trust_queue_only_grows BEFORE UPDATE OR DELETE OR TRUNCATE ON trust_queue
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER trust_preparations_only_grow BEFORE UPDATE OR DELETE OR TRUNCATE ON trust_preparations
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER policy_drafts_only_grow BEFORE UPDATE OR DELETE OR TRUNCATE ON policy_drafts
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER policy_trials_only_grow BEFORE UPDATE OR DELETE OR TRUNCATE ON policy_trials
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
