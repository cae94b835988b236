-- Collections of documents that questions are answered from (docs/retrieval.md). Texts, passages and vectors are sealed with the
-- data key of the tenant that owns them. A document's passages come under the round of work they were made in; readers see the last
-- round that was finished, so a document is found by its old passages until all of its new ones are there.
CREATE TABLE knowledge_collections (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  slug text NOT NULL,
  name text NOT NULL,
  description text NOT NULL,
  embedding text NOT NULL,
  version bigint NOT NULL DEFAULT 1,
  created_at timestamptz(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  updated_at timestamptz(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT knowledge_collections_pkey PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX knowledge_collections_slug_key ON knowledge_collections (tenant_id, slug);

CREATE TABLE knowledge_documents (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  collection_id uuid NOT NULL,
  title text NOT NULL,
  format text CHECK (format IN ('text', 'markdown', 'html', 'csv')),
  source_url text,
  metadata jsonb NOT NULL,
  content_hash text,
  sealed bytea,
  characters integer NOT NULL DEFAULT 0,
  state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'working', 'ready', 'failed')),
  message text NOT NULL DEFAULT '',
  round integer NOT NULL DEFAULT 1,
  ready_round integer,
  passages integer NOT NULL DEFAULT 0,
  passages_done integer NOT NULL DEFAULT 0,
  created_at timestamptz(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  updated_at timestamptz(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT knowledge_documents_pkey PRIMARY KEY (tenant_id, id),
  CONSTRAINT knowledge_documents_collection_fkey FOREIGN KEY (tenant_id, collection_id)
    REFERENCES knowledge_collections (tenant_id, id) ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE UNIQUE INDEX knowledge_documents_content_key ON knowledge_documents (tenant_id, collection_id, content_hash);
CREATE INDEX knowledge_documents_collection_idx ON knowledge_documents (tenant_id, collection_id, id);

CREATE TABLE knowledge_passages (
  tenant_id uuid NOT NULL,
  document_id uuid NOT NULL,
  round integer NOT NULL,
  number integer NOT NULL,
  start_at integer NOT NULL,
  end_at integer NOT NULL,
  sealed bytea NOT NULL,
  embedded_by text NOT NULL,
  vector bytea NOT NULL,
  CONSTRAINT knowledge_passages_pkey PRIMARY KEY (tenant_id, document_id, round, number),
  CONSTRAINT knowledge_passages_document_fkey FOREIGN KEY (tenant_id, document_id)
    REFERENCES knowledge_documents (tenant_id, id) ON DELETE CASCADE ON UPDATE CASCADE
);

DO $$
DECLARE relation text;
BEGIN
  FOREACH relation IN ARRAY ARRAY['knowledge_collections', 'knowledge_documents', 'knowledge_passages'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', relation);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', relation);
    EXECUTE format('CREATE POLICY tenant ON %I TO parley_app USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant())', relation);
    EXECUTE format('CREATE POLICY worker ON %I TO parley_worker USING (true) WITH CHECK (true)', relation);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO parley_app, parley_worker', relation);
  END LOOP;
END $$;
