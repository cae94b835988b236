-- Where an event goes that tells a caller how its job ended: an address of the caller's, in place of an upstream's.
ALTER TABLE webhook_events ADD COLUMN callback_url text;
