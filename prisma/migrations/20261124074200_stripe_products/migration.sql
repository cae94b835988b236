-- Priced plans as Stripe has them: a product each, so that Stripe's own reports name what was sold.
CREATE TABLE stripe_products (
  tenant_id uuid NOT NULL,
  plan_id uuid NOT NULL,
  -- As Stripe was told; once the plan says otherwise, Stripe is told again.
  name text NOT NULL,
  active boolean NOT NULL,
  synced_at timestamptz(6) NOT NULL DEFAULT now(),
  CONSTRAINT stripe_products_pkey PRIMARY KEY (tenant_id, plan_id),
  CONSTRAINT stripe_products_plan_fkey FOREIGN KEY (tenant_id, plan_id) REFERENCES plans (tenant_id, id) ON DELETE CASCADE
);
ALTER TABLE stripe_products ENABLE ROW LEVEL SECURITY;
ALTER TABLE stripe_products FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON stripe_products TO parley_app USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());
CREATE POLICY worker ON stripe_products TO parley_worker USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON stripe_products TO parley_worker;
GRANT SELECT ON stripe_products TO parley_app;

-- When gateways were told that a grant's time is over: at once, a while before what is left of it is booked.
ALTER TABLE credit_grants ADD COLUMN end_told_at timestamptz(6);
