-- What an application is known by besides its keys: a client at a token issuer, a shared secret.
CREATE TYPE identity_kind AS ENUM ('client', 'hmac');

CREATE TABLE application_identities (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  application_id uuid NOT NULL,
  name text NOT NULL,
  kind identity_kind NOT NULL,
  issuer text NOT NULL DEFAULT '',
  subject text NOT NULL,
  scopes text[] NOT NULL DEFAULT '{}',
  -- Shared secrets only: sealed with the tenant's data key.
  sealed text,
  masked text,
  created_by_id uuid,
  created_at timestamptz(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT application_identities_pkey PRIMARY KEY (tenant_id, id),
  CONSTRAINT application_identities_application_fkey FOREIGN KEY (tenant_id, application_id)
    REFERENCES applications (tenant_id, id) ON DELETE CASCADE ON UPDATE CASCADE,
  CONSTRAINT application_identities_secret CHECK ((kind = 'hmac') = (sealed IS NOT NULL)),
  CONSTRAINT application_identities_issuer CHECK ((kind = 'client') = (issuer <> ''))
);
-- One credential means one application, whoever's it is: a call can count to one only.
CREATE UNIQUE INDEX application_identities_kind_issuer_subject_key ON application_identities (kind, issuer, subject);
CREATE UNIQUE INDEX application_identities_tenant_id_application_id_name_key
  ON application_identities (tenant_id, application_id, name);

ALTER TABLE application_identities ENABLE ROW LEVEL SECURITY;
ALTER TABLE application_identities FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON application_identities TO parley_app
  USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());
CREATE POLICY worker ON application_identities TO parley_worker USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON application_identities TO parley_app, parley_worker;

-- What a key may be used for, where a policy asks for scopes.
ALTER TABLE api_keys ADD COLUMN scopes text[] NOT NULL DEFAULT '{}';
