-- Who the parties to an invoice are in law, and the tax that is added to it. Empty texts are what is not known.

CREATE TABLE billing_profiles (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  legal_name text NOT NULL DEFAULT '',
  address text NOT NULL DEFAULT '',
  country text NOT NULL DEFAULT '',
  region text NOT NULL DEFAULT '',
  tax_id text NOT NULL DEFAULT '',
  email text NOT NULL DEFAULT '',
  payment_details text NOT NULL DEFAULT '',
  footer text NOT NULL DEFAULT '',
  updated_at timestamptz(6) NOT NULL DEFAULT now(),
  CONSTRAINT billing_profiles_pkey PRIMARY KEY (tenant_id, id),
  CONSTRAINT billing_profiles_place CHECK (country ~ '^([A-Z]{2})?$' AND region ~ '^[A-Z0-9]{0,3}$')
);
CREATE UNIQUE INDEX billing_profiles_tenant_id_key ON billing_profiles (tenant_id);

-- The customer's side, kept by the customer.
CREATE TABLE billing_account_details (
  tenant_id uuid NOT NULL,
  billing_account_id uuid NOT NULL,
  legal_name text NOT NULL DEFAULT '',
  address text NOT NULL DEFAULT '',
  country text NOT NULL DEFAULT '',
  region text NOT NULL DEFAULT '',
  tax_id text NOT NULL DEFAULT '',
  email text NOT NULL DEFAULT '',
  updated_at timestamptz(6) NOT NULL DEFAULT now(),
  CONSTRAINT billing_account_details_pkey PRIMARY KEY (tenant_id, billing_account_id),
  CONSTRAINT billing_account_details_account_fkey FOREIGN KEY (tenant_id, billing_account_id) REFERENCES billing_accounts (tenant_id, id),
  CONSTRAINT billing_account_details_place CHECK (country ~ '^([A-Z]{2})?$' AND region ~ '^[A-Z0-9]{0,3}$')
);

-- Customers that the publisher charges no tax, and why.
CREATE TABLE tax_exemptions (
  tenant_id uuid NOT NULL,
  billing_account_id uuid NOT NULL,
  reason text NOT NULL,
  created_by_id uuid,
  created_at timestamptz(6) NOT NULL DEFAULT now(),
  CONSTRAINT tax_exemptions_pkey PRIMARY KEY (tenant_id, billing_account_id),
  CONSTRAINT tax_exemptions_account_fkey FOREIGN KEY (tenant_id, billing_account_id) REFERENCES billing_accounts (tenant_id, id),
  CONSTRAINT tax_exemptions_reason CHECK (reason <> '')
);

-- A rate never changes: another is made and this one ends.
CREATE TABLE tax_rates (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  name text NOT NULL,
  -- Millionths of the net amount.
  ppm integer NOT NULL,
  -- Empty: customers of countries that no rate names.
  country text NOT NULL DEFAULT '',
  -- Empty: the whole country.
  region text NOT NULL DEFAULT '',
  reverse_charge boolean NOT NULL DEFAULT false,
  created_by_id uuid,
  created_at timestamptz(6) NOT NULL DEFAULT now(),
  archived_at timestamptz(6),
  CONSTRAINT tax_rates_pkey PRIMARY KEY (tenant_id, id),
  CONSTRAINT tax_rates_form CHECK (name <> '' AND ppm BETWEEN 0 AND 500000 AND country ~ '^([A-Z]{2})?$'
    AND region ~ '^[A-Z0-9]{0,3}$' AND (region = '' OR country <> ''))
);
CREATE INDEX tax_rates_current_idx ON tax_rates (tenant_id, id) WHERE archived_at IS NULL;

DO $$
DECLARE
  relation text;
BEGIN
  FOREACH relation IN ARRAY ARRAY['billing_profiles', 'billing_account_details', 'tax_exemptions', 'tax_rates']
  LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', relation);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', relation);
    EXECUTE format('CREATE POLICY worker ON %I TO parley_worker USING (true) WITH CHECK (true)', relation);
    EXECUTE format('GRANT SELECT ON %I TO parley_worker', relation);
    EXECUTE format('GRANT SELECT, INSERT ON %I TO parley_app', relation);
  END LOOP;
  FOREACH relation IN ARRAY ARRAY['billing_profiles', 'tax_exemptions', 'tax_rates']
  LOOP
    EXECUTE format('CREATE POLICY tenant ON %I TO parley_app USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant())', relation);
  END LOOP;
  -- Printed on the invoices of whoever is a customer, so no secret to them.
  FOREACH relation IN ARRAY ARRAY['billing_profiles', 'tax_rates']
  LOOP
    EXECUTE format('CREATE POLICY consumer ON %1$I FOR SELECT TO parley_app USING (
      EXISTS (SELECT 1 FROM billing_accounts a WHERE a.tenant_id = %1$I.tenant_id AND a.consumer_tenant_id = current_tenant()))', relation);
  END LOOP;
