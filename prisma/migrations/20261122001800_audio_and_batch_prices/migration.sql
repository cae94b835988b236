-- Audio tokens have prices of their own; where none is set, those of text. What a batch costs, in percent of these rates.
ALTER TABLE model_prices
  ADD COLUMN audio_input_per_million_nano bigint CHECK (audio_input_per_million_nano >= 0),
  ADD COLUMN cached_audio_input_per_million_nano bigint CHECK (cached_audio_input_per_million_nano >= 0),
  ADD COLUMN audio_output_per_million_nano bigint CHECK (audio_output_per_million_nano >= 0),
  ADD COLUMN batch_percent smallint CHECK (batch_percent BETWEEN 1 AND 100);

-- Of input_tokens, of cached_input_tokens, of output_tokens; and in percent what of the rates was charged.
ALTER TABLE usage_events
  ADD COLUMN audio_input_tokens int,
  ADD COLUMN cached_audio_input_tokens int,
  ADD COLUMN audio_output_tokens int,
  ADD COLUMN rate_percent smallint;
