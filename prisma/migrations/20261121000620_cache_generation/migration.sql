-- Goes up when a version's cache is emptied: answers kept under an earlier number are never given again.
ALTER TABLE api_versions ADD COLUMN cache_generation integer NOT NULL DEFAULT 0;
