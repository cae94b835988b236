-- Calls that the gateway makes to a tenant's models itself, while it serves a call: what for, and for which call.
ALTER TABLE usage_events
  ADD COLUMN purpose text,
  ADD COLUMN parent_id uuid;
