import type { CatalogueViewer } from '@parley/db/repositories/catalogue';
import { z } from 'zod';
import type { Context } from '../context.ts';

/** A tenant as the other side sees it. */
export const publisherShape = z.object({ slug: z.string(), name: z.string() });

/** Who looks at the catalogue, as its queries need it. */
export function viewerOf(context: Context): CatalogueViewer {
  return {
    tenantId: context.tenantId,
    userId: context.userId,
    seesTeams: context.tenantId !== null && context.permissions.has('apis.write'),
  };
}
