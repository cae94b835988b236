import type { Database } from '@parley/db/client';
import type { Visibility } from '@parley/db/types';
import { newId } from '@parley/kernel/id';

export interface PublishedApi {
  readonly id: string;
  readonly slug: string;
  readonly name: string;
  readonly autoPlanId: string;
  readonly manualPlanId: string;
}

/**
 * Writes a published REST API into a tenant, as its publisher would have it: version `v1`, the plan `free` (granted at
 * once, 10 requests a minute) and the plan `pro` (by approval, no limit). For tests of what consumers meet.
 */
export async function publishedApi(
  db: Database,
  tenantId: string,
  given: {
    slug?: string;
    name?: string;
    summary?: string;
    category?: string;
    tags?: string[];
    visibility?: Visibility;
    teamId?: string;
  } = {},
): Promise<PublishedApi> {
  const api = { id: newId(), slug: given.slug ?? `api-${newId()}`, name: given.name ?? 'Weather' };
  const [autoPlanId, manualPlanId] = [newId(), newId()];
  const now = new Date();
  await db.within({ tenantId }, async (tx) => {
    await tx.api.create({
      data: {
        ...api,
        tenantId,
        kind: 'rest',
        summary: given.summary ?? '',
        category: given.category ?? '',
        tags: given.tags ?? [],
        visibility: given.visibility ?? 'public',
        teamId: given.teamId ?? null,
        publishedAt: now,
      },
    });
    const reference = { openapi: '3.1.0', info: { title: api.name, version: 'v1' }, paths: {} };
    await tx.apiVersion.create({
      data: { tenantId, id: newId(), apiId: api.id, version: 'v1', state: 'published', publishedAt: now, reference },
    });
    const limits = [{ requests: 10, windowSeconds: 60 }];
    await tx.plan.createMany({
      data: [
        { tenantId, id: autoPlanId, apiId: api.id, slug: 'free', name: 'Free', approval: 'auto', limits, position: 0 },
        {
          tenantId,
          id: manualPlanId,
          apiId: api.id,
          slug: 'pro',
          name: 'Pro',
          approval: 'manual',
          limits: [],
          position: 1,
        },
      ],
    });
  });
  return { ...api, autoPlanId, manualPlanId };
}
