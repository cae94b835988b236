-- For whom calls are made, and what they belong to, as their callers say.
ALTER TABLE usage_events ADD COLUMN end_user text, ADD COLUMN tags jsonb;

-- The log by end user; what is attributed at all, for the log by tag and the rollup below. Calls that say nothing are in none.
CREATE INDEX usage_events_end_user ON usage_events (tenant_id, end_user, event_day, id) WHERE end_user IS NOT NULL;
CREATE INDEX usage_events_consumer_end_user ON usage_events (consumer_tenant_id, end_user, event_day, id) WHERE end_user IS NOT NULL;
CREATE INDEX usage_events_attributed ON usage_events (tenant_id, event_day, id) WHERE end_user IS NOT NULL OR tags IS NOT NULL;
CREATE INDEX usage_events_consumer_attributed ON usage_events (consumer_tenant_id, event_day, id)
  WHERE end_user IS NOT NULL OR tags IS NOT NULL;

-- Hourly sums by end user and by tag, apart from usage_rollups: callers choose the values, so that there may be very many.
-- The dearest of an hour are kept apart; the rest of a dimension is one row without name and value.
CREATE TABLE usage_attribution (
  tenant_id uuid NOT NULL,
  hour timestamptz(6) NOT NULL,
  dimension text NOT NULL CHECK (dimension IN ('user', 'tag')),
  name text NOT NULL,
  value text NOT NULL,
  consumer_tenant_id uuid NOT NULL,
  application_id uuid NOT NULL,
  api_id uuid NOT NULL,
  currency text NOT NULL,
  requests int NOT NULL,
  input_tokens bigint NOT NULL,
  output_tokens bigint NOT NULL,
  cost_nano bigint NOT NULL,
  CONSTRAINT usage_attribution_pkey
    PRIMARY KEY (tenant_id, hour, dimension, name, value, consumer_tenant_id, application_id, api_id, currency)
);
CREATE INDEX usage_attribution_consumer ON usage_attribution (consumer_tenant_id, hour);
CREATE INDEX usage_attribution_value ON usage_attribution (tenant_id, dimension, name, value, hour);
ALTER TABLE usage_attribution ENABLE ROW LEVEL SECURITY;
ALTER TABLE usage_attribution FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON usage_attribution TO parley_app USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());
CREATE POLICY consumer ON usage_attribution FOR SELECT TO parley_app USING (consumer_tenant_id = current_tenant());
CREATE POLICY worker ON usage_attribution TO parley_worker USING (true) WITH CHECK (true);
GRANT SELECT ON usage_attribution TO parley_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON usage_attribution TO parley_worker;
