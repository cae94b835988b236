-- Calls that were accepted to be delivered later, their deliveries (one per destination), every try, and signing secrets.
CREATE TYPE delivery_state AS ENUM ('waiting', 'sending', 'delivered', 'failed', 'cancelled');
CREATE TYPE webhook_secret_use AS ENUM ('sign', 'verify');

CREATE TABLE webhook_events (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  -- No foreign keys: an event that was accepted is kept, whatever becomes of its API meanwhile.
  api_id uuid NOT NULL,
  api_version_id uuid NOT NULL,
  route_id uuid,
  consumer_tenant_id uuid NOT NULL,
  application_id uuid NOT NULL,
  request_id uuid NOT NULL,
  method text NOT NULL,
  path text NOT NULL,
  headers jsonb NOT NULL,
  -- Sealed with the tenant's data key; null for a call without a body.
  sealed_body bytea,
  body_bytes integer NOT NULL,
  rules jsonb NOT NULL,
  accepted_at timestamptz(6) NOT NULL,
  keep_until timestamptz(6) NOT NULL,
  CONSTRAINT webhook_events_pkey PRIMARY KEY (tenant_id, id)
);
CREATE INDEX webhook_events_keep_until_idx ON webhook_events (keep_until);

CREATE TABLE webhook_deliveries (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  event_id uuid NOT NULL,
  api_id uuid NOT NULL,
  upstream_id uuid NOT NULL,
  upstream_slug text NOT NULL,
  state delivery_state NOT NULL DEFAULT 'waiting',
  -- Tries of this round that ended; a replay begins a new round.
  tries integer NOT NULL DEFAULT 0,
  -- Every try that was begun, over all rounds: the number of the last one.
  starts integer NOT NULL DEFAULT 0,
  -- Tries begun since one ended: of a process that died over them.
  lost integer NOT NULL DEFAULT 0,
  concurrency integer NOT NULL,
  -- When it is due; while it is being sent, when it is taken up again should its process have died.
  next_try_at timestamptz(6) NOT NULL,
  lease uuid,
  last_status integer,
  last_error text,
  accepted_at timestamptz(6) NOT NULL,
  ended_at timestamptz(6),
  CONSTRAINT webhook_deliveries_pkey PRIMARY KEY (tenant_id, id),
  CONSTRAINT webhook_deliveries_event_fkey FOREIGN KEY (tenant_id, event_id)
    REFERENCES webhook_events (tenant_id, id) ON DELETE CASCADE ON UPDATE CASCADE,
  CONSTRAINT webhook_deliveries_lease CHECK ((state = 'sending') = (lease IS NOT NULL)),
  CONSTRAINT webhook_deliveries_ended CHECK ((state IN ('delivered', 'failed', 'cancelled')) = (ended_at IS NOT NULL))
);
CREATE INDEX webhook_deliveries_due_idx ON webhook_deliveries (tenant_id, upstream_id, next_try_at)
  WHERE state IN ('waiting', 'sending');
CREATE INDEX webhook_deliveries_failed_idx ON webhook_deliveries (tenant_id, upstream_id, ended_at) WHERE state = 'failed';
CREATE INDEX webhook_deliveries_list_idx ON webhook_deliveries (tenant_id, api_id, accepted_at, id);
CREATE INDEX webhook_deliveries_event_idx ON webhook_deliveries (tenant_id, event_id);

CREATE TABLE webhook_attempts (
  tenant_id uuid NOT NULL,
  delivery_id uuid NOT NULL,
  number integer NOT NULL,
  started_at timestamptz(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  ended_at timestamptz(6),
  status integer,
  error text,
  duration_ms integer,
  excerpt text,
  CONSTRAINT webhook_attempts_pkey PRIMARY KEY (tenant_id, delivery_id, number),
  CONSTRAINT webhook_attempts_delivery_fkey FOREIGN KEY (tenant_id, delivery_id)
    REFERENCES webhook_deliveries (tenant_id, id) ON DELETE CASCADE ON UPDATE CASCADE
);

-- What is known of an upstream as a destination; no row: it takes deliveries.
CREATE TABLE webhook_destinations (
  tenant_id uuid NOT NULL,
  upstream_id uuid NOT NULL,
  disabled_at timestamptz(6),
  disabled_reason text,
  CONSTRAINT webhook_destinations_pkey PRIMARY KEY (tenant_id, upstream_id),
  CONSTRAINT webhook_destinations_upstream_fkey FOREIGN KEY (tenant_id, upstream_id)
    REFERENCES upstreams (tenant_id, id) ON DELETE CASCADE ON UPDATE CASCADE
);

-- Secrets that sign what is delivered to an upstream, or verify what a third party sends for an application.
CREATE TABLE webhook_secrets (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  use webhook_secret_use NOT NULL,
  upstream_id uuid,
  application_id uuid,
  name text NOT NULL DEFAULT '',
  sealed text NOT NULL,
  masked text NOT NULL,
  -- End of the overlap after a rotation; null for the current one.
  expires_at timestamptz(6),
  created_by_id uuid,
  created_at timestamptz(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT webhook_secrets_pkey PRIMARY KEY (tenant_id, id),
  CONSTRAINT webhook_secrets_upstream_fkey FOREIGN KEY (tenant_id, upstream_id)
    REFERENCES upstreams (tenant_id, id) ON DELETE CASCADE ON UPDATE CASCADE,
  CONSTRAINT webhook_secrets_application_fkey FOREIGN KEY (tenant_id, application_id)
    REFERENCES applications (tenant_id, id) ON DELETE CASCADE ON UPDATE CASCADE,
  CONSTRAINT webhook_secrets_of CHECK (CASE use
    WHEN 'sign' THEN upstream_id IS NOT NULL AND application_id IS NULL
    ELSE upstream_id IS NULL AND application_id IS NOT NULL AND name <> '' END)
);
-- One current secret each, however many ask for one at once.
CREATE UNIQUE INDEX webhook_secrets_current_sign_key ON webhook_secrets (tenant_id, upstream_id)
  WHERE use = 'sign' AND expires_at IS NULL;
CREATE UNIQUE INDEX webhook_secrets_current_verify_key ON webhook_secrets (tenant_id, application_id, name)
  WHERE use = 'verify' AND expires_at IS NULL;
CREATE INDEX webhook_secrets_upstream_idx ON webhook_secrets (tenant_id, upstream_id);
CREATE INDEX webhook_secrets_application_idx ON webhook_secrets (tenant_id, application_id);
CREATE INDEX webhook_secrets_expires_at_idx ON webhook_secrets (expires_at);

DO $$
DECLARE tbl text;
BEGIN
  FOREACH tbl IN ARRAY ARRAY['webhook_events', 'webhook_deliveries', 'webhook_attempts', 'webhook_destinations', 'webhook_secrets'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', tbl);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', tbl);
    EXECUTE format('CREATE POLICY tenant ON %I TO parley_app USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant())', tbl);
    EXECUTE format('CREATE POLICY worker ON %I TO parley_worker USING (true) WITH CHECK (true)', tbl);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO parley_worker', tbl);
  END LOOP;
END $$;
GRANT SELECT ON webhook_events, webhook_attempts TO parley_app;
GRANT SELECT, UPDATE ON webhook_deliveries TO parley_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON webhook_destinations, webhook_secrets TO parley_app;
