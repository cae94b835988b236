import { limitSchema, SUBSCRIPTION_STATES } from '@parley/contracts/snapshot';
import { z } from 'zod';
import { planPriceShape, pricesAt, withPrices } from '../plans/price-shape.ts';
import { iso, optionalTimeShape, timeShape } from '../shapes.ts';
import { defineVerb } from '../verb.ts';
import { publisherShape } from './catalogue-shape.ts';
import { atTheLimit, readLimits } from './limit-words.ts';
import { visibleApi } from './visible-api.ts';

const versionShape = z.object({
  version: z.string(),
  state: z.enum(['published', 'deprecated', 'retired']),
  changelog: z.string(),
  publishedAt: optionalTimeShape,
  deprecatedAt: optionalTimeShape,
  /** When a deprecated version stops answering. */
  sunsetAt: optionalTimeShape,
  retiredAt: optionalTimeShape,
  /** Where to call it: paths of the reference are relative to this. */
  baseUrl: z.string(),
  /** OpenAPI 3.1 document. */
  reference: z.json().nullable(),
});

/** One API as its consumers see it. */
export const getCatalogueApi = defineVerb({
  name: 'catalogue.get',
  summary:
    'Read an API of the catalogue: versions with their reference, plans, and the open tenant’s subscriptions to it.',
  kind: 'read',
  access: 'public',
  rest: { method: 'GET', path: '/catalogue/{publisher}/{api}' },
  input: z.object({ publisher: z.string().min(1).max(63), api: z.string().min(1).max(63) }),
  output: z.object({
    id: z.uuid(),
    publisher: publisherShape.extend({ description: z.string() }),
    slug: z.string(),
    name: z.string(),
    kind: z.enum(['rest', 'prompt', 'llm']),
    summary: z.string(),
    /** Markdown. */
    description: z.string(),
    category: z.string(),
    tags: z.array(z.string()),
    visibility: z.enum(['public', 'tenant', 'team']),
    maxBodyBytes: z.number().int(),
    publishedAt: timeShape,
    /** Newest first. */
    versions: z.array(versionShape),
    plans: z.array(
      z.object({
        slug: z.string(),
        name: z.string(),
        description: z.string(),
        approval: z.enum(['auto', 'manual']),
        limits: z.array(limitSchema),
        /** What a caller meets at the limits, one sentence each. */
        words: z.array(z.string()),
        /** What it costs now, and what is set to come; `null`: free, nothing. */
        price: planPriceShape.nullable(),
        nextPrice: planPriceShape.nullable(),
      }),
    ),
    /** The open tenant's subscriptions, newest first; empty for visitors. */
    subscriptions: z.array(
      z.object({
        id: z.uuid(),
        state: z.enum(SUBSCRIPTION_STATES),
        application: z.object({ slug: z.string(), name: z.string() }),
        plan: z.object({ slug: z.string(), name: z.string() }),
        requestedAt: timeShape,
        expiresAt: optionalTimeShape,
      }),
    ),
  }),
  run: async ({ tx, input, context }) => {
    const { publisher, api } = await visibleApi(tx, context, input);
    const { gatewayUrl } = context.settings;
    const own = { tenantId: api.tenantId, apiId: api.id };
    const versions = await tx.apiVersion.findMany({
      where: { ...own, state: { in: ['published', 'deprecated', 'retired'] } },
      orderBy: [{ publishedAt: 'desc' }, { id: 'desc' }],
    });
    const plans = await tx.plan.findMany({
      where: { ...own, archivedAt: null },
      orderBy: [{ position: 'asc' }, { createdAt: 'asc' }],
      include: withPrices,
    });
    const subscriptions = context.tenantId
      ? await tx.subscription.findMany({
          where: { ...own, consumerTenantId: context.tenantId },
          orderBy: { id: 'desc' },
          take: 50,
          include: { application: true, plan: true },
        })
      : [];
    return {
      ...api,
      publisher,
      publishedAt: iso(api.publishedAt ?? api.createdAt),
      versions: versions.map((version) => ({
        version: version.version,
        state: z.enum(['published', 'deprecated', 'retired']).parse(version.state),
        changelog: version.changelog,
        publishedAt: iso(version.publishedAt),
        deprecatedAt: iso(version.deprecatedAt),
        sunsetAt: iso(version.sunsetAt),
        retiredAt: iso(version.retiredAt),
        baseUrl:
          api.kind === 'llm' ? `${gatewayUrl}/v1` : `${gatewayUrl}/${publisher.slug}/${api.slug}/${version.version}`,
        reference: z.json().nullable().parse(version.reference),
      })),
      plans: plans.map((plan) => {
        const limits = readLimits(plan.limits);
        return { ...plan, limits, words: atTheLimit(limits), ...pricesAt(plan.prices, Date.now()) };
      }),
      subscriptions: subscriptions.map((row) => ({
        id: row.id,
        state: row.state,
        application: row.application,
        plan: row.plan,
        requestedAt: iso(row.requestedAt),
        expiresAt: iso(row.expiresAt),
      })),
    };
  },
});
