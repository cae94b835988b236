-- Sessions of the context protocol and their turns (docs/context-protocol.md): sealed with the data key of the tenant that owns
-- them. A deleted session stays as an empty row for a while, so that a turn which is still on its way finds that out.
CREATE TABLE context_sessions (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  application_id uuid NOT NULL,
  owner text NOT NULL,
  version bigint NOT NULL,
  state text NOT NULL CHECK (state IN ('active', 'archived', 'deleted')),
  sealed bytea NOT NULL,
  created_at timestamptz(6) NOT NULL,
  updated_at timestamptz(6) NOT NULL,
  keep_until timestamptz(6) NOT NULL,
  CONSTRAINT context_sessions_pkey PRIMARY KEY (tenant_id, id)
);
CREATE INDEX context_sessions_application_idx ON context_sessions (tenant_id, application_id, id DESC);
CREATE INDEX context_sessions_keep_until_idx ON context_sessions (keep_until);

CREATE TABLE session_turns (
  tenant_id uuid NOT NULL,
  session_id uuid NOT NULL,
  id uuid NOT NULL,
  sequence bigint NOT NULL,
  revision bigint NOT NULL,
  state text NOT NULL CHECK (state IN ('open', 'complete', 'cut', 'void')),
  sealed bytea NOT NULL,
  at timestamptz(6) NOT NULL,
  CONSTRAINT session_turns_pkey PRIMARY KEY (tenant_id, session_id, id)
);

DO $$
DECLARE t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['context_sessions', 'session_turns'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
    EXECUTE format('CREATE POLICY tenant ON %I TO parley_app USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant())', t);
    EXECUTE format('CREATE POLICY worker ON %I TO parley_worker USING (true) WITH CHECK (true)', t);
    EXECUTE format('GRANT SELECT ON %I TO parley_app', t);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO parley_worker', t);
  END LOOP;
END $$;
