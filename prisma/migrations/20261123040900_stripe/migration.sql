-- What Parley has asked of the operator's Stripe account and heard from it. The ledger stays the truth: these rows say only
-- what was agreed with Stripe, so that nothing is asked or booked twice.

-- Webhooks as they came: the id, so that none counts twice, and what to look up. Not a tenant's table: whose event it is
-- turns out when it is worked on.
CREATE TYPE stripe_event_state AS ENUM ('waiting', 'done', 'failed');
CREATE TABLE stripe_events (
  id text NOT NULL,
  type text NOT NULL,
  -- The object it is about, and its customer; its content is read from Stripe anew.
  object_id text,
  customer_id text,
  created_at timestamptz(6) NOT NULL,
  received_at timestamptz(6) NOT NULL DEFAULT now(),
  state stripe_event_state NOT NULL DEFAULT 'waiting',
  tries integer NOT NULL DEFAULT 0,
  -- While somebody works on it, when it is taken up again should they have died.
  next_try_at timestamptz(6) NOT NULL DEFAULT now(),
  done_at timestamptz(6),
  last_error text NOT NULL DEFAULT '',
  -- What came of it, in words.
  outcome text NOT NULL DEFAULT '',
  publisher_id uuid,
  CONSTRAINT stripe_events_pkey PRIMARY KEY (id),
  CONSTRAINT stripe_events_done CHECK ((state = 'done') = (done_at IS NOT NULL))
);
CREATE INDEX stripe_events_due_idx ON stripe_events (next_try_at) WHERE state = 'waiting';
CREATE INDEX stripe_events_publisher_idx ON stripe_events (publisher_id, received_at);

-- Pages of Stripe's that a customer was sent to: to buy credit, or to leave a card.
CREATE TYPE stripe_checkout_kind AS ENUM ('topUp', 'card');
CREATE TYPE stripe_checkout_state AS ENUM ('open', 'completed', 'expired');
CREATE TABLE stripe_checkouts (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  billing_account_id uuid NOT NULL,
  kind stripe_checkout_kind NOT NULL,
  session_id text,
  payment_intent_id text,
  amount_nano bigint,
  currency text NOT NULL,
  grant_id uuid,
  state stripe_checkout_state NOT NULL DEFAULT 'open',
  created_by_id uuid,
  created_at timestamptz(6) NOT NULL DEFAULT now(),
  ended_at timestamptz(6),
  CONSTRAINT stripe_checkouts_pkey PRIMARY KEY (tenant_id, id),
  CONSTRAINT stripe_checkouts_account_fkey FOREIGN KEY (tenant_id, billing_account_id) REFERENCES billing_accounts (tenant_id, id),
  CONSTRAINT stripe_checkouts_amount CHECK ((kind = 'topUp') = (amount_nano IS NOT NULL) AND amount_nano > 0)
);
CREATE UNIQUE INDEX stripe_checkouts_session_id_key ON stripe_checkouts (session_id);
CREATE INDEX stripe_checkouts_payment_intent_idx ON stripe_checkouts (payment_intent_id);
CREATE INDEX stripe_checkouts_account_idx ON stripe_checkouts (tenant_id, billing_account_id, created_at);

-- The card that invoices are charged to, as far as it may be shown.
CREATE TABLE stripe_cards (
  tenant_id uuid NOT NULL,
  billing_account_id uuid NOT NULL,
  payment_method_id text NOT NULL,
  brand text NOT NULL,
  last4 text NOT NULL,
  exp_month integer NOT NULL,
  exp_year integer NOT NULL,
  updated_at timestamptz(6) NOT NULL DEFAULT now(),
  CONSTRAINT stripe_cards_pkey PRIMARY KEY (tenant_id, billing_account_id),
  CONSTRAINT stripe_cards_account_fkey FOREIGN KEY (tenant_id, billing_account_id) REFERENCES billing_accounts (tenant_id, id)
);

-- Parley's own invoices as Stripe's: `document` is what is to be mirrored, fixed when it was issued.
CREATE TYPE stripe_invoice_state AS ENUM ('waiting', 'open', 'paid', 'void', 'failed');
CREATE TABLE stripe_invoices (
  tenant_id uuid NOT NULL,
  invoice_id uuid NOT NULL,
  billing_account_id uuid NOT NULL,
  stripe_invoice_id text,
  document jsonb NOT NULL,
  state stripe_invoice_state NOT NULL DEFAULT 'waiting',
  attempts integer NOT NULL DEFAULT 0,
  -- Since when its payment fails; what follows from it depends on how long.
  failing_since timestamptz(6),
  paid_at timestamptz(6),
  tries integer NOT NULL DEFAULT 0,
  next_try_at timestamptz(6) NOT NULL DEFAULT now(),
  last_error text NOT NULL DEFAULT '',
  created_at timestamptz(6) NOT NULL DEFAULT now(),
  CONSTRAINT stripe_invoices_pkey PRIMARY KEY (tenant_id, invoice_id),
  CONSTRAINT stripe_invoices_account_fkey FOREIGN KEY (tenant_id, billing_account_id) REFERENCES billing_accounts (tenant_id, id)
);
CREATE UNIQUE INDEX stripe_invoices_stripe_invoice_id_key ON stripe_invoices (stripe_invoice_id);
CREATE INDEX stripe_invoices_due_idx ON stripe_invoices (next_try_at) WHERE state = 'waiting';
CREATE INDEX stripe_invoices_failing_idx ON stripe_invoices (failing_since) WHERE state = 'open' AND failing_since IS NOT NULL;
CREATE INDEX stripe_invoices_account_idx ON stripe_invoices (tenant_id, billing_account_id);

