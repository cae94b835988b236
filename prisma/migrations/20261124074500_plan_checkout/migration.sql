-- A page of Stripe's that leads to another plan: its fee is paid and a card left there, then the subscription moves.
ALTER TYPE stripe_checkout_kind ADD VALUE 'plan';
ALTER TABLE stripe_checkouts
  ADD COLUMN subscription_id uuid,
  ADD COLUMN plan_id uuid,
  DROP CONSTRAINT stripe_checkouts_amount,
  -- Compared as text: a new value of an enum cannot be named in the transaction that adds it.
  ADD CONSTRAINT stripe_checkouts_amount CHECK (
    amount_nano > 0
    AND (kind::text <> 'topUp' OR amount_nano IS NOT NULL) AND (kind::text <> 'card' OR amount_nano IS NULL)),
  ADD CONSTRAINT stripe_checkouts_plan CHECK (
    (kind::text = 'plan') = (plan_id IS NOT NULL) AND (plan_id IS NULL) = (subscription_id IS NULL));
