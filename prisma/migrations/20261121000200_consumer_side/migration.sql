-- An application that is gone stays as the name of what it once held; its short name is free again.
ALTER TABLE applications ADD COLUMN deleted_at timestamptz(6);

-- Seen from the consumer's tenant, a subscription may be cancelled and nothing else of it may change: not the plan, not
-- the end, not the decision. The publisher and the worker make every other move.
CREATE OR REPLACE FUNCTION check_subscription_move() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.state <> OLD.state AND (OLD.state::text, NEW.state::text) NOT IN (
    ('requested', 'approved'), ('requested', 'refused'), ('requested', 'cancelled'),
    ('approved', 'suspended'), ('approved', 'revoked'), ('approved', 'expired'), ('approved', 'cancelled'),
    ('suspended', 'approved'), ('suspended', 'revoked'), ('suspended', 'expired'), ('suspended', 'cancelled')
  ) THEN
    RAISE EXCEPTION 'a subscription cannot move from % to %', OLD.state, NEW.state USING ERRCODE = 'check_violation';
  END IF;
  IF current_tenant() IS NOT NULL AND NEW.tenant_id <> current_tenant() THEN
    IF NEW.state <> OLD.state AND NEW.state <> 'cancelled' THEN
      RAISE EXCEPTION 'only the publisher decides on a subscription' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF (NEW.id, NEW.plan_id, NEW.reason, NEW.requested_by_id, NEW.requested_at, NEW.decided_by_id, NEW.decided_at, NEW.decision_reason, NEW.expires_at)
       IS DISTINCT FROM (OLD.id, OLD.plan_id, OLD.reason, OLD.requested_by_id, OLD.requested_at, OLD.decided_by_id, OLD.decided_at, OLD.decision_reason, OLD.expires_at) THEN
      RAISE EXCEPTION 'a consumer can only cancel a subscription' USING ERRCODE = 'insufficient_privilege';
    END IF;
  END IF;
  IF (NEW.tenant_id, NEW.api_id, NEW.consumer_tenant_id, NEW.application_id)
     IS DISTINCT FROM (OLD.tenant_id, OLD.api_id, OLD.consumer_tenant_id, OLD.application_id) THEN
    RAISE EXCEPTION 'a subscription keeps its API and application' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;

-- A subscription begins at an API that its consumer can see, with a plan of that API that is on offer; approved from
-- birth only where the plan says so or the publisher makes it.
CREATE OR REPLACE FUNCTION check_subscription_birth() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM plans p WHERE p.tenant_id = NEW.tenant_id AND p.id = NEW.plan_id AND p.api_id = NEW.api_id) THEN
    RAISE EXCEPTION 'a subscription needs a plan of its API' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.state = 'requested' THEN RETURN NEW; END IF;
  IF NEW.state = 'approved' AND (
    current_tenant() IS NULL OR NEW.tenant_id = current_tenant()
    OR EXISTS (SELECT 1 FROM plans p WHERE p.tenant_id = NEW.tenant_id AND p.id = NEW.plan_id AND p.approval = 'auto' AND p.archived_at IS NULL)
  ) THEN RETURN NEW; END IF;
  RAISE EXCEPTION 'a subscription begins as requested' USING ERRCODE = 'insufficient_privilege';
END $$;
