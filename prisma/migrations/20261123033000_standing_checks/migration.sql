-- Which segments of usage events have been stored of each run of a gateway; no tenant's data. A run numbers its segments
-- from 0, so that one that never came shows as a hole.
CREATE TABLE usage_runs (
  run uuid NOT NULL,
  node text NOT NULL,
  stored int4multirange NOT NULL,
  events bigint NOT NULL,
  -- The first number that has not come, and since when it is awaited.
  awaited int NOT NULL,
  awaited_at timestamptz(6) NOT NULL,
  seen_at timestamptz(6) NOT NULL,
  CONSTRAINT usage_runs_pkey PRIMARY KEY (run)
);
GRANT SELECT, INSERT, UPDATE, DELETE ON usage_runs TO parley_worker;

-- When each standing check ran last, over all tenants; no tenant's data.
CREATE TABLE standing_checks (
  name text NOT NULL,
  checked_at timestamptz(6) NOT NULL,
  took_ms int NOT NULL,
  -- Rows it found, of all tenants together; of checks that are about no tenant only these are shown.
  found int NOT NULL,
  -- Why it could not be made.
  failure text,
  CONSTRAINT standing_checks_pkey PRIMARY KEY (name)
);
GRANT SELECT, INSERT, UPDATE, DELETE ON standing_checks TO parley_worker;
GRANT SELECT ON standing_checks TO parley_app;

-- A row that a standing check found, from when it was first seen until a check no longer finds it.
CREATE TABLE standing_check_findings (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  check_name text NOT NULL,
  subject text NOT NULL,
  detail text NOT NULL,
  -- The time it is about, where it is about one: a check of later times alone does not resolve it.
  about timestamptz(6),
  found_at timestamptz(6) NOT NULL,
  seen_at timestamptz(6) NOT NULL,
  resolved_at timestamptz(6),
  CONSTRAINT standing_check_findings_pkey PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX standing_check_findings_open ON standing_check_findings (tenant_id, check_name, subject) WHERE resolved_at IS NULL;
ALTER TABLE standing_check_findings ENABLE ROW LEVEL SECURITY;
ALTER TABLE standing_check_findings FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON standing_check_findings TO parley_app USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());
CREATE POLICY worker ON standing_check_findings TO parley_worker USING (true) WITH CHECK (true);
GRANT SELECT ON standing_check_findings TO parley_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON standing_check_findings TO parley_worker;
