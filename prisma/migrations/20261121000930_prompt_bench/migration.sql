-- The test bench: rows of variables with what is expected, and what versions and models made of them.
CREATE TABLE prompt_datasets (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  prompt_id uuid NOT NULL,
  slug text NOT NULL,
  rows jsonb NOT NULL,
  created_at timestamptz(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  updated_at timestamptz(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT prompt_datasets_pkey PRIMARY KEY (tenant_id, id),
  CONSTRAINT prompt_datasets_prompt_fkey FOREIGN KEY (tenant_id, prompt_id)
    REFERENCES prompts (tenant_id, id) ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE UNIQUE INDEX prompt_datasets_slug_key ON prompt_datasets (tenant_id, prompt_id, slug);

CREATE TABLE prompt_runs (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  prompt_id uuid NOT NULL,
  dataset text NOT NULL,
  -- The rows as they were when it was started: a run is read without its dataset.
  rows jsonb NOT NULL,
  judge_model text,
  concurrency integer NOT NULL,
  cost_cap_nano bigint NOT NULL,
  currency text NOT NULL,
  state text NOT NULL DEFAULT 'waiting',
  message text NOT NULL DEFAULT '',
  created_by_id uuid,
  created_at timestamptz(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  finished_at timestamptz(6),
  CONSTRAINT prompt_runs_pkey PRIMARY KEY (tenant_id, id),
  CONSTRAINT prompt_runs_prompt_fkey FOREIGN KEY (tenant_id, prompt_id)
    REFERENCES prompts (tenant_id, id) ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE INDEX prompt_runs_prompt ON prompt_runs (tenant_id, prompt_id, id);

CREATE TABLE prompt_run_cells (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  run_id uuid NOT NULL,
  row_at integer NOT NULL,
  prompt_version integer NOT NULL,
  model text NOT NULL,
  state text NOT NULL DEFAULT 'waiting',
  output text NOT NULL DEFAULT '',
  message text NOT NULL DEFAULT '',
  checks jsonb NOT NULL DEFAULT '[]',
  input_tokens integer NOT NULL DEFAULT 0,
  output_tokens integer NOT NULL DEFAULT 0,
  cost_nano bigint NOT NULL DEFAULT 0,
  latency_ms integer,
  first_text_ms integer,
  CONSTRAINT prompt_run_cells_pkey PRIMARY KEY (tenant_id, id),
  CONSTRAINT prompt_run_cells_run_fkey FOREIGN KEY (tenant_id, run_id)
    REFERENCES prompt_runs (tenant_id, id) ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE UNIQUE INDEX prompt_run_cells_key ON prompt_run_cells (tenant_id, run_id, row_at, prompt_version, model);

DO $$
DECLARE
  relation text;
BEGIN
  FOREACH relation IN ARRAY ARRAY['prompt_datasets', 'prompt_runs', 'prompt_run_cells'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', relation);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', relation);
    EXECUTE format('CREATE POLICY tenant ON %I TO parley_app USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant())', relation);
    EXECUTE format('CREATE POLICY worker ON %I TO parley_worker USING (true) WITH CHECK (true)', relation);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO parley_app, parley_worker', relation);
  END LOOP;
END $$;
