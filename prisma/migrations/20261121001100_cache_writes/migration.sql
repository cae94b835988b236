-- Input tokens written into a provider's prompt cache have a price of their own; where none is set, that of input.
ALTER TABLE model_prices
  ADD COLUMN cache_write_per_million_nano bigint CHECK (cache_write_per_million_nano >= 0),
  ADD COLUMN cache_write_1h_per_million_nano bigint CHECK (cache_write_1h_per_million_nano >= 0);

-- Of those tokens (part of input_tokens), and why the model ended its answer.
ALTER TABLE usage_events
  ADD COLUMN cache_write_input_tokens int,
  ADD COLUMN cache_write_1h_input_tokens int,
  ADD COLUMN finish_reason text;
