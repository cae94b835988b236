-- What guardrails found in a call: rules and counts as JSON, never the text.
ALTER TABLE usage_events ADD COLUMN guard text;
