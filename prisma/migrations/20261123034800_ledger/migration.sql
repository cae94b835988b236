-- Who owes whom: one account for each publisher and customer, credit given on it, and a double-entry ledger that is only
-- ever appended to. Debits are positive, credits negative; amounts are nano-units of the account's currency.

CREATE TYPE billing_standing AS ENUM ('good', 'grace', 'restricted', 'suspended');
CREATE TYPE credit_kind AS ENUM ('promotional', 'purchased');
CREATE TYPE credit_end AS ENUM ('expired', 'voided');

CREATE TABLE billing_accounts (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  consumer_tenant_id uuid NOT NULL,
  currency text NOT NULL,
  standing billing_standing NOT NULL DEFAULT 'good',
  standing_since timestamptz(6) NOT NULL DEFAULT now(),
  standing_reason text NOT NULL DEFAULT '',
  stripe_customer_id text,
  -- How many transactions its ledger holds: taken under the row's lock, so that the numbers are their serial order.
  ledger_sequence bigint NOT NULL DEFAULT 0,
  created_at timestamptz(6) NOT NULL DEFAULT now(),
  CONSTRAINT billing_accounts_pkey PRIMARY KEY (tenant_id, id),
  CONSTRAINT billing_accounts_currency_form CHECK (currency ~ '^[A-Z]{3}$')
);
CREATE UNIQUE INDEX billing_accounts_tenant_id_consumer_tenant_id_key ON billing_accounts (tenant_id, consumer_tenant_id);
CREATE UNIQUE INDEX billing_accounts_stripe_customer_id_key ON billing_accounts (stripe_customer_id);
CREATE INDEX billing_accounts_consumer_tenant_id_idx ON billing_accounts (consumer_tenant_id);

CREATE TABLE credit_grants (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  billing_account_id uuid NOT NULL,
  kind credit_kind NOT NULL,
  currency text NOT NULL,
  amount_nano bigint NOT NULL,
  priority integer NOT NULL DEFAULT 50,
  expires_at timestamptz(6),
  note text NOT NULL DEFAULT '',
  created_by_id uuid,
  created_at timestamptz(6) NOT NULL DEFAULT now(),
  ended_at timestamptz(6),
  end_kind credit_end,
  -- What was left of it when it ended.
  ended_nano bigint NOT NULL DEFAULT 0,
  CONSTRAINT credit_grants_pkey PRIMARY KEY (tenant_id, id),
  CONSTRAINT credit_grants_account_fkey FOREIGN KEY (tenant_id, billing_account_id) REFERENCES billing_accounts (tenant_id, id),
  CONSTRAINT credit_grants_amount CHECK (amount_nano > 0 AND ended_nano BETWEEN 0 AND amount_nano),
  CONSTRAINT credit_grants_priority CHECK (priority BETWEEN 0 AND 100),
  CONSTRAINT credit_grants_end CHECK ((ended_at IS NULL) = (end_kind IS NULL))
);
CREATE INDEX credit_grants_live_idx ON credit_grants (tenant_id, billing_account_id) WHERE ended_at IS NULL;
CREATE INDEX credit_grants_expiring_idx ON credit_grants (expires_at) WHERE ended_at IS NULL;

CREATE TABLE ledger_transactions (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  billing_account_id uuid NOT NULL,
  -- Place in the account's serial order, from 1 without gaps.
  sequence bigint NOT NULL,
  kind text NOT NULL,
  -- The operation this is; a repeat under the same key finds it instead of posting again.
  key text NOT NULL,
  -- SHA-256 of what was asked, so that one key is never used for two different things.
  request_hash text NOT NULL,
  subscription_id uuid,
  occurred_at timestamptz(6) NOT NULL,
  booked_at timestamptz(6) NOT NULL DEFAULT now(),
  corrects_id uuid,
  note text NOT NULL DEFAULT '',
  CONSTRAINT ledger_transactions_pkey PRIMARY KEY (tenant_id, id),
  CONSTRAINT ledger_transactions_account_fkey FOREIGN KEY (tenant_id, billing_account_id) REFERENCES billing_accounts (tenant_id, id),
  CONSTRAINT ledger_transactions_corrects_fkey FOREIGN KEY (tenant_id, corrects_id) REFERENCES ledger_transactions (tenant_id, id)
);
CREATE UNIQUE INDEX ledger_transactions_tenant_id_key_key ON ledger_transactions (tenant_id, key);
CREATE UNIQUE INDEX ledger_transactions_order_key ON ledger_transactions (tenant_id, billing_account_id, sequence);

