-- Bodies of calls that a policy keeps: sealed, one row for each tenant that may read them, deleted when their time is over.
CREATE TABLE call_bodies (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  sealed bytea NOT NULL,
  keep_until timestamptz(6) NOT NULL,
  CONSTRAINT call_bodies_pkey PRIMARY KEY (tenant_id, id)
);
CREATE INDEX call_bodies_keep_until_idx ON call_bodies (keep_until);
ALTER TABLE call_bodies ENABLE ROW LEVEL SECURITY;
ALTER TABLE call_bodies FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON call_bodies TO parley_app USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());
CREATE POLICY worker ON call_bodies TO parley_worker USING (true) WITH CHECK (true);
GRANT SELECT ON call_bodies TO parley_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON call_bodies TO parley_worker;
