-- Who may see what, enforced by the database. Two roles that own nothing and bypass nothing: parley_app (the portal)
-- sees one tenant at a time, set for the length of a transaction; parley_worker sees all.

DO $$
BEGIN
  CREATE ROLE parley_app NOLOGIN NOSUPERUSER NOBYPASSRLS;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
END $$;
DO $$
BEGIN
  CREATE ROLE parley_worker NOLOGIN NOSUPERUSER NOBYPASSRLS;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
END $$;

GRANT USAGE ON SCHEMA public TO parley_app, parley_worker;

-- ── Settings of the current transaction; a missing one is NULL and so matches nothing ────────────────────────────

CREATE FUNCTION current_tenant() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
  AS $$ SELECT nullif(current_setting('app.tenant', true), '')::uuid $$;
CREATE FUNCTION current_person() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
  AS $$ SELECT nullif(current_setting('app.user', true), '')::uuid $$;
-- Hash of a secret that the caller holds: an invitation or a management token opens its own row.
CREATE FUNCTION current_secret_hash() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
  AS $$ SELECT nullif(current_setting('app.secret_hash', true), '') $$;

-- ── Every table with a tenant_id: FORCE, one policy for the tenant, one for the worker ───────────────────────────

DO $$
DECLARE
  relation text;
BEGIN
  FOR relation IN
    SELECT c.relname FROM pg_class c
    JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = 'public'
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant_id' AND NOT a.attisdropped
    WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition
  LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', relation);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', relation);
    EXECUTE format('CREATE POLICY tenant ON %I TO parley_app USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant())', relation);
    EXECUTE format('CREATE POLICY worker ON %I TO parley_worker USING (true) WITH CHECK (true)', relation);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO parley_app, parley_worker', relation);
  END LOOP;
END $$;

ALTER TABLE tenants ENABLE ROW LEVEL SECURITY;
ALTER TABLE tenants FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON tenants TO parley_app USING (id = current_tenant()) WITH CHECK (id = current_tenant());
CREATE POLICY worker ON tenants TO parley_worker USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE ON tenants TO parley_app, parley_worker;
GRANT SELECT, INSERT, UPDATE, DELETE ON users, verification_tokens TO parley_app, parley_worker;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO parley_app, parley_worker;

-- Facts are appended, never changed, by whoever serves people.
REVOKE UPDATE, DELETE ON audit_entries, model_prices, prompt_versions, api_revisions FROM parley_app;
REVOKE INSERT, UPDATE, DELETE ON usage_events, usage_rollups, rollup_dirty_hours FROM parley_app;
REVOKE UPDATE, DELETE ON outbox_entries FROM parley_app;
-- Deleting a parent removes its versions with it; the cascade runs with the owner's rights.

-- ── What may be seen across tenants ──────────────────────────────────────────────────────────────────────────────

-- A person sees their own memberships and the names of those tenants and roles, whichever tenant is open.
CREATE POLICY own_membership ON memberships FOR SELECT TO parley_app USING (user_id = current_person());
CREATE POLICY own_role ON roles FOR SELECT TO parley_app USING (
  EXISTS (SELECT 1 FROM memberships m WHERE m.tenant_id = roles.tenant_id AND m.role_id = roles.id AND m.user_id = current_person()));

-- Who holds the secret sees the row that it opens.
CREATE POLICY holder ON invitations FOR SELECT TO parley_app USING (token_hash = current_secret_hash());
CREATE POLICY holder ON management_tokens FOR SELECT TO parley_app USING (token_hash = current_secret_hash());

-- A subscription belongs to the publisher and is the consumer's too.
CREATE POLICY consumer ON subscriptions TO parley_app
  USING (consumer_tenant_id = current_tenant()) WITH CHECK (consumer_tenant_id = current_tenant());
REVOKE DELETE ON subscriptions FROM parley_app;

-- The catalogue: public APIs once published; any API to those who subscribe to it.
CREATE POLICY catalogue ON apis FOR SELECT TO parley_app USING (visibility = 'public' AND published_at IS NOT NULL);
CREATE POLICY subscriber ON apis FOR SELECT TO parley_app USING (
  EXISTS (SELECT 1 FROM subscriptions s WHERE s.tenant_id = apis.tenant_id AND s.api_id = apis.id AND s.consumer_tenant_id = current_tenant()));
