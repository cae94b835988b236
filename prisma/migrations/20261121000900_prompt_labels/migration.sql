-- Labels that lead to a prompt's versions, shared pieces of text, and what callers say of answers.
CREATE TABLE prompt_labels (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  prompt_id uuid NOT NULL,
  label text NOT NULL,
  version_id uuid NOT NULL,
  -- Where it led before: what a roll-back goes to. No key: a version that is gone is simply not gone back to.
  previous_version_id uuid,
  moved_by_id uuid,
  moved_at timestamptz(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT prompt_labels_pkey PRIMARY KEY (tenant_id, id),
  CONSTRAINT prompt_labels_prompt_fkey FOREIGN KEY (tenant_id, prompt_id)
    REFERENCES prompts (tenant_id, id) ON DELETE CASCADE ON UPDATE CASCADE,
  CONSTRAINT prompt_labels_version_fkey FOREIGN KEY (tenant_id, version_id)
    REFERENCES prompt_versions (tenant_id, id) ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE UNIQUE INDEX prompt_labels_label_key ON prompt_labels (tenant_id, prompt_id, label);

CREATE TABLE prompt_partials (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  slug text NOT NULL,
  number integer NOT NULL,
  text text NOT NULL,
  note text NOT NULL DEFAULT '',
  created_by_id uuid,
  created_at timestamptz(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT prompt_partials_pkey PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX prompt_partials_number_key ON prompt_partials (tenant_id, slug, number);

-- One per request, whose id it has; stored by the worker, which has checked that the call was the application's own.
CREATE TABLE feedback (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  consumer_tenant_id uuid NOT NULL,
  application_id uuid NOT NULL,
  api_version_id uuid,
  prompt_version_id uuid,
  variant text,
  score double precision NOT NULL,
  comment text NOT NULL DEFAULT '',
  given_at timestamptz(6) NOT NULL,
  CONSTRAINT feedback_pkey PRIMARY KEY (tenant_id, id),
  CONSTRAINT feedback_score CHECK (score >= 0 AND score <= 1)
);
CREATE INDEX feedback_version ON feedback (tenant_id, api_version_id, given_at);

DO $$
DECLARE
  relation text;
BEGIN
  FOREACH relation IN ARRAY ARRAY['prompt_labels', 'prompt_partials', 'feedback'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', relation);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', relation);
    EXECUTE format('CREATE POLICY tenant ON %I TO parley_app USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant())', relation);
    EXECUTE format('CREATE POLICY worker ON %I TO parley_worker USING (true) WITH CHECK (true)', relation);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO parley_app, parley_worker', relation);
  END LOOP;
END $$;
REVOKE UPDATE, DELETE ON prompt_partials FROM parley_app;
REVOKE INSERT, UPDATE, DELETE ON feedback FROM parley_app;
-- Who gave it sees it with the call.
CREATE POLICY giver ON feedback FOR SELECT TO parley_app USING (consumer_tenant_id = current_tenant());

-- Whether a model's answer fitted the output schema (contracts/usage-event); null where there is none.
ALTER TABLE usage_events ADD COLUMN output_check text;