-- What a customer used in an hour, for Stripe's meters. `revision` grows with each change of the total, and names what is
-- sent: so a total that returns to an earlier value is not mistaken for the one sent before.
CREATE TABLE stripe_meter_totals (
  tenant_id uuid NOT NULL,
  billing_account_id uuid NOT NULL,
  meter text NOT NULL,
  hour timestamptz(6) NOT NULL,
  total bigint NOT NULL,
  revision integer NOT NULL DEFAULT 1,
  sent_revision integer NOT NULL DEFAULT 0,
  sent_at timestamptz(6),
  tries integer NOT NULL DEFAULT 0,
  next_try_at timestamptz(6) NOT NULL DEFAULT now(),
  last_error text NOT NULL DEFAULT '',
  CONSTRAINT stripe_meter_totals_pkey PRIMARY KEY (tenant_id, billing_account_id, meter, hour),
  CONSTRAINT stripe_meter_totals_account_fkey FOREIGN KEY (tenant_id, billing_account_id) REFERENCES billing_accounts (tenant_id, id),
  CONSTRAINT stripe_meter_totals_revision CHECK (sent_revision BETWEEN 0 AND revision)
);
CREATE INDEX stripe_meter_totals_due_idx ON stripe_meter_totals (next_try_at) WHERE sent_revision < revision;

-- One worker at a time sends a customer's totals: Stripe lets the last received stand.
CREATE TABLE stripe_meter_leases (
  tenant_id uuid NOT NULL,
  billing_account_id uuid NOT NULL,
  until timestamptz(6) NOT NULL,
  CONSTRAINT stripe_meter_leases_pkey PRIMARY KEY (tenant_id, billing_account_id),
  CONSTRAINT stripe_meter_leases_account_fkey FOREIGN KEY (tenant_id, billing_account_id) REFERENCES billing_accounts (tenant_id, id)
);

DO $$
DECLARE
  relation text;
BEGIN
  FOREACH relation IN ARRAY ARRAY['stripe_checkouts', 'stripe_cards', 'stripe_invoices', 'stripe_meter_totals', 'stripe_meter_leases']
  LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', relation);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', relation);
    EXECUTE format('CREATE POLICY tenant ON %I TO parley_app USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant())', relation);
    EXECUTE format('CREATE POLICY worker ON %I TO parley_worker USING (true) WITH CHECK (true)', relation);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO parley_worker', relation);
    EXECUTE format('GRANT SELECT ON %I TO parley_app', relation);
  END LOOP;
  FOREACH relation IN ARRAY ARRAY['stripe_checkouts', 'stripe_cards', 'stripe_invoices']
  LOOP
    EXECUTE format('CREATE POLICY consumer ON %1$I FOR SELECT TO parley_app USING (
      EXISTS (SELECT 1 FROM billing_accounts a WHERE a.tenant_id = %1$I.tenant_id AND a.id = billing_account_id AND a.consumer_tenant_id = current_tenant()))', relation);
  END LOOP;
END $$;
GRANT INSERT, UPDATE ON stripe_checkouts TO parley_app;
GRANT INSERT ON stripe_invoices TO parley_app;

ALTER TABLE stripe_events ENABLE ROW LEVEL SECURITY;
ALTER TABLE stripe_events FORCE ROW LEVEL SECURITY;
CREATE POLICY arrival ON stripe_events FOR INSERT TO parley_app WITH CHECK (state = 'waiting' AND publisher_id IS NULL);
CREATE POLICY publisher ON stripe_events FOR SELECT TO parley_app USING (publisher_id = current_tenant());
CREATE POLICY again ON stripe_events FOR UPDATE TO parley_app USING (publisher_id = current_tenant()) WITH CHECK (publisher_id = current_tenant());
CREATE POLICY worker ON stripe_events TO parley_worker USING (true) WITH CHECK (true);
GRANT SELECT, INSERT ON stripe_events TO parley_app;
GRANT UPDATE (state, tries, next_try_at) ON stripe_events TO parley_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON stripe_events TO parley_worker;
