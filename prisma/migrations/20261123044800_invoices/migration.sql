-- Invoices: what an account used in a month of the publisher's, frozen when the month is closed. What is found out later goes
-- onto the next one.

CREATE TYPE invoice_state AS ENUM ('draft', 'open', 'paid', 'void', 'uncollectible');

-- Numbers without gaps: taken in the transaction that uses them, so that one that fails gives its number back.
CREATE TABLE document_counters (
  tenant_id uuid NOT NULL,
  kind text NOT NULL,
  last integer NOT NULL,
  CONSTRAINT document_counters_pkey PRIMARY KEY (tenant_id, kind),
  CONSTRAINT document_counters_kind CHECK (kind IN ('invoice', 'credit_note') AND last > 0)
);

CREATE TABLE invoices (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  billing_account_id uuid NOT NULL,
  number integer NOT NULL,
  -- The publisher's month, 2026-11, and when it began and ended.
  period text NOT NULL,
  period_start timestamptz(6) NOT NULL,
  period_end timestamptz(6) NOT NULL,
  state invoice_state NOT NULL,
  currency text NOT NULL,
  -- Who bills whom, and the lines, as they were; pages and PDF are written from these alone.
  parties jsonb NOT NULL,
  lines jsonb NOT NULL,
  subtotal_nano bigint NOT NULL,
  -- Paid by credit; below zero, what a correction leaves over was kept as credit.
  credit_nano bigint NOT NULL,
  -- Up or down to the currency's smallest coin.
  rounding_nano bigint NOT NULL DEFAULT 0,
  tax_nano bigint NOT NULL DEFAULT 0,
  total_nano bigint NOT NULL,
  amount_paid_nano bigint NOT NULL DEFAULT 0,
  -- Taken off by credit notes.
  credited_nano bigint NOT NULL DEFAULT 0,
  -- The account's ledger up to here was read for it.
  ledger_sequence bigint NOT NULL,
  -- SHA-256 of all that was frozen; the ledger gives the same again.
  hash text NOT NULL,
  issued_at timestamptz(6) NOT NULL,
  due_at timestamptz(6) NOT NULL,
  paid_at timestamptz(6),
  stripe_invoice_id text,
  CONSTRAINT invoices_pkey PRIMARY KEY (tenant_id, id),
  CONSTRAINT invoices_account_fkey FOREIGN KEY (tenant_id, billing_account_id) REFERENCES billing_accounts (tenant_id, id),
  CONSTRAINT invoices_sums CHECK (total_nano = subtotal_nano - credit_nano + rounding_nano + tax_nano AND total_nano >= 0
    AND amount_paid_nano >= 0 AND credited_nano >= 0 AND amount_paid_nano + credited_nano <= total_nano),
  CONSTRAINT invoices_paid CHECK ((state = 'paid') = (paid_at IS NOT NULL)),
  CONSTRAINT invoices_period_form CHECK (period ~ '^\d{4}-(0[1-9]|1[0-2])$' AND period_end > period_start)
);
CREATE UNIQUE INDEX invoices_tenant_id_number_key ON invoices (tenant_id, number);
CREATE UNIQUE INDEX invoices_one_for_a_month_key ON invoices (tenant_id, billing_account_id, period);
CREATE UNIQUE INDEX invoices_stripe_invoice_id_key ON invoices (stripe_invoice_id);
CREATE INDEX invoices_open_idx ON invoices (tenant_id, due_at) WHERE state = 'open';

-- No subscription's month is invoiced twice, whatever else goes wrong.
CREATE TABLE invoice_subscriptions (
  tenant_id uuid NOT NULL,
  subscription_id uuid NOT NULL,
  period text NOT NULL,
  invoice_id uuid NOT NULL,
  CONSTRAINT invoice_subscriptions_pkey PRIMARY KEY (tenant_id, subscription_id, period),
  CONSTRAINT invoice_subscriptions_invoice_fkey FOREIGN KEY (tenant_id, invoice_id) REFERENCES invoices (tenant_id, id)
);

