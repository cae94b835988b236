-- A consumer may move a subscription that is in force to another plan of the same API that grants access by itself. All else
-- stays as it was: seen from there, it may only be cancelled.
CREATE OR REPLACE FUNCTION check_subscription_move() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.state <> OLD.state AND (OLD.state::text, NEW.state::text) NOT IN (
    ('requested', 'approved'), ('requested', 'refused'), ('requested', 'cancelled'),
    ('approved', 'suspended'), ('approved', 'revoked'), ('approved', 'expired'), ('approved', 'cancelled'),
    ('suspended', 'approved'), ('suspended', 'revoked'), ('suspended', 'expired'), ('suspended', 'cancelled')
  ) THEN
    RAISE EXCEPTION 'a subscription cannot move from % to %', OLD.state, NEW.state USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.plan_id <> OLD.plan_id AND NOT EXISTS (
    SELECT 1 FROM plans p WHERE p.tenant_id = NEW.tenant_id AND p.id = NEW.plan_id AND p.api_id = NEW.api_id
  ) THEN
    RAISE EXCEPTION 'a subscription needs a plan of its API' USING ERRCODE = 'check_violation';
  END IF;
  IF current_tenant() IS NOT NULL AND NEW.tenant_id <> current_tenant() THEN
    IF NEW.state <> OLD.state AND NEW.state <> 'cancelled' THEN
      RAISE EXCEPTION 'only the publisher decides on a subscription' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF NEW.plan_id <> OLD.plan_id AND NOT (OLD.state = 'approved' AND NEW.state = 'approved' AND EXISTS (
      SELECT 1 FROM plans p WHERE p.tenant_id = NEW.tenant_id AND p.id = NEW.plan_id AND p.approval = 'auto' AND p.archived_at IS NULL
    )) THEN
      RAISE EXCEPTION 'only the publisher moves a subscription to this plan' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF (NEW.id, NEW.reason, NEW.requested_by_id, NEW.requested_at, NEW.decided_by_id, NEW.decided_at, NEW.decision_reason, NEW.expires_at)
       IS DISTINCT FROM (OLD.id, OLD.reason, OLD.requested_by_id, OLD.requested_at, OLD.decided_by_id, OLD.decided_at, OLD.decision_reason, OLD.expires_at) THEN
      RAISE EXCEPTION 'a consumer can only cancel a subscription' USING ERRCODE = 'insufficient_privilege';
    END IF;
  END IF;
  IF (NEW.tenant_id, NEW.api_id, NEW.consumer_tenant_id, NEW.application_id)
     IS DISTINCT FROM (OLD.tenant_id, OLD.api_id, OLD.consumer_tenant_id, OLD.application_id) THEN
    RAISE EXCEPTION 'a subscription keeps its API and application' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
