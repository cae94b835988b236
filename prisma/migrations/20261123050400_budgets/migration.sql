-- What a tenant means to spend at providers, on what, and what is done about it.
CREATE TABLE budgets (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  slug text NOT NULL,
  name text NOT NULL,
  scope text NOT NULL CHECK (scope IN ('tenant', 'team', 'application', 'key', 'api', 'model', 'endUser', 'tag')),
  subject text NOT NULL CHECK ((scope = 'tenant') = (subject = '')),
  period text NOT NULL CHECK (period IN ('day', 'week', 'month', 'total')),
  amount_nano bigint NOT NULL CHECK (amount_nano > 0),
  currency text NOT NULL CHECK (length(currency) = 3),
  mode text NOT NULL CHECK (mode IN ('hard', 'soft')),
  thresholds int[] NOT NULL,
  -- Upstream that alerts are delivered to as signed webhooks.
  webhook text,
  created_by_id uuid,
  created_at timestamptz(6) NOT NULL DEFAULT now(),
  updated_at timestamptz(6) NOT NULL DEFAULT now(),
  archived_at timestamptz(6),
  CONSTRAINT budgets_pkey PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX budgets_tenant_id_slug_key ON budgets (tenant_id, slug);

-- More for a while: asked for by one, decided by another who may.
CREATE TABLE budget_increases (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  budget_id uuid NOT NULL,
  amount_nano bigint NOT NULL CHECK (amount_nano > 0),
  reason text NOT NULL,
  ends_at timestamptz(6) NOT NULL,
  state text NOT NULL DEFAULT 'requested' CHECK (state IN ('requested', 'approved', 'refused', 'ended')),
  requested_by_id uuid,
  requested_at timestamptz(6) NOT NULL DEFAULT now(),
  decided_by_id uuid,
  decided_at timestamptz(6),
  note text,
  CONSTRAINT budget_increases_pkey PRIMARY KEY (tenant_id, id),
  CONSTRAINT budget_increases_budget_fkey FOREIGN KEY (tenant_id, budget_id) REFERENCES budgets (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX budget_increases_budget ON budget_increases (tenant_id, budget_id);
CREATE INDEX budget_increases_running ON budget_increases (ends_at) WHERE state IN ('requested', 'approved');

-- Once for each budget, period and threshold.
CREATE TABLE budget_alerts (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  budget_id uuid NOT NULL,
  period_start timestamptz(6) NOT NULL,
  threshold int NOT NULL,
  spent_nano bigint NOT NULL,
  amount_nano bigint NOT NULL,
  at timestamptz(6) NOT NULL DEFAULT now(),
  CONSTRAINT budget_alerts_pkey PRIMARY KEY (tenant_id, id),
  CONSTRAINT budget_alerts_budget_fkey FOREIGN KEY (tenant_id, budget_id) REFERENCES budgets (tenant_id, id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX budget_alerts_once ON budget_alerts (tenant_id, budget_id, period_start, threshold);

DO $$
DECLARE name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['budgets', 'budget_increases', 'budget_alerts'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
    EXECUTE format('CREATE POLICY tenant ON %I TO parley_app USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant())', name);
    EXECUTE format('CREATE POLICY worker ON %I TO parley_worker USING (true) WITH CHECK (true)', name);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO parley_worker', name);
  END LOOP;
END $$;
GRANT SELECT, INSERT, UPDATE, DELETE ON budgets, budget_increases TO parley_app;
GRANT SELECT ON budget_alerts TO parley_app;

-- Which budget or limit refused a call, and what it would have taken: JSON.
ALTER TABLE usage_events ADD COLUMN limit_record text;
