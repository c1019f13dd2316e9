-- Posting must cost the same at any size of the ledger. A trigger's statements keep the plan of their first
-- run for as long as the connection lives, and the planner knows little of tables that have just grown: so
-- it would sort or hash the whole ledger for every batch (measured: 30 times the work at a million
-- transfers). With these settings there is one plan only: each new row looked up by its key.

ALTER FUNCTION post_entries() SET enable_hashjoin = off;
ALTER FUNCTION post_entries() SET enable_mergejoin = off;
ALTER FUNCTION post_entries() SET enable_seqscan = off;
ALTER FUNCTION require_entries() SET enable_hashjoin = off;
ALTER FUNCTION require_entries() SET enable_mergejoin = off;
ALTER FUNCTION require_entries() SET enable_seqscan = off;
