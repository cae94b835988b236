-- What a provider allows each key, and how a key fared last, as gateways tell.
ALTER TABLE provider_keys
  ADD COLUMN requests_per_minute int CHECK (requests_per_minute > 0),
  ADD COLUMN tokens_per_minute int CHECK (tokens_per_minute > 0),
  ADD COLUMN concurrency int CHECK (concurrency > 0),
  ADD COLUMN rests_until timestamptz(6),
  ADD COLUMN rests_why text,
  ADD COLUMN health_at timestamptz(6);
