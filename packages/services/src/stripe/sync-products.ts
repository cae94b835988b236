import type { Database } from '@parley/db/client';
import Stripe from 'stripe';
import type { StripeAccess } from './access.ts';

/** Products told of in one run; the rest with the next. */
const AT_ONCE = 50;

interface PlanToTell {
  readonly tenantId: string;
  readonly planId: string;
  readonly publisher: string;
  readonly api: string;
  readonly name: string;
  readonly active: boolean;
}

/** A plan's product at Stripe: its id follows from the plan's, so that nobody has to look it up. */
export const productId = (planId: string): string => `parley_plan_${planId}`;

/**
 * Priced plans whose product at Stripe is missing, or is called or kept otherwise. Stripe takes no lines of a product that is not
 * active, so an archived plan's stays so until its last invoice is out. `planIds`: of these only.
 */
function plansToTell(db: Database, planIds: readonly string[] | null): Promise<PlanToTell[]> {
  return db.within(
    {},
    (tx) => tx.$queryRaw<PlanToTell[]>`
      WITH sold AS (
        SELECT p.tenant_id, p.id AS plan_id, t.slug AS publisher, a.slug AS api, left(a.name || ', ' || p.name, 250) AS name,
          p.archived_at IS NULL OR p.archived_at > now() - interval '70 days' AS active
        FROM plans p JOIN apis a ON a.tenant_id = p.tenant_id AND a.id = p.api_id JOIN tenants t ON t.id = p.tenant_id
        WHERE p.id = ANY(${planIds}::uuid[])
          OR ${planIds}::uuid[] IS NULL AND EXISTS (SELECT 1 FROM plan_prices x WHERE x.tenant_id = p.tenant_id AND x.plan_id = p.id))
      SELECT sold.tenant_id AS "tenantId", sold.plan_id AS "planId", publisher, api, sold.name, sold.active
      FROM sold LEFT JOIN stripe_products s ON s.tenant_id = sold.tenant_id AND s.plan_id = sold.plan_id
      WHERE (s.name, s.active) IS DISTINCT FROM (sold.name, sold.active) ORDER BY sold.plan_id LIMIT ${AT_ONCE}`,
  );
}

/**
 * Makes each priced plan a product at Stripe, and keeps its name and whether it is sold in step, so that Stripe's reports name what
 * was sold. What it costs is Parley's to compute. Safe to repeat; in the worker's scope. Returns how many were told of.
 */
export async function syncProducts(
  access: StripeAccess,
  db: Database,
  planIds: readonly string[] | null = null,
): Promise<{ told: number }> {
  const plans = await plansToTell(db, planIds);
  for (const plan of plans) {
    await tell(access, plan);
    const { tenantId, planId, name, active } = plan;
    const data = { name, active, syncedAt: new Date() };
    await db.within({ tenantId }, (tx) =>
      tx.stripeProduct.upsert({
        where: { tenantId_planId: { tenantId, planId } },
        create: { tenantId, planId, ...data },
        update: data,
      }),
    );
  }
  return { told: plans.length };
}

async function tell(access: StripeAccess, plan: PlanToTell): Promise<void> {
  const { products } = access.client;
  const id = productId(plan.planId);
  const metadata = {
    parley_publisher: plan.tenantId,
    parley_plan: plan.planId,
    publisher: plan.publisher,
    api: plan.api,
  };
  const said = { name: plan.name, active: plan.active, metadata };
  try {
    await products.update(id, said);
  } catch (error) {
    if (!(error instanceof Stripe.errors.StripeInvalidRequestError) || error.code !== 'resource_missing') throw error;
    await products.create({ id, ...said });
  }
}
