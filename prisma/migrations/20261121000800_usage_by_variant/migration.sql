-- The portal compares the variants of a split while they are called: the newest calls of one version, and those only.
CREATE INDEX usage_events_variant ON usage_events (tenant_id, api_version_id, event_day, id) WHERE variant IS NOT NULL;
