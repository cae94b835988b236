-- Where the passages stand that a call was given of its API's documents: as JSON, never what they say.
ALTER TABLE usage_events ADD COLUMN knowledge text;
