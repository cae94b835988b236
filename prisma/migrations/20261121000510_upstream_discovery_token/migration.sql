-- The token with which the gateway asks Consul or Kubernetes for an upstream's targets.
ALTER TABLE upstreams ADD COLUMN sealed_discovery_token text;
