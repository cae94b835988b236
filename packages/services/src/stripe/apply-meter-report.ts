import { z } from 'zod';
import { type Applied, type EventToApply, NOT_OURS } from './event-to-apply.ts';
import { readIdentifier } from './meter-name.ts';

const HOUR_MS = 3_600_000;

const reportShape = z.object({
  data: z.object({
    developer_message_summary: z.string(),
    reason: z.object({
      error_types: z.array(
        z.object({
          code: z.string(),
          sample_errors: z.array(
            z.object({ error_message: z.string(), request: z.object({ identifier: z.string() }) }),
          ),
        }),
      ),
    }),
  }),
});

/**
 * Stripe could not count what it had taken: the totals it names are to be sent again, under a new name, an hour from now.
 * It names samples only, so the standing comparison with Stripe's summaries finds the rest.
 */
export async function applyMeterReport({ access, db, event, now }: EventToApply): Promise<Applied> {
  const fetched = reportShape.parse(await access.client.v2.core.events.retrieve(event.id));
  const { reason, developer_message_summary: summary } = fetched.data;
  let publisherId: string | null = null;
  for (const { code, sample_errors: samples } of reason.error_types) {
    for (const { request } of samples) {
      const named = readIdentifier(request.identifier);
      if (named === null) continue;
      publisherId = (await rejected(db, { ...named, code, now })) ?? publisherId;
    }
  }
  return publisherId === null ? { ...NOT_OURS, outcome: summary } : { outcome: summary, publisherId };
}

function rejected(
  db: EventToApply['db'],
  given: { accountId: string; meter: string; hour: Date; revision: number; code: string; now: Date },
): Promise<string | null> {
  const { accountId, meter, hour, revision, code, now } = given;
  return db.within({}, async (tx) => {
    const row = await tx.stripeMeterTotal.findFirst({ where: { billingAccountId: accountId, meter, hour } });
    if (!row) return null;
    const { tenantId } = row;
    // Reported twice, or sent anew meanwhile: nothing to do.
    await tx.stripeMeterTotal.updateMany({
      where: { tenantId, billingAccountId: accountId, meter, hour, revision, sentRevision: revision },
      data: { revision: revision + 1, lastError: code, nextTryAt: new Date(now.getTime() + HOUR_MS) },
    });
    return tenantId;
  });
}