CREATE TABLE ledger_entries (
  tenant_id uuid NOT NULL,
  transaction_id uuid NOT NULL,
  position integer NOT NULL,
  billing_account_id uuid NOT NULL,
  account text NOT NULL,
  grant_id uuid,
  invoice_id uuid,
  -- Calendar month of the publisher, YYYY-MM, whose use this is about.
  period text,
  currency text NOT NULL,
  amount_nano bigint NOT NULL,
  CONSTRAINT ledger_entries_pkey PRIMARY KEY (tenant_id, transaction_id, position),
  CONSTRAINT ledger_entries_transaction_fkey FOREIGN KEY (tenant_id, transaction_id) REFERENCES ledger_transactions (tenant_id, id),
  CONSTRAINT ledger_entries_account_fkey FOREIGN KEY (tenant_id, billing_account_id) REFERENCES billing_accounts (tenant_id, id),
  CONSTRAINT ledger_entries_grant_fkey FOREIGN KEY (tenant_id, grant_id) REFERENCES credit_grants (tenant_id, id),
  CONSTRAINT ledger_entries_account_name CHECK (account IN ('unbilled', 'receivable', 'cash', 'credit_purchased', 'credit_promotional',
    'promotion', 'breakage', 'publisher_share', 'platform_share', 'tax', 'write_off', 'refund')),
  CONSTRAINT ledger_entries_not_nothing CHECK (amount_nano <> 0),
  CONSTRAINT ledger_entries_item CHECK (
    (account IN ('credit_purchased', 'credit_promotional')) = (grant_id IS NOT NULL)
    AND (account <> 'unbilled' OR period IS NOT NULL)
    AND (period IS NULL OR period ~ '^\d{4}-(0[1-9]|1[0-2])$'))
);
CREATE INDEX ledger_entries_account_idx ON ledger_entries (tenant_id, billing_account_id, account);
CREATE INDEX ledger_entries_grant_idx ON ledger_entries (tenant_id, grant_id) WHERE grant_id IS NOT NULL;

-- Sums of the entries, kept by a trigger in the same transaction. `item`: the grant of a credit, the month of what is
-- unbilled, the invoice of what is receivable; empty for the rest.
CREATE TABLE ledger_balances (
  tenant_id uuid NOT NULL,
  billing_account_id uuid NOT NULL,
  account text NOT NULL,
  item text NOT NULL,
  currency text NOT NULL,
  amount_nano bigint NOT NULL,
  CONSTRAINT ledger_balances_pkey PRIMARY KEY (tenant_id, billing_account_id, account, item),
  CONSTRAINT ledger_balances_account_fkey FOREIGN KEY (tenant_id, billing_account_id) REFERENCES billing_accounts (tenant_id, id),
  CONSTRAINT ledger_balances_no_overdraft CHECK (CASE
    WHEN account IN ('credit_purchased', 'credit_promotional', 'refund') THEN amount_nano <= 0
    WHEN account IN ('receivable', 'cash') THEN amount_nano >= 0
    ELSE true END)
);

-- What was rated, line by line, as differences to what had been accrued before: an invoice is their sum.
CREATE TABLE accrual_lines (
  tenant_id uuid NOT NULL,
  transaction_id uuid NOT NULL,
  position integer NOT NULL,
  billing_account_id uuid NOT NULL,
  subscription_id uuid NOT NULL,
  period text NOT NULL,
  line text NOT NULL,
  quantity bigint NOT NULL,
  amount_nano bigint NOT NULL,
  -- The line as it was rated: name, quantity and amount to date, what was included, price version, hash of the rollups read.
  rated jsonb NOT NULL,
  CONSTRAINT accrual_lines_pkey PRIMARY KEY (tenant_id, transaction_id, position),
  CONSTRAINT accrual_lines_transaction_fkey FOREIGN KEY (tenant_id, transaction_id) REFERENCES ledger_transactions (tenant_id, id),
  CONSTRAINT accrual_lines_account_fkey FOREIGN KEY (tenant_id, billing_account_id) REFERENCES billing_accounts (tenant_id, id),
  CONSTRAINT accrual_lines_period_form CHECK (period ~ '^\d{4}-(0[1-9]|1[0-2])$')
);
CREATE INDEX accrual_lines_subscription_idx ON accrual_lines (tenant_id, subscription_id, period);
CREATE INDEX accrual_lines_account_idx ON accrual_lines (tenant_id, billing_account_id, period);

-- ── Who may see and do what ──────────────────────────────────────────────────────────────────────────────────────

DO $$
DECLARE
  relation text;
