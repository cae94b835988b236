-- Hosts of a tenant's own, under which the gateway serves it (or one of its APIs) and nobody else.
CREATE TYPE host_state AS ENUM ('pending', 'verified', 'removed');

CREATE TABLE tenant_hosts (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  host text NOT NULL,
  -- NULL: all APIs of the tenant.
  api_id uuid,
  state host_state NOT NULL DEFAULT 'pending',
  -- What its TXT record has to say. No secret: the record is public.
  token text NOT NULL,
  -- Why it could not be verified when that was last tried.
  problem text,
  created_by_id uuid,
  created_at timestamptz(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  checked_at timestamptz(6),
  verified_at timestamptz(6),
  removed_at timestamptz(6),
  CONSTRAINT tenant_hosts_pkey PRIMARY KEY (tenant_id, id),
  CONSTRAINT tenant_hosts_api_fkey FOREIGN KEY (tenant_id, api_id)
    REFERENCES apis (tenant_id, id) ON DELETE CASCADE ON UPDATE CASCADE,
  CONSTRAINT tenant_hosts_lower CHECK (host = lower(host)),
  CONSTRAINT tenant_hosts_verified CHECK (state <> 'verified' OR verified_at IS NOT NULL),
  CONSTRAINT tenant_hosts_removed CHECK ((state = 'removed') = (removed_at IS NOT NULL))
);
-- Asking for a host takes it from nobody; who has shown that it is theirs has it alone.
CREATE UNIQUE INDEX tenant_hosts_verified_key ON tenant_hosts (host) WHERE state = 'verified';
CREATE UNIQUE INDEX tenant_hosts_tenant_host_key ON tenant_hosts (tenant_id, host) WHERE state <> 'removed';

ALTER TABLE tenant_hosts ENABLE ROW LEVEL SECURITY;
ALTER TABLE tenant_hosts FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON tenant_hosts TO parley_app
  USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());
CREATE POLICY worker ON tenant_hosts TO parley_worker USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON tenant_hosts TO parley_app, parley_worker;
