-- What plans cost, which price each subscription stands under from when to when, and what it used, ready to be rated.

-- Usage is summed by quarters of an hour for bills: every zone's midnight, so every month's beginning, is at the begin of one.
CREATE FUNCTION next_quarter_hour(at timestamptz) RETURNS timestamptz LANGUAGE sql IMMUTABLE PARALLEL SAFE
  AS $$ SELECT date_bin('15 minutes', at + interval '15 minutes' - interval '1 microsecond', '2000-01-01 00:00:00+00') $$;

-- Versions of a plan's price, only ever appended to. `pricing` is contracts' plan-pricing.
CREATE TABLE plan_prices (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  plan_id uuid NOT NULL,
  number integer NOT NULL,
  currency text NOT NULL,
  pricing jsonb NOT NULL,
  effective_from timestamptz(6) NOT NULL,
  -- Whether those who are on the plan already move to it, or only who comes after.
  for_subscribers boolean NOT NULL DEFAULT true,
  created_by_id uuid,
  created_at timestamptz(6) NOT NULL DEFAULT now(),
  CONSTRAINT plan_prices_pkey PRIMARY KEY (tenant_id, id),
  CONSTRAINT plan_prices_plan_fkey FOREIGN KEY (tenant_id, plan_id) REFERENCES plans (tenant_id, id) ON DELETE CASCADE ON UPDATE CASCADE,
  CONSTRAINT plan_prices_currency_form CHECK (currency ~ '^[A-Z]{3}$')
);
CREATE UNIQUE INDEX plan_prices_tenant_id_plan_id_number_key ON plan_prices (tenant_id, plan_id, number);
CREATE UNIQUE INDEX plan_prices_tenant_id_plan_id_effective_from_key ON plan_prices (tenant_id, plan_id, effective_from);

-- Kept by triggers alone. A subscription to a plan without a price has none; while it is suspended neither.
CREATE TABLE subscription_segments (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  subscription_id uuid NOT NULL,
  plan_id uuid NOT NULL,
  price_id uuid NOT NULL,
  from_at timestamptz(6) NOT NULL,
  until_at timestamptz(6),
  CONSTRAINT subscription_segments_pkey PRIMARY KEY (tenant_id, id),
  CONSTRAINT subscription_segments_subscription_fkey FOREIGN KEY (tenant_id, subscription_id) REFERENCES subscriptions (tenant_id, id) ON DELETE RESTRICT ON UPDATE CASCADE,
  CONSTRAINT subscription_segments_price_fkey FOREIGN KEY (tenant_id, price_id) REFERENCES plan_prices (tenant_id, id) ON DELETE RESTRICT ON UPDATE CASCADE,
  CONSTRAINT subscription_segments_order CHECK (until_at > from_at)
);
CREATE UNIQUE INDEX subscription_segments_begin_key ON subscription_segments (tenant_id, subscription_id, from_at);
CREATE UNIQUE INDEX subscription_segments_open_key ON subscription_segments (tenant_id, subscription_id) WHERE until_at IS NULL;
CREATE INDEX subscription_segments_plan_idx ON subscription_segments (tenant_id, plan_id) WHERE until_at IS NULL;

-- Recomputed from usage events with usage_rollups; calls of the gateway's own are not in it. Quantities are the meters of
-- contracts' plan-pricing. `event_hash` changes with the set of events.
CREATE TABLE billing_rollups (
  tenant_id uuid NOT NULL,
  subscription_id uuid NOT NULL,
  hour timestamptz(6) NOT NULL,
  quarter smallint NOT NULL,
  plan_id uuid NOT NULL,
  model text NOT NULL,
  outcome text NOT NULL,
  currency text NOT NULL,
  consumer_tenant_id uuid NOT NULL,
  event_count bigint NOT NULL,
  input_tokens bigint NOT NULL,
  cached_input_tokens bigint NOT NULL,
  cache_write_input_tokens bigint NOT NULL,
  output_tokens bigint NOT NULL,
  reasoning_tokens bigint NOT NULL,
  total_tokens bigint NOT NULL,
  response_bytes bigint NOT NULL,
  cost_nano bigint NOT NULL,
  event_hash bigint NOT NULL,
  CONSTRAINT billing_rollups_pkey PRIMARY KEY (tenant_id, subscription_id, hour, quarter, plan_id, model, outcome, currency),
  CONSTRAINT billing_rollups_quarter CHECK (quarter BETWEEN 0 AND 3)
);
CREATE INDEX billing_rollups_hour_idx ON billing_rollups (tenant_id, hour);
CREATE INDEX billing_rollups_consumer_tenant_id_hour_idx ON billing_rollups (consumer_tenant_id, hour);