CREATE TABLE credit_notes (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  invoice_id uuid NOT NULL,
  number integer NOT NULL,
  amount_nano bigint NOT NULL,
  -- How much of it lowered what the invoice asked for; the rest is owed back.
  off_invoice_nano bigint NOT NULL,
  reason text NOT NULL,
  key text NOT NULL,
  created_by_id uuid,
  created_at timestamptz(6) NOT NULL DEFAULT now(),
  CONSTRAINT credit_notes_pkey PRIMARY KEY (tenant_id, id),
  CONSTRAINT credit_notes_invoice_fkey FOREIGN KEY (tenant_id, invoice_id) REFERENCES invoices (tenant_id, id),
  CONSTRAINT credit_notes_amount CHECK (amount_nano > 0 AND off_invoice_nano BETWEEN 0 AND amount_nano)
);
CREATE UNIQUE INDEX credit_notes_tenant_id_number_key ON credit_notes (tenant_id, number);
CREATE UNIQUE INDEX credit_notes_tenant_id_key_key ON credit_notes (tenant_id, key);
CREATE INDEX credit_notes_invoice_idx ON credit_notes (tenant_id, invoice_id);

DO $$
DECLARE
  relation text;
BEGIN
  FOREACH relation IN ARRAY ARRAY['document_counters', 'invoices', 'invoice_subscriptions', 'credit_notes']
  LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', relation);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', relation);
    EXECUTE format('CREATE POLICY tenant ON %I TO parley_app USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant())', relation);
    EXECUTE format('CREATE POLICY worker ON %I TO parley_worker USING (true) WITH CHECK (true)', relation);
    EXECUTE format('GRANT SELECT, INSERT ON %I TO parley_app, parley_worker', relation);
  END LOOP;
END $$;
GRANT UPDATE ON document_counters, invoices TO parley_app, parley_worker;

CREATE POLICY consumer ON invoices FOR SELECT TO parley_app USING (
  state <> 'draft' AND EXISTS (SELECT 1 FROM billing_accounts a
    WHERE a.tenant_id = invoices.tenant_id AND a.id = billing_account_id AND a.consumer_tenant_id = current_tenant()));
CREATE POLICY consumer ON credit_notes FOR SELECT TO parley_app USING (
  EXISTS (SELECT 1 FROM invoices i WHERE i.tenant_id = credit_notes.tenant_id AND i.id = invoice_id));

-- An issued invoice stays as it is; only what has been paid and taken off it moves, and its state as the domain's table says.
CREATE FUNCTION check_invoice_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.state <> OLD.state AND (OLD.state::text, NEW.state::text) NOT IN (
    ('draft', 'open'), ('draft', 'paid'), ('open', 'paid'), ('open', 'void'), ('open', 'uncollectible'), ('uncollectible', 'paid')
  ) THEN
    RAISE EXCEPTION 'an invoice cannot move from % to %', OLD.state, NEW.state USING ERRCODE = 'check_violation';
  END IF;
  IF OLD.state <> 'draft' AND (NEW.tenant_id, NEW.id, NEW.billing_account_id, NEW.number, NEW.period, NEW.period_start, NEW.period_end, NEW.currency,
      NEW.parties, NEW.lines, NEW.subtotal_nano, NEW.credit_nano, NEW.rounding_nano, NEW.tax_nano, NEW.total_nano, NEW.ledger_sequence, NEW.hash, NEW.issued_at, NEW.due_at)
    IS DISTINCT FROM (OLD.tenant_id, OLD.id, OLD.billing_account_id, OLD.number, OLD.period, OLD.period_start, OLD.period_end, OLD.currency,
      OLD.parties, OLD.lines, OLD.subtotal_nano, OLD.credit_nano, OLD.rounding_nano, OLD.tax_nano, OLD.total_nano, OLD.ledger_sequence, OLD.hash, OLD.issued_at, OLD.due_at)
  THEN
    RAISE EXCEPTION 'an issued invoice does not change; a credit note or the next invoice corrects it' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.amount_paid_nano < OLD.amount_paid_nano OR NEW.credited_nano < OLD.credited_nano THEN
    RAISE EXCEPTION 'what was paid stays paid' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER invoice_change BEFORE UPDATE ON invoices FOR EACH ROW EXECUTE FUNCTION check_invoice_change();
CREATE TRIGGER invoice_subscriptions_append_only BEFORE UPDATE OR DELETE ON invoice_subscriptions FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER credit_notes_append_only BEFORE UPDATE OR DELETE ON credit_notes FOR EACH ROW EXECUTE FUNCTION refuse_change();