BEGIN
  FOREACH relation IN ARRAY ARRAY['billing_accounts', 'credit_grants', 'ledger_transactions', 'ledger_entries', 'ledger_balances', 'accrual_lines']
  LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', relation);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', relation);
    EXECUTE format('CREATE POLICY tenant ON %I TO parley_app USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant())', relation);
    EXECUTE format('CREATE POLICY worker ON %I TO parley_worker USING (true) WITH CHECK (true)', relation);
    EXECUTE format('GRANT SELECT, INSERT ON %I TO parley_app, parley_worker', relation);
  END LOOP;
END $$;
GRANT UPDATE ON billing_accounts, credit_grants, ledger_balances TO parley_app, parley_worker;

-- The customer reads its own side; how revenue is shared is the publisher's business.
CREATE POLICY consumer ON billing_accounts FOR SELECT TO parley_app USING (consumer_tenant_id = current_tenant());
CREATE POLICY consumer ON credit_grants FOR SELECT TO parley_app USING (
  EXISTS (SELECT 1 FROM billing_accounts a WHERE a.tenant_id = credit_grants.tenant_id AND a.id = billing_account_id AND a.consumer_tenant_id = current_tenant()));
CREATE POLICY consumer ON ledger_transactions FOR SELECT TO parley_app USING (
  EXISTS (SELECT 1 FROM billing_accounts a WHERE a.tenant_id = ledger_transactions.tenant_id AND a.id = billing_account_id AND a.consumer_tenant_id = current_tenant()));
CREATE POLICY consumer ON ledger_entries FOR SELECT TO parley_app USING (
  account NOT IN ('publisher_share', 'platform_share', 'promotion', 'breakage', 'write_off')
  AND EXISTS (SELECT 1 FROM billing_accounts a WHERE a.tenant_id = ledger_entries.tenant_id AND a.id = billing_account_id AND a.consumer_tenant_id = current_tenant()));
CREATE POLICY consumer ON ledger_balances FOR SELECT TO parley_app USING (
  account NOT IN ('publisher_share', 'platform_share', 'promotion', 'breakage', 'write_off')
  AND EXISTS (SELECT 1 FROM billing_accounts a WHERE a.tenant_id = ledger_balances.tenant_id AND a.id = billing_account_id AND a.consumer_tenant_id = current_tenant()));
CREATE POLICY consumer ON accrual_lines FOR SELECT TO parley_app USING (
  EXISTS (SELECT 1 FROM billing_accounts a WHERE a.tenant_id = accrual_lines.tenant_id AND a.id = billing_account_id AND a.consumer_tenant_id = current_tenant()));

-- A plan that approves by itself makes the account from the customer's side: empty, in good standing, in the publisher's currency.
CREATE POLICY consumer_birth ON billing_accounts FOR INSERT TO parley_app WITH CHECK (
  consumer_tenant_id = current_tenant() AND standing = 'good' AND stripe_customer_id IS NULL AND ledger_sequence = 0
  AND currency = (SELECT t.currency FROM tenants t WHERE t.id = tenant_id)
  AND EXISTS (SELECT 1 FROM subscriptions s WHERE s.tenant_id = billing_accounts.tenant_id AND s.consumer_tenant_id = billing_accounts.consumer_tenant_id));

-- ── Rules ────────────────────────────────────────────────────────────────────────────────────────────────────────

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is only appended to; a correction is a new transaction', TG_TABLE_NAME USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER ledger_transactions_append_only BEFORE UPDATE OR DELETE ON ledger_transactions FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER ledger_entries_append_only BEFORE UPDATE OR DELETE ON ledger_entries FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER accrual_lines_append_only BEFORE UPDATE OR DELETE ON accrual_lines FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER ledger_transactions_not_emptied BEFORE TRUNCATE ON ledger_transactions FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER ledger_entries_not_emptied BEFORE TRUNCATE ON ledger_entries FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Booked when it is booked: nobody writes into the past, and entries come with their transaction or not at all.
CREATE FUNCTION book_transaction() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.booked_at := now();
  RETURN NEW;
END $$;
CREATE TRIGGER ledger_transactions_booked BEFORE INSERT ON ledger_transactions FOR EACH ROW EXECUTE FUNCTION book_transaction();

CREATE FUNCTION book_entry() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (
    SELECT 1 FROM ledger_transactions t JOIN billing_accounts a ON a.tenant_id = t.tenant_id AND a.id = t.billing_account_id
    WHERE t.tenant_id = NEW.tenant_id AND t.id = NEW.transaction_id AND t.billing_account_id = NEW.billing_account_id
      AND t.booked_at = now() AND a.currency = NEW.currency
  ) THEN
    RAISE EXCEPTION 'an entry is booked with its transaction, on its account and in its currency' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER ledger_entries_booked BEFORE INSERT ON ledger_entries FOR EACH ROW EXECUTE FUNCTION book_entry();

