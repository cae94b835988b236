import { SUBSCRIPTION_STATES } from '@parley/contracts/snapshot';
import { inCatalogue } from '@parley/db/repositories/catalogue';
import { z } from 'zod';
import { pageOf } from '../shapes.ts';
import { defineVerb } from '../verb.ts';
import { readCursor, writeCursor } from './catalogue-cursor.ts';
import { countFacets, facetsShape } from './catalogue-facets.ts';
import { publisherShape, viewerOf } from './catalogue-shape.ts';

const itemShape = z.object({
  id: z.uuid(),
  publisher: publisherShape,
  slug: z.string(),
  name: z.string(),
  kind: z.enum(['rest', 'prompt', 'llm']),
  summary: z.string(),
  category: z.string(),
  tags: z.array(z.string()),
  visibility: z.enum(['public', 'tenant', 'team']),
  /** The newest version that can be called. */
  version: z.string(),
  /** True when a plan grants access without anybody's decision. */
  openAccess: z.boolean(),
  /** State of the open tenant's live subscription, approved before suspended before requested. */
  subscription: z.enum(SUBSCRIPTION_STATES).nullable(),
});
type Item = z.input<typeof itemShape>;

interface Row extends Omit<Item, 'publisher'> {
  publisherSlug: string;
  publisherName: string;
  sortName: string;
}

/** The catalogue, by name: what the caller may see, narrowed by text, category, tags, kind and publisher. */
export const listCatalogue = defineVerb({
  name: 'catalogue.list',
  summary: 'List the APIs of the catalogue that the caller may see.',
  kind: 'read',
  access: 'public',
  rest: { method: 'GET', path: '/catalogue' },
  input: z.object({
    text: z
      .string()
      .max(200)
      .optional()
      .describe('Words that all must occur in name, summary, category, tags or publisher.'),
    category: z.string().max(60).optional(),
    tags: z.string().max(500).optional().describe('Tags separated by commas; an API must carry all of them.'),
    kind: z.enum(['rest', 'prompt', 'llm']).optional(),
    publisher: z.string().max(63).optional().describe('Short name of the publishing tenant.'),
    cursor: z.string().max(500).optional(),
    limit: z.coerce.number().int().min(1).max(100).default(30),
  }),
  output: pageOf(itemShape).extend({
    /** What the visible APIs can be narrowed by; only with the first page. */
    facets: facetsShape.nullable(),
  }),
  run: async ({ tx, input, context }) => {
    const viewer = viewerOf(context);
    const after = input.cursor ? readCursor(input.cursor) : null;
    const words = (input.text ?? '').toLowerCase().split(/\s+/).filter(Boolean);
    const tags = (input.tags ?? '')
      .split(',')
      .map((tag) => tag.trim())
      .filter(Boolean);
    const rows = await tx.$queryRaw<Row[]>`
      SELECT a.id, a.slug, a.name, a.kind::text AS kind, a.summary, a.category, a.tags, a.visibility::text AS visibility,
        t.slug AS "publisherSlug", t.name AS "publisherName", lower(a.name) AS "sortName", v.version,
        EXISTS (SELECT 1 FROM plans p WHERE p.tenant_id = a.tenant_id AND p.api_id = a.id AND p.approval = 'auto' AND p.archived_at IS NULL) AS "openAccess",
        (SELECT s.state::text FROM subscriptions s WHERE s.tenant_id = a.tenant_id AND s.api_id = a.id
          AND s.consumer_tenant_id = ${context.tenantId}::uuid AND s.state IN ('requested', 'approved', 'suspended')
          ORDER BY array_position(ARRAY['approved', 'suspended', 'requested'], s.state::text) LIMIT 1) AS subscription
      FROM apis a
      JOIN tenants t ON t.id = a.tenant_id
      JOIN LATERAL (
        SELECT version FROM api_versions WHERE tenant_id = a.tenant_id AND api_id = a.id AND state IN ('published', 'deprecated')
        ORDER BY state = 'published' DESC, published_at DESC, id DESC LIMIT 1) v ON true
      WHERE ${inCatalogue(viewer)}
        AND (${input.category ?? null}::text IS NULL OR a.category = ${input.category ?? null})
        AND (${input.kind ?? null}::text IS NULL OR a.kind::text = ${input.kind ?? null})
        AND (${input.publisher ?? null}::text IS NULL OR t.slug = ${input.publisher ?? null})
        AND a.tags @> ${tags}::text[]
        AND NOT EXISTS (SELECT 1 FROM unnest(${words}::text[]) AS w(word)
          WHERE position(w.word IN lower(concat_ws(' ', a.name, a.slug, a.summary, a.category, array_to_string(a.tags, ' '), t.name, t.slug))) = 0)
        AND (${after?.id ?? null}::uuid IS NULL OR (lower(a.name), a.id) > (${after?.name ?? null}::text, ${after?.id ?? null}::uuid))
      ORDER BY lower(a.name), a.id
      LIMIT ${input.limit + 1}`;
    const shown = rows.slice(0, input.limit);
    const last = shown.at(-1);
    return {
      items: shown.map(({ publisherSlug, publisherName, ...row }) => ({
        ...row,
        publisher: { slug: publisherSlug, name: publisherName },
      })),
      nextCursor: rows.length > shown.length && last ? writeCursor({ name: last.sortName, id: last.id }) : null,
      facets: after ? null : await countFacets(tx, viewer),
    };
  },
});
