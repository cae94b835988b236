-- Why and when an invoice was voided or given up, and which of what happened to it outside of Stripe Stripe was told.

ALTER TABLE invoices ADD COLUMN ended_at timestamptz(6), ADD COLUMN end_reason text NOT NULL DEFAULT '';

-- `moved` counts what happened to the invoice outside of Stripe: a payment by bank, a credit note, its end. Stripe was told up to `told`.
ALTER TABLE stripe_invoices ADD COLUMN moved integer NOT NULL DEFAULT 0, ADD COLUMN told integer NOT NULL DEFAULT 0,
  ADD CONSTRAINT stripe_invoices_told CHECK (told BETWEEN 0 AND moved);
CREATE INDEX stripe_invoices_moved_idx ON stripe_invoices (next_try_at) WHERE state = 'open' AND told < moved;
GRANT UPDATE (moved, next_try_at) ON stripe_invoices TO parley_app;
