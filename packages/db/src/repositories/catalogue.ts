import { Prisma } from '../generated/client.ts';

/** Who looks at the catalogue: `seesTeams` for those who may write APIs, and so see every team's. */
export interface CatalogueViewer {
  readonly tenantId: string | null;
  readonly userId: string | null;
  readonly seesTeams: boolean;
}

/**
 * Condition on `apis a` for a place in the viewer's catalogue: published with a version that can be called, and public,
 * or the open tenant's own, or a team's that the viewer is in. Row-level security hides the rest in any case.
 */
export function inCatalogue(viewer: CatalogueViewer): Prisma.Sql {
  return Prisma.sql`(a.published_at IS NOT NULL
    AND EXISTS (SELECT 1 FROM api_versions v WHERE v.tenant_id = a.tenant_id AND v.api_id = a.id AND v.state IN ('published', 'deprecated'))
    AND (a.visibility = 'public' OR (a.tenant_id = ${viewer.tenantId}::uuid AND (a.visibility = 'tenant' OR ${viewer.seesTeams}::boolean
      OR EXISTS (SELECT 1 FROM team_members tm JOIN memberships m ON m.tenant_id = tm.tenant_id AND m.id = tm.membership_id
        WHERE tm.tenant_id = a.tenant_id AND tm.team_id = a.team_id AND m.user_id = ${viewer.userId}::uuid)))))`;
}
