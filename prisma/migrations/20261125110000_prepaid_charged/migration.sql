-- What a customer's calls were charged on plans that are paid from credit, ever: gateways let no more in than this and the credit left.
ALTER TABLE billing_accounts ADD COLUMN prepaid_charged_nano bigint NOT NULL DEFAULT 0;

-- Kept beside the lines themselves, whichever release of the worker writes them; the account's row is locked when it does.
CREATE FUNCTION sum_prepaid_lines() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE billing_accounts a SET prepaid_charged_nano = a.prepaid_charged_nano + s.amount
  FROM (
    SELECT l.tenant_id, l.billing_account_id, sum(l.amount_nano)::bigint AS amount
    FROM added l JOIN plan_prices p ON p.tenant_id = l.tenant_id AND p.id::text = l.rated ->> 'priceId'
    WHERE p.pricing ->> 'collection' = 'prepaid'
    GROUP BY 1, 2
  ) AS s
  WHERE a.tenant_id = s.tenant_id AND a.id = s.billing_account_id AND s.amount <> 0;
  RETURN NULL;
END $$;
CREATE TRIGGER accrual_lines_prepaid AFTER INSERT ON accrual_lines
  REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION sum_prepaid_lines();

-- What stands already is everybody's: row-level security would hide it from the tables' owner.
ALTER TABLE billing_accounts NO FORCE ROW LEVEL SECURITY;
ALTER TABLE accrual_lines NO FORCE ROW LEVEL SECURITY;
ALTER TABLE plan_prices NO FORCE ROW LEVEL SECURITY;
UPDATE billing_accounts a SET prepaid_charged_nano = s.amount
FROM (
  SELECT l.tenant_id, l.billing_account_id, sum(l.amount_nano)::bigint AS amount
  FROM accrual_lines l JOIN plan_prices p ON p.tenant_id = l.tenant_id AND p.id::text = l.rated ->> 'priceId'
  WHERE p.pricing ->> 'collection' = 'prepaid'
  GROUP BY 1, 2
) AS s
WHERE a.tenant_id = s.tenant_id AND a.id = s.billing_account_id;
ALTER TABLE billing_accounts FORCE ROW LEVEL SECURITY;
ALTER TABLE accrual_lines FORCE ROW LEVEL SECURITY;
ALTER TABLE plan_prices FORCE ROW LEVEL SECURITY;

-- A customer makes its account as empty as before.
ALTER POLICY consumer_birth ON billing_accounts WITH CHECK (
  consumer_tenant_id = current_tenant() AND standing = 'good' AND stripe_customer_id IS NULL AND ledger_sequence = 0 AND prepaid_charged_nano = 0
  AND currency = (SELECT t.currency FROM tenants t WHERE t.id = tenant_id)
  AND EXISTS (SELECT 1 FROM subscriptions s WHERE s.tenant_id = billing_accounts.tenant_id AND s.consumer_tenant_id = billing_accounts.consumer_tenant_id));
