-- How an answer came from what was kept (contracts' CACHE_USES); null for the upstream's own.
ALTER TABLE usage_events ADD COLUMN cache text;