CREATE FUNCTION keep_balance() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  named text := CASE
    WHEN NEW.grant_id IS NOT NULL THEN NEW.grant_id::text
    WHEN NEW.account = 'unbilled' THEN NEW.period
    WHEN NEW.account = 'receivable' THEN coalesce(NEW.invoice_id::text, '')
    ELSE '' END;
BEGIN
  -- Not ON CONFLICT: that would hold the lone amount against the checks, before it is added to what is there.
  UPDATE ledger_balances SET amount_nano = amount_nano + NEW.amount_nano
    WHERE tenant_id = NEW.tenant_id AND billing_account_id = NEW.billing_account_id AND account = NEW.account AND item = named;
  IF NOT FOUND THEN
    INSERT INTO ledger_balances VALUES (NEW.tenant_id, NEW.billing_account_id, NEW.account, named, NEW.currency, NEW.amount_nano);
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER ledger_entries_balance AFTER INSERT ON ledger_entries FOR EACH ROW EXECUTE FUNCTION keep_balance();

-- At commit: at least two entries (an accrual of included use has none, only lines), and in each currency they sum to nothing.
CREATE FUNCTION check_transaction_sum() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  entries integer;
BEGIN
  SELECT count(*) INTO entries FROM ledger_entries e WHERE e.tenant_id = NEW.tenant_id AND e.transaction_id = NEW.id;
  IF entries < 2 AND NOT (NEW.kind = 'accrual' AND entries = 0) THEN
    RAISE EXCEPTION 'ledger transaction % has % entries', NEW.key, entries USING ERRCODE = 'check_violation';
  END IF;
  IF EXISTS (
    SELECT 1 FROM ledger_entries e WHERE e.tenant_id = NEW.tenant_id AND e.transaction_id = NEW.id
    GROUP BY e.currency HAVING sum(e.amount_nano) <> 0
  ) THEN
    RAISE EXCEPTION 'ledger transaction % does not sum to zero', NEW.key USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER ledger_transactions_sum AFTER INSERT ON ledger_transactions
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION check_transaction_sum();

-- The same table of moves as the domain's.
CREATE FUNCTION check_billing_account() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.standing <> OLD.standing AND (OLD.standing::text, NEW.standing::text) NOT IN (
    ('good', 'grace'), ('good', 'suspended'),
    ('grace', 'good'), ('grace', 'restricted'), ('grace', 'suspended'),
    ('restricted', 'good'), ('restricted', 'suspended'),
    ('suspended', 'good')
  ) THEN
    RAISE EXCEPTION 'an account cannot move from % to %', OLD.standing, NEW.standing USING ERRCODE = 'check_violation';
  END IF;
  IF (NEW.tenant_id, NEW.id, NEW.consumer_tenant_id, NEW.currency, NEW.created_at)
     IS DISTINCT FROM (OLD.tenant_id, OLD.id, OLD.consumer_tenant_id, OLD.currency, OLD.created_at)
     OR NEW.ledger_sequence < OLD.ledger_sequence THEN
    RAISE EXCEPTION 'a billing account keeps its customer and currency' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER billing_account_move BEFORE UPDATE ON billing_accounts FOR EACH ROW EXECUTE FUNCTION check_billing_account();

CREATE FUNCTION check_grant_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.ended_at IS NOT NULL THEN
    RAISE EXCEPTION 'a grant ends once' USING ERRCODE = 'check_violation';
  END IF;
  IF (NEW.tenant_id, NEW.id, NEW.billing_account_id, NEW.kind, NEW.currency, NEW.amount_nano, NEW.priority, NEW.expires_at, NEW.created_at)
     IS DISTINCT FROM (OLD.tenant_id, OLD.id, OLD.billing_account_id, OLD.kind, OLD.currency, OLD.amount_nano, OLD.priority, OLD.expires_at, OLD.created_at) THEN
    RAISE EXCEPTION 'a grant does not change; it is voided, and another given' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER credit_grant_change BEFORE UPDATE ON credit_grants FOR EACH ROW EXECUTE FUNCTION check_grant_change();

-- Prices and accounts are in the publisher's currency: it stays once somebody has an account.
CREATE FUNCTION check_tenant_currency() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.currency <> OLD.currency AND EXISTS (SELECT 1 FROM billing_accounts a WHERE a.tenant_id = NEW.id) THEN
    RAISE EXCEPTION 'the currency stays once a customer has a billing account' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER tenant_currency BEFORE UPDATE OF currency ON tenants FOR EACH ROW EXECUTE FUNCTION check_tenant_currency();