END $$;
GRANT UPDATE ON billing_profiles, billing_account_details, tax_rates TO parley_app;
GRANT DELETE ON tax_exemptions TO parley_app;

CREATE POLICY tenant ON billing_account_details FOR SELECT TO parley_app USING (tenant_id = current_tenant());
CREATE POLICY consumer ON billing_account_details TO parley_app
  USING (EXISTS (SELECT 1 FROM billing_accounts a WHERE a.tenant_id = billing_account_details.tenant_id
    AND a.id = billing_account_id AND a.consumer_tenant_id = current_tenant()))
  WITH CHECK (EXISTS (SELECT 1 FROM billing_accounts a WHERE a.tenant_id = billing_account_details.tenant_id
    AND a.id = billing_account_id AND a.consumer_tenant_id = current_tenant()));
CREATE POLICY consumer ON tax_exemptions FOR SELECT TO parley_app USING (
  EXISTS (SELECT 1 FROM billing_accounts a WHERE a.tenant_id = tax_exemptions.tenant_id
    AND a.id = billing_account_id AND a.consumer_tenant_id = current_tenant()));

CREATE FUNCTION check_tax_rate_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.archived_at IS NOT NULL OR (NEW.tenant_id, NEW.id, NEW.name, NEW.ppm, NEW.country, NEW.region, NEW.reverse_charge, NEW.created_at)
    IS DISTINCT FROM (OLD.tenant_id, OLD.id, OLD.name, OLD.ppm, OLD.country, OLD.region, OLD.reverse_charge, OLD.created_at) THEN
    RAISE EXCEPTION 'a tax rate does not change; it ends, and another is made' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER tax_rate_change BEFORE UPDATE ON tax_rates FOR EACH ROW EXECUTE FUNCTION check_tax_rate_change();

-- Rates with what came of each; null on invoices to which no rate applied.
ALTER TABLE invoices ADD COLUMN taxes jsonb;
ALTER TABLE credit_notes ADD COLUMN tax_nano bigint NOT NULL DEFAULT 0, ADD COLUMN taxes jsonb NOT NULL DEFAULT '[]',
  ADD CONSTRAINT credit_notes_tax CHECK (tax_nano BETWEEN 0 AND amount_nano);

-- As before, the taxes among what stays.
CREATE OR REPLACE FUNCTION check_invoice_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.state <> OLD.state AND (OLD.state::text, NEW.state::text) NOT IN (
    ('draft', 'open'), ('draft', 'paid'), ('open', 'paid'), ('open', 'void'), ('open', 'uncollectible'), ('uncollectible', 'paid')
  ) THEN
    RAISE EXCEPTION 'an invoice cannot move from % to %', OLD.state, NEW.state USING ERRCODE = 'check_violation';
  END IF;
  IF OLD.state <> 'draft' AND (NEW.tenant_id, NEW.id, NEW.billing_account_id, NEW.number, NEW.period, NEW.period_start, NEW.period_end, NEW.currency,
      NEW.parties, NEW.lines, NEW.subtotal_nano, NEW.credit_nano, NEW.rounding_nano, NEW.tax_nano, NEW.taxes, NEW.total_nano, NEW.ledger_sequence, NEW.hash, NEW.issued_at, NEW.due_at)
    IS DISTINCT FROM (OLD.tenant_id, OLD.id, OLD.billing_account_id, OLD.number, OLD.period, OLD.period_start, OLD.period_end, OLD.currency,
      OLD.parties, OLD.lines, OLD.subtotal_nano, OLD.credit_nano, OLD.rounding_nano, OLD.tax_nano, OLD.taxes, OLD.total_nano, OLD.ledger_sequence, OLD.hash, OLD.issued_at, OLD.due_at)
  THEN
    RAISE EXCEPTION 'an issued invoice does not change; a credit note or the next invoice corrects it' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.amount_paid_nano < OLD.amount_paid_nano OR NEW.credited_nano < OLD.credited_nano THEN
    RAISE EXCEPTION 'what was paid stays paid' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
