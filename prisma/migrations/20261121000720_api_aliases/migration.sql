-- Further names of an API's versions: `latest`, `stable`. Where an alias was before is kept, to move it back.
CREATE TABLE api_aliases (
  tenant_id uuid NOT NULL,
  api_id uuid NOT NULL,
  alias text NOT NULL,
  api_version_id uuid NOT NULL,
  previous_version_id uuid,
  moved_at timestamptz(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT api_aliases_pkey PRIMARY KEY (tenant_id, api_id, alias),
  CONSTRAINT api_aliases_api_fkey FOREIGN KEY (tenant_id, api_id)
    REFERENCES apis (tenant_id, id) ON DELETE CASCADE ON UPDATE CASCADE,
  CONSTRAINT api_aliases_version_fkey FOREIGN KEY (tenant_id, api_version_id)
    REFERENCES api_versions (tenant_id, id) ON DELETE CASCADE ON UPDATE CASCADE,
  CONSTRAINT api_aliases_previous_fkey FOREIGN KEY (tenant_id, previous_version_id)
    REFERENCES api_versions (tenant_id, id) ON DELETE CASCADE ON UPDATE CASCADE
);

ALTER TABLE api_aliases ENABLE ROW LEVEL SECURITY;
ALTER TABLE api_aliases FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON api_aliases TO parley_app
  USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());
CREATE POLICY worker ON api_aliases TO parley_worker USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON api_aliases TO parley_app, parley_worker;
