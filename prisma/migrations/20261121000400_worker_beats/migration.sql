-- What each worker process last said about itself; no tenant's data, written by workers and read by the portal.
CREATE TABLE worker_beats (
  node text NOT NULL,
  started_at timestamptz(6) NOT NULL,
  at timestamptz(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  -- Per queue: how many jobs wait, and how long the oldest of them has.
  queues jsonb NOT NULL,
  CONSTRAINT worker_beats_pkey PRIMARY KEY (node)
);
GRANT SELECT, INSERT, UPDATE, DELETE ON worker_beats TO parley_worker;
GRANT SELECT ON worker_beats TO parley_app;

-- The request log is most often asked for what went wrong, which is rare.
CREATE INDEX usage_events_failed ON usage_events (tenant_id, event_day, id) WHERE status >= 400;
CREATE INDEX usage_events_consumer_failed ON usage_events (consumer_tenant_id, event_day, id) WHERE status >= 400;
