-- Where the model cache found an answer to a question of the same meaning, given or on trial: JSON.
ALTER TABLE usage_events ADD COLUMN semantic text;
-- What a cache on trial found is added up by version: those calls, and those only.
CREATE INDEX usage_events_semantic ON usage_events (tenant_id, api_version_id, event_day, id) WHERE semantic IS NOT NULL;