-- Subscriptions whose usage or price changed since they were rated last, and since when.
CREATE TABLE rating_marks (
  tenant_id uuid NOT NULL,
  subscription_id uuid NOT NULL,
  since timestamptz(6) NOT NULL,
  generation bigint NOT NULL DEFAULT 1,
  marked_at timestamptz(6) NOT NULL DEFAULT now(),
  CONSTRAINT rating_marks_pkey PRIMARY KEY (tenant_id, subscription_id)
);
CREATE INDEX rating_marks_marked_at_idx ON rating_marks (marked_at);

-- ── Who may see and do what ──────────────────────────────────────────────────────────────────────────────────────

DO $$
DECLARE
  relation text;
BEGIN
  FOREACH relation IN ARRAY ARRAY['plan_prices', 'subscription_segments', 'billing_rollups', 'rating_marks']
  LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', relation);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', relation);
    EXECUTE format('CREATE POLICY tenant ON %I TO parley_app USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant())', relation);
    EXECUTE format('CREATE POLICY worker ON %I TO parley_worker USING (true) WITH CHECK (true)', relation);
  END LOOP;
END $$;
GRANT SELECT, INSERT ON plan_prices TO parley_app, parley_worker;
GRANT SELECT, INSERT, UPDATE, DELETE ON subscription_segments, rating_marks TO parley_app, parley_worker;
GRANT SELECT ON billing_rollups TO parley_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON billing_rollups TO parley_worker;

-- Whoever sees a plan sees what it costs, has cost and will cost.
CREATE POLICY catalogue ON plan_prices FOR SELECT TO parley_app USING (
  EXISTS (SELECT 1 FROM plans p WHERE p.tenant_id = plan_prices.tenant_id AND p.id = plan_prices.plan_id));
CREATE POLICY consumer ON billing_rollups FOR SELECT TO parley_app USING (consumer_tenant_id = current_tenant());
CREATE POLICY consumer ON subscription_segments FOR SELECT TO parley_app USING (
  EXISTS (SELECT 1 FROM subscriptions s WHERE s.tenant_id = subscription_segments.tenant_id AND s.id = subscription_id AND s.consumer_tenant_id = current_tenant()));
-- What follows from a consumer's own move (subscribing, cancelling) is written by the trigger on subscriptions, and only there.
CREATE POLICY consumer_move ON subscription_segments TO parley_app
  USING (pg_trigger_depth() > 0 AND EXISTS (SELECT 1 FROM subscriptions s WHERE s.tenant_id = subscription_segments.tenant_id AND s.id = subscription_id AND s.consumer_tenant_id = current_tenant()))
  WITH CHECK (pg_trigger_depth() > 0 AND EXISTS (SELECT 1 FROM subscriptions s WHERE s.tenant_id = subscription_segments.tenant_id AND s.id = subscription_id AND s.consumer_tenant_id = current_tenant()));
CREATE POLICY consumer_move ON rating_marks TO parley_app
  USING (pg_trigger_depth() > 0 AND EXISTS (SELECT 1 FROM subscriptions s WHERE s.tenant_id = rating_marks.tenant_id AND s.id = subscription_id AND s.consumer_tenant_id = current_tenant()))
  WITH CHECK (pg_trigger_depth() > 0 AND EXISTS (SELECT 1 FROM subscriptions s WHERE s.tenant_id = rating_marks.tenant_id AND s.id = subscription_id AND s.consumer_tenant_id = current_tenant()));

-- ── Which price a subscription stands under ──────────────────────────────────────────────────────────────────────

CREATE FUNCTION mark_for_rating() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  of subscription_segments := CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
  changed timestamptz := CASE WHEN TG_OP = 'UPDATE' THEN least(OLD.until_at, NEW.until_at) ELSE of.from_at END;
BEGIN
  INSERT INTO rating_marks AS m (tenant_id, subscription_id, since) VALUES (of.tenant_id, of.subscription_id, changed)
  ON CONFLICT (tenant_id, subscription_id)
  DO UPDATE SET since = least(m.since, excluded.since), generation = m.generation + 1;
  RETURN NULL;
END $$;
CREATE TRIGGER subscription_segment_rated AFTER INSERT OR UPDATE OR DELETE ON subscription_segments
  FOR EACH ROW EXECUTE FUNCTION mark_for_rating();

-- Segments follow the subscription's state and plan. New prices of the plan wait until this is over, and this for them.
CREATE FUNCTION follow_subscription() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  was_on boolean := TG_OP = 'UPDATE' AND OLD.state = 'approved';
  is_on boolean := NEW.state = 'approved';
  moved boolean := TG_OP = 'UPDATE' AND NEW.plan_id <> OLD.plan_id;
  at timestamptz;
  last_price timestamptz;
