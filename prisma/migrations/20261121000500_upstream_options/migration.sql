-- How calls to an upstream are spread, guarded and repeated (contracts/upstream-options); '{}' is one plain target.
ALTER TABLE upstreams ADD COLUMN options jsonb NOT NULL DEFAULT '{}';
