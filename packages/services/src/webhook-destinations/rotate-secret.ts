import { WEBHOOK_SECRET } from '@parley/contracts/deliveries';
import { newId } from '@parley/kernel/id';
import { seal } from '@parley/kernel/seal';
import { newWebhookSecret } from '@parley/kernel/standard-webhooks';
import { z } from 'zod';
import { maskSecret, tenantDataKey } from '../sealing/tenant-data-key.ts';
import { optionalTimeShape } from '../shapes.ts';
import { findUpstream } from '../upstreams/upstream-shape.ts';
import { defineVerb } from '../verb.ts';

/**
 * Makes a new signing secret for an upstream and shows it, this once. The one before signs beside it until the overlap
 * ends, so that a receiver can change over without losing an event.
 */
export const rotateWebhookSecret = defineVerb({
  name: 'webhookDestinations.rotateSecret',
  summary: 'Make a new signing secret for deliveries to an upstream; the one before signs beside it for a while.',
  kind: 'write',
  access: 'upstreams.write',
  rest: { method: 'POST', path: '/upstreams/{upstream}/webhook-destination/rotate-secret' },
  input: z.object({
    upstream: z.string(),
    overlapHours: z.coerce
      .number()
      .int('A whole number of hours.')
      .min(0, 'Not less than 0.')
      .max(720, 'At most 720 hours (30 days).')
      .default(24),
  }),
  output: z.object({
    upstream: z.string(),
    secret: z.string().describe('Shown this once.'),
    /** When the secret before ends; `null` when there was none. */
    overlapEndsAt: optionalTimeShape,
  }),
  async run({ tx, input, context, tenantId, audit }) {
    const { id, slug } = await findUpstream(tx, tenantId, input.upstream);
    // Two rotations at once come one after the other.
    await tx.$queryRaw`SELECT 1 FROM upstreams WHERE tenant_id = ${tenantId}::uuid AND id = ${id}::uuid FOR UPDATE`;
    const endsAt = new Date(Date.now() + input.overlapHours * 3_600_000);
    const { count } = await tx.webhookSecret.updateMany({
      where: { tenantId, use: 'sign', upstreamId: id, expiresAt: null },
      data: { expiresAt: endsAt },
    });
    const secret = newWebhookSecret();
    const dataKey = await tenantDataKey(tx, context.settings.masterKey, tenantId);
    await tx.webhookSecret.create({
      data: {
        tenantId,
        id: newId(),
        use: 'sign',
        upstreamId: id,
        sealed: seal(dataKey, secret, WEBHOOK_SECRET),
        masked: maskSecret(secret),
        createdById: context.userId,
      },
    });
    await audit({ subject: { kind: 'upstream', id, label: slug }, detail: { overlapHours: input.overlapHours } });
    return { upstream: slug, secret, overlapEndsAt: count === 0 ? null : endsAt.toISOString() };
  },
});