CREATE POLICY catalogue ON api_versions FOR SELECT TO parley_app USING (
  state IN ('published', 'deprecated', 'retired')
  AND EXISTS (SELECT 1 FROM apis a WHERE a.tenant_id = api_versions.tenant_id AND a.id = api_versions.api_id));
CREATE POLICY catalogue ON plans FOR SELECT TO parley_app USING (
  EXISTS (SELECT 1 FROM apis a WHERE a.tenant_id = plans.tenant_id AND a.id = plans.api_id));

-- A publisher sees the applications that ask for or hold a subscription.
CREATE POLICY publisher ON applications FOR SELECT TO parley_app USING (
  EXISTS (SELECT 1 FROM subscriptions s WHERE s.consumer_tenant_id = applications.tenant_id AND s.application_id = applications.id AND s.tenant_id = current_tenant()));

-- Names of tenants: one's own, those one belongs to, publishers in the catalogue, both sides of a subscription.
CREATE POLICY member ON tenants FOR SELECT TO parley_app USING (
  EXISTS (SELECT 1 FROM memberships m WHERE m.tenant_id = tenants.id AND m.user_id = current_person()));
CREATE POLICY publisher ON tenants FOR SELECT TO parley_app USING (EXISTS (SELECT 1 FROM apis a WHERE a.tenant_id = tenants.id));
CREATE POLICY counterpart ON tenants FOR SELECT TO parley_app USING (
  EXISTS (SELECT 1 FROM subscriptions s WHERE s.consumer_tenant_id = tenants.id AND s.tenant_id = current_tenant()));
CREATE POLICY invited ON tenants FOR SELECT TO parley_app USING (
  EXISTS (SELECT 1 FROM invitations i WHERE i.tenant_id = tenants.id AND i.token_hash = current_secret_hash()));
CREATE POLICY invited ON roles FOR SELECT TO parley_app USING (
  EXISTS (SELECT 1 FROM invitations i WHERE i.tenant_id = roles.tenant_id AND i.role_id = roles.id AND i.token_hash = current_secret_hash()));

-- Both sides of a call see its usage.
CREATE POLICY consumer ON usage_events FOR SELECT TO parley_app USING (consumer_tenant_id = current_tenant());
CREATE POLICY consumer ON usage_rollups FOR SELECT TO parley_app USING (consumer_tenant_id = current_tenant());

-- ── Rules ────────────────────────────────────────────────────────────────────────────────────────────────────────

-- One subscription in force (or waiting) per application and API.
CREATE UNIQUE INDEX subscriptions_one_live ON subscriptions (tenant_id, api_id, consumer_tenant_id, application_id)
  WHERE state IN ('requested', 'approved', 'suspended');

-- The same table of moves as the domain's, and who may make them. Nobody approves their own request at another tenant.
CREATE FUNCTION check_subscription_move() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.state <> OLD.state AND (OLD.state::text, NEW.state::text) NOT IN (
    ('requested', 'approved'), ('requested', 'refused'), ('requested', 'cancelled'),
    ('approved', 'suspended'), ('approved', 'revoked'), ('approved', 'expired'), ('approved', 'cancelled'),
    ('suspended', 'approved'), ('suspended', 'revoked'), ('suspended', 'expired'), ('suspended', 'cancelled')
  ) THEN
    RAISE EXCEPTION 'a subscription cannot move from % to %', OLD.state, NEW.state USING ERRCODE = 'check_violation';
  END IF;
  IF current_tenant() IS NOT NULL AND NEW.tenant_id <> current_tenant() AND NEW.state <> OLD.state AND NEW.state <> 'cancelled' THEN
    RAISE EXCEPTION 'only the publisher decides on a subscription' USING ERRCODE = 'insufficient_privilege';
  END IF;
  IF (NEW.tenant_id, NEW.api_id, NEW.consumer_tenant_id, NEW.application_id)
     IS DISTINCT FROM (OLD.tenant_id, OLD.api_id, OLD.consumer_tenant_id, OLD.application_id) THEN
    RAISE EXCEPTION 'a subscription keeps its API and application' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER subscription_move BEFORE UPDATE ON subscriptions FOR EACH ROW EXECUTE FUNCTION check_subscription_move();

