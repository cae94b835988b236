-- What a caller says its calls belong together by, and when a call first left for an upstream.
ALTER TABLE usage_events ADD COLUMN session_id text, ADD COLUMN left_us bigint;

-- The log's rarer filters read these in order of time instead of every call. Most calls are in none of them.
CREATE INDEX usage_events_notable ON usage_events (tenant_id, event_day, id)
  WHERE guard IS NOT NULL OR cache IS NOT NULL OR duration_us >= 5000000 OR finish_reason NOT IN ('stop', 'tool_calls');
CREATE INDEX usage_events_consumer_notable ON usage_events (consumer_tenant_id, event_day, id)
  WHERE guard IS NOT NULL OR cache IS NOT NULL OR duration_us >= 5000000 OR finish_reason NOT IN ('stop', 'tool_calls');

-- Sessions: the latest calls that belong to one, and the calls of one.
CREATE INDEX usage_events_sessions ON usage_events (tenant_id, event_day, id) WHERE session_id IS NOT NULL;
CREATE INDEX usage_events_consumer_sessions ON usage_events (consumer_tenant_id, event_day, id) WHERE session_id IS NOT NULL;
CREATE INDEX usage_events_session ON usage_events (tenant_id, session_id, application_id, event_day, id)
  WHERE session_id IS NOT NULL;
CREATE INDEX usage_events_consumer_session ON usage_events (consumer_tenant_id, session_id, application_id, event_day, id)
  WHERE session_id IS NOT NULL;
