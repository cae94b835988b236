import { z } from 'zod';
import { optionalTimeShape, timeShape } from '../shapes.ts';
import { defineVerb } from '../verb.ts';
import { STANDING_CHECKS } from './checks.ts';

/** Findings told of one check; there is always something wrong beyond the count then. */
const MOST_TOLD = 20;

/** Every standing check, when it was made last, and what it found of this tenant. */
export const listStandingChecks = defineVerb({
  name: 'standingChecks.list',
  summary:
    'See what must always hold between calls, usage and money, when that was checked, and where it did not hold.',
  kind: 'read',
  access: 'system.read',
  rest: { method: 'GET', path: '/standing-checks' },
  input: z.object({}),
  output: z.object({
    checks: z.array(
      z.object({
        name: z.string(),
        title: z.string(),
        meaning: z.string(),
        /** `waiting`: not made yet. `failed`: could not be made. */
        state: z.enum(['holds', 'broken', 'failed', 'waiting']),
        checkedAt: optionalTimeShape,
        tookMs: z.number().int().nullable(),
        /** Open findings; of a check that is about no tenant only their number is told. */
        found: z.number().int(),
        findings: z.array(z.object({ subject: z.string(), detail: z.string(), foundAt: timeShape, seenAt: timeShape })),
      }),
    ),
  }),
  run: async ({ tx, tenantId }) => {
    const made = new Map((await tx.standingCheck.findMany()).map((row) => [row.name, row]));
    const open = await tx.standingCheckFinding.findMany({
      where: { tenantId, resolvedAt: null },
      orderBy: { foundAt: 'desc' },
      take: 1_000,
    });
    const findings = Map.groupBy(open, (row) => row.checkName);
    return {
      checks: STANDING_CHECKS.map(({ name, title, meaning, shared }) => {
        const last = made.get(name);
        const mine = findings.get(name) ?? [];
        const found = shared ? (last?.found ?? 0) : mine.length;
        return {
          name,
          title,
          meaning,
          state: stateOf(last, found),
          checkedAt: last?.checkedAt.toISOString() ?? null,
          tookMs: last?.tookMs ?? null,
          found,
          findings: mine.slice(0, MOST_TOLD).map(({ subject, detail, foundAt, seenAt }) => ({
            subject,
            detail,
            foundAt: foundAt.toISOString(),
            seenAt: seenAt.toISOString(),
          })),
        };
      }),
    };
  },
});

function stateOf(last: { readonly failure: string | null } | undefined, found: number) {
  if (found > 0) return 'broken' as const;
  if (last === undefined) return 'waiting' as const;
  return last.failure === null ? ('holds' as const) : ('failed' as const);
}
