-- Which wire format a provider speaks, which row of the provider table it was picked from, and what its address and format
-- need besides a key. Providers from before speak OpenAI's chat completions.
ALTER TABLE providers
  ADD COLUMN format text NOT NULL DEFAULT 'openai_chat',
  ADD COLUMN preset text,
  ADD COLUMN settings jsonb NOT NULL DEFAULT '{}';