BEGIN
  IF was_on = is_on AND NOT (is_on AND moved) THEN RETURN NULL; END IF;
  PERFORM pg_advisory_xact_lock_shared(hashtextextended('plan-price:' || NEW.plan_id::text, 0));
  at := date_trunc('milliseconds', clock_timestamp());
  IF was_on THEN
    DELETE FROM subscription_segments WHERE tenant_id = NEW.tenant_id AND subscription_id = NEW.id AND from_at >= at;
    UPDATE subscription_segments SET until_at = at
      WHERE tenant_id = NEW.tenant_id AND subscription_id = NEW.id AND (until_at IS NULL OR until_at > at);
  END IF;
  IF NOT is_on THEN RETURN NULL; END IF;
  -- Who was on this plan before keeps what was kept for them: prices for newcomers only are not theirs.
  SELECT p.effective_from INTO last_price FROM subscription_segments s
    JOIN plan_prices p ON p.tenant_id = s.tenant_id AND p.id = s.price_id
    WHERE s.tenant_id = NEW.tenant_id AND s.subscription_id = NEW.id AND s.plan_id = NEW.plan_id
    ORDER BY s.from_at DESC LIMIT 1;
  INSERT INTO subscription_segments (tenant_id, id, subscription_id, plan_id, price_id, from_at, until_at)
  SELECT NEW.tenant_id, gen_random_uuid(), NEW.id, NEW.plan_id, price_id, begins, lead(begins) OVER (ORDER BY begins)
  FROM (
    SELECT DISTINCT ON (begins) price_id, begins FROM (
      (SELECT p.id AS price_id, at AS begins, p.effective_from FROM plan_prices p
       WHERE p.tenant_id = NEW.tenant_id AND p.plan_id = NEW.plan_id AND p.effective_from <= at
         AND (last_price IS NULL OR p.effective_from = last_price OR (p.for_subscribers AND p.effective_from > last_price))
       ORDER BY p.effective_from DESC LIMIT 1)
      UNION ALL
      SELECT p.id, next_quarter_hour(p.effective_from), p.effective_from FROM plan_prices p
      WHERE p.tenant_id = NEW.tenant_id AND p.plan_id = NEW.plan_id AND p.effective_from > at AND p.for_subscribers
    ) AS due ORDER BY begins, effective_from DESC
  ) AS steps;
  RETURN NULL;
END $$;
CREATE TRIGGER subscription_priced AFTER INSERT OR UPDATE OF state, plan_id ON subscriptions
  FOR EACH ROW EXECUTE FUNCTION follow_subscription();

CREATE FUNCTION hold_plan_price() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('plan-price:' || NEW.plan_id::text, 0));
  IF EXISTS (SELECT 1 FROM plan_prices p WHERE p.tenant_id = NEW.tenant_id AND p.plan_id = NEW.plan_id AND p.effective_from >= NEW.effective_from) THEN
    RAISE EXCEPTION 'a price begins after those that were set before it' USING ERRCODE = 'check_violation', CONSTRAINT = 'plan_prices_in_order';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER plan_price_held BEFORE INSERT ON plan_prices FOR EACH ROW EXECUTE FUNCTION hold_plan_price();

-- Who is on the plan moves at the next quarter of an hour, so that what was used before is never charged at the new price.
CREATE FUNCTION move_subscribers() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  begins timestamptz := next_quarter_hour(greatest(NEW.effective_from, clock_timestamp()));
BEGIN
  IF NOT NEW.for_subscribers THEN RETURN NULL; END IF;
  DELETE FROM subscription_segments WHERE tenant_id = NEW.tenant_id AND plan_id = NEW.plan_id AND until_at IS NULL AND from_at >= begins;
  UPDATE subscription_segments g SET until_at = begins FROM subscriptions s
    WHERE g.tenant_id = NEW.tenant_id AND g.plan_id = NEW.plan_id AND (g.until_at IS NULL OR g.until_at > begins)
      AND s.tenant_id = g.tenant_id AND s.id = g.subscription_id AND s.state = 'approved' AND s.plan_id = NEW.plan_id;
  INSERT INTO subscription_segments (tenant_id, id, subscription_id, plan_id, price_id, from_at)
  SELECT s.tenant_id, gen_random_uuid(), s.id, NEW.plan_id, NEW.id, begins FROM subscriptions s
  WHERE s.tenant_id = NEW.tenant_id AND s.plan_id = NEW.plan_id AND s.state = 'approved';
  RETURN NULL;
END $$;
CREATE TRIGGER plan_price_moves AFTER INSERT ON plan_prices FOR EACH ROW EXECUTE FUNCTION move_subscribers();
