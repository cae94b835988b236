-- Summaries of sessions (docs/context-protocol.md, CP-6.12): what stands for their first turns, sealed with the data key of the tenant
-- that owns them. One a session: the one that covers most.
CREATE TABLE session_summaries (
  tenant_id uuid NOT NULL,
  session_id uuid NOT NULL,
  to_sequence bigint NOT NULL,
  sealed bytea NOT NULL,
  at timestamptz(6) NOT NULL,
  CONSTRAINT session_summaries_pkey PRIMARY KEY (tenant_id, session_id)
);
ALTER TABLE session_summaries ENABLE ROW LEVEL SECURITY;
ALTER TABLE session_summaries FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON session_summaries TO parley_app USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());
CREATE POLICY worker ON session_summaries TO parley_worker USING (true) WITH CHECK (true);
GRANT SELECT ON session_summaries TO parley_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON session_summaries TO parley_worker;