CREATE FUNCTION check_subscription_birth() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.state = 'requested' THEN RETURN NEW; END IF;
  IF NEW.state = 'approved' AND (
    current_tenant() IS NULL OR NEW.tenant_id = current_tenant()
    OR EXISTS (SELECT 1 FROM plans p WHERE p.tenant_id = NEW.tenant_id AND p.id = NEW.plan_id AND p.approval = 'auto')
  ) THEN RETURN NEW; END IF;
  RAISE EXCEPTION 'a subscription begins as requested' USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER subscription_birth BEFORE INSERT ON subscriptions FOR EACH ROW EXECUTE FUNCTION check_subscription_birth();

CREATE FUNCTION check_api_version_move() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.state <> OLD.state AND (OLD.state::text, NEW.state::text) NOT IN (
    ('draft', 'review'), ('draft', 'published'), ('review', 'draft'), ('review', 'published'),
    ('published', 'deprecated'), ('deprecated', 'published'), ('deprecated', 'retired'), ('published', 'retired')
  ) THEN
    RAISE EXCEPTION 'an API version cannot move from % to %', OLD.state, NEW.state USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER api_version_move BEFORE UPDATE ON api_versions FOR EACH ROW EXECUTE FUNCTION check_api_version_move();

ALTER TABLE users ADD CONSTRAINT users_email_lower CHECK (email = lower(email));
ALTER TABLE tenants ADD CONSTRAINT tenants_slug_form CHECK (slug ~ '^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$' AND slug NOT IN ('v1', 'api', 'healthz', 'readyz', 'metrics'));
ALTER TABLE model_prices ADD CONSTRAINT model_prices_not_negative CHECK (
  input_per_million_nano >= 0 AND cached_input_per_million_nano >= 0 AND output_per_million_nano >= 0
  AND reasoning_per_million_nano >= 0 AND per_request_nano >= 0);
ALTER TABLE usage_events ADD CONSTRAINT usage_events_counts CHECK (
  input_tokens >= 0 AND output_tokens >= 0 AND cached_input_tokens BETWEEN 0 AND input_tokens
  AND reasoning_tokens BETWEEN 0 AND output_tokens AND cost_nano >= 0 AND status BETWEEN 100 AND 599);

-- ── Machinery ────────────────────────────────────────────────────────────────────────────────────────────────────

-- Orders snapshot documents: taken under the document's lock before it is read.
CREATE SEQUENCE snapshot_version;
GRANT USAGE ON SEQUENCE snapshot_version TO parley_worker;

-- Wakes the relay; it polls as well, since a notice can be missed.
CREATE FUNCTION announce_outbox() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('parley_outbox', '');
  RETURN NULL;
END $$;
CREATE TRIGGER outbox_announce AFTER INSERT ON outbox_entries FOR EACH STATEMENT EXECUTE FUNCTION announce_outbox();
CREATE INDEX outbox_waiting ON outbox_entries (id) WHERE dispatched_at IS NULL;

-- Makes the day partitions of usage_events from one day to another, both included. Runs with the owner's rights, as
-- the worker owns no table.
CREATE FUNCTION ensure_usage_partitions(first_day date, last_day date) RETURNS integer
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  day date := first_day;
  name text;
  made integer := 0;
BEGIN
  IF last_day - first_day > 400 THEN
    RAISE EXCEPTION 'at most 400 days at once';
  END IF;
  WHILE day <= last_day LOOP
    name := 'usage_events_' || to_char(day, 'YYYYMMDD');
    IF to_regclass('public.' || name) IS NULL THEN
      PERFORM pg_advisory_xact_lock(hashtext('ensure_usage_partitions'));
      IF to_regclass('public.' || name) IS NULL THEN
        EXECUTE format('CREATE TABLE %I PARTITION OF usage_events FOR VALUES FROM (%L) TO (%L)', name, day, day + 1);
        made := made + 1;
      END IF;
    END IF;
    day := day + 1;
  END LOOP;
  RETURN made;
END $$;
REVOKE ALL ON FUNCTION ensure_usage_partitions(date, date) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ensure_usage_partitions(date, date) TO parley_worker;
SELECT ensure_usage_partitions(current_date - 2, current_date + 7);
