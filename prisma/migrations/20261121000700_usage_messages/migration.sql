-- Messages of a WebSocket: from the caller, and to it; null for every other call.
ALTER TABLE usage_events ADD COLUMN messages_in bigint, ADD COLUMN messages_out bigint;
