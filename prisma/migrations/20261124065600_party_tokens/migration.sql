-- Who acted in a call with a party token, for whom, and by which token.
ALTER TABLE usage_events
  ADD COLUMN party_acting text,
  ADD COLUMN party_principal text,
  ADD COLUMN party_token_id uuid;

-- The calls of one token, for who looks into what became of it. Most calls have none.
CREATE INDEX usage_events_consumer_party_token ON usage_events (consumer_tenant_id, party_token_id, event_day, id)
  WHERE party_token_id IS NOT NULL;
