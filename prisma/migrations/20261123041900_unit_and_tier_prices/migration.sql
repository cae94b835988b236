-- Pictures in input and output have rates of their own; where none is set, those of text. What models are sold by beside tokens
-- (pictures, hours of sound, characters, searches, pages), and rates of calls with long inputs, as the snapshot has them.
ALTER TABLE model_prices
  ADD COLUMN image_input_per_million_nano bigint CHECK (image_input_per_million_nano >= 0),
  ADD COLUMN cached_image_input_per_million_nano bigint CHECK (cached_image_input_per_million_nano >= 0),
  ADD COLUMN image_output_per_million_nano bigint CHECK (image_output_per_million_nano >= 0),
  ADD COLUMN units jsonb CHECK (jsonb_typeof(units) = 'object'),
  ADD COLUMN tiers jsonb CHECK (jsonb_typeof(tiers) = 'array');

-- Of input_tokens, of cached_input_tokens, of output_tokens; and what was used beside tokens.
ALTER TABLE usage_events
  ADD COLUMN image_input_tokens int,
  ADD COLUMN cached_image_input_tokens int,
  ADD COLUMN image_output_tokens int,
  ADD COLUMN images int,
  ADD COLUMN image_class text,
  ADD COLUMN audio_ms int,
  ADD COLUMN characters int,
  ADD COLUMN search_units int,
  ADD COLUMN pages int;
