import type { Transaction } from '@parley/db/client';
import { z } from 'zod';
import { timeShape } from '../shapes.ts';
import { readVariantFacts, type VariantFacts, variantFigures } from '../usage/variant-facts.ts';
import { defineVerb } from '../verb.ts';
import { type Split, splitSince } from './split-places.ts';
import { findVersion, servedRevision } from './version-shape.ts';

/** Calls further back say little of how the variants do now. */
const WINDOW_MS = 3_600_000;

const placeShape = z.object({
  /** The route that is split by itself; `null` for what the version's own split holds for. */
  route: z.object({ at: z.number().int(), method: z.string(), path: z.string() }).nullable(),
  variants: z.array(
    variantFigures.extend({
      name: z.string(),
      upstream: z.string(),
      /** Share it is meant to get, in basis points; of a canary 0, as its steps say it. */
      weight: z.number().int(),
    }),
  ),
  canary: z
    .object({
      variant: z.string(),
      steps: z.array(z.number().int()),
      everySeconds: z.number().int(),
      attempt: z.number().int(),
      /** When and why the gateway took it back; `null` while it has not. */
      takenBack: z.object({ at: timeShape, reason: z.string() }).nullable(),
    })
    .nullable(),
});

/** How the variants of a split do beside each other, by the newest calls since what is split was last changed. */
export const compareVariants = defineVerb({
  name: 'apiVersions.compareVariants',
  summary: 'Compare the variants of a traffic split by their newest calls, at most an hour back.',
  kind: 'read',
  access: 'usage.read',
  rest: { method: 'GET', path: '/apis/{api}/versions/{version}/variants' },
  input: z.object({ api: z.string(), version: z.string() }),
  output: z.object({
    /** Since when the traffic is split as it is now, and by which revision; `null` where it never was. */
    since: z.object({ at: timeShape, revision: z.number().int() }).nullable(),
    /** Calls from this moment on are compared. */
    from: timeShape,
    places: z.array(placeShape),
  }),
  async run({ tx, input, tenantId }) {
    const found = await findVersion(tx, tenantId, input.api, input.version);
    const served = await servedRevision(tx, found);
    const { id: apiVersionId, revision } = found.row;
    const nowMs = Date.now();
    const places = served?.definition.kind === 'rest' ? placesOf(served.definition) : [];
    const since = places.length > 0 ? await splitSince(tx, { tenantId, apiVersionId, revision }) : null;
    if (!since) return { since: null, from: new Date(nowMs).toISOString(), places: [] };
    const fromMs = Math.max(since.createdAt.getTime(), nowMs - WINDOW_MS);
    const facts = await readVariantFacts(tx, { tenantId, apiVersionId, fromMs, toMs: nowMs + 60_000 });
    const rows = await tx.route.findMany({ where: { tenantId, apiVersionId }, select: { id: true, position: true } });
    const idAt = new Map(rows.map(({ id, position }) => [position, id]));
    const ends = places.some(({ split }) => split.canary)
      ? await takenBack(tx, tenantId, apiVersionId, since.createdAt)
      : [];
    return {
      since: { at: since.createdAt.toISOString(), revision: since.number },
      from: new Date(facts.cutAtMs ?? fromMs).toISOString(),
      places: places.map((place) => {
        const routeIds = place.positions.flatMap((at) => idAt.get(at) ?? []);
        return placeOut(place, routeIds, facts, ends);
      }),
    };
  },
});

interface Place {
  readonly route: z.output<typeof placeShape>['route'];
  readonly split: Split;
  /** Places of the routes it holds for. */
  readonly positions: readonly number[];
}

interface Routes {
  readonly routes: readonly {
    method: string;
    path: string;
    policies?: { split?: Split | null | undefined } | undefined;
  }[];
  readonly policies?: { split?: Split | undefined } | undefined;
}

/** Where traffic is split over variants: by the version, and by routes that have a split of their own. */
function placesOf({ routes, policies }: Routes): Place[] {
  const own = routes.flatMap(({ method, path, policies: set }, at) =>
    set?.split ? [{ route: { at, method, path }, split: set.split, positions: [at] }] : [],
  );
  const positions = routes.flatMap((route, at) => (route.policies?.split === undefined ? [at] : []));
  const whole = policies?.split && positions.length > 0 ? [{ route: null, split: policies.split, positions }] : [];
  return [...whole, ...own].filter(({ split }) => split.variants.length > 0);
}

interface End {
  readonly at: string;
  readonly reason: string;
  readonly variant: string;
  readonly route: string | null;
}

function placeOut({ route, split }: Place, routeIds: readonly string[], facts: VariantFacts, ends: readonly End[]) {
  const { canary } = split;
  const own = route === null ? null : (routeIds[0] ?? null);
  const end = ends.find((one) => one.variant === canary?.variant && one.route === own);
  return {
    route,
    variants: split.variants.map(({ name, upstream, weight }) => ({
      name,
      upstream,
      weight,
      ...facts.of(routeIds, name),
    })),
    canary: canary
      ? {
          variant: canary.variant,
          steps: canary.steps,
          everySeconds: canary.everySeconds,
          attempt: canary.attempt,
          takenBack: end ? { at: end.at, reason: end.reason } : null,
        }
      : null,
  };
}

const endDetail = z.object({ variant: z.string(), reason: z.string(), at: z.string(), route: z.string().optional() });

/** What gateways took back since a moment, newest first, as the audit log has it. */
async function takenBack(tx: Transaction, tenantId: string, apiVersionId: string, since: Date): Promise<End[]> {
  const entries = await tx.auditEntry.findMany({
    where: { tenantId, subjectId: apiVersionId, action: 'apiVersions.rollBackCanary', at: { gte: since } },
    orderBy: { at: 'desc' },
    take: 20,
    select: { detail: true },
  });
  return entries.flatMap(({ detail }) => {
    const read = endDetail.safeParse(detail);
    return read.success ? [{ ...read.data, route: read.data.route ?? null }] : [];
  });
}
