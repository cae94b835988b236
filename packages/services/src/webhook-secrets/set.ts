import { WEBHOOK_SECRET } from '@parley/contracts/deliveries';
import { newId } from '@parley/kernel/id';
import { seal } from '@parley/kernel/seal';
import { newWebhookSecret } from '@parley/kernel/standard-webhooks';
import { z } from 'zod';
import { applicationRef, findApplication } from '../applications/application-shape.ts';
import { wrongField } from '../conflict.ts';
import { maskSecret, tenantDataKey } from '../sealing/tenant-data-key.ts';
import { optionalTimeShape } from '../shapes.ts';
import { defineVerb } from '../verb.ts';
import { secretName } from './secret-shape.ts';

const MAX_NAMES = 50;
const MAX_LIVE = 10;

/**
 * Keeps the secret a third party signs with, or makes one to give to it. The one before is accepted beside it until the
 * overlap ends. A secret that was given is never shown again; one that was made is shown this once.
 */
export const setWebhookSecret = defineVerb({
  name: 'webhookSecrets.set',
  summary: 'Keep, make or rotate the secret with which a third party signs what it sends for an application.',
  kind: 'write',
  access: 'keys.write',
  rest: { method: 'POST', path: '/applications/{application}/webhook-secrets' },
  input: z.object({
    application: applicationRef,
    name: secretName,
    secret: z
      .string()
      .trim()
      .min(16, 'At least 16 characters: shorter ones can be guessed.')
      .max(500, 'At most 500 characters.')
      .regex(/^[\x21-\x7e]+$/, 'A secret holds plain characters without spaces.')
      .optional()
      .describe('What the third party shows you; one is made when it is left out.'),
    overlapHours: z.coerce
      .number()
      .int('A whole number of hours.')
      .min(0, 'Not less than 0.')
      .max(720, 'At most 720 hours (30 days).')
      .default(24)
      .describe('How long the one before is still accepted.'),
  }),
  output: z.object({
    name: z.string(),
    secret: z.string().nullable().describe('Of one that was made: shown this once.'),
    /** When the secret before ends; `null` when there was none. */
    overlapEndsAt: optionalTimeShape,
  }),
  async run({ tx, input, context, tenantId, audit, announce }) {
    const { name, overlapHours } = input;
    const application = await findApplication(tx, tenantId, input.application);
    // Two changes at once come one after the other.
    await tx.$queryRaw`
      SELECT 1 FROM applications WHERE tenant_id = ${tenantId}::uuid AND id = ${application.id}::uuid FOR UPDATE`;
    const endsAt = new Date(Date.now() + overlapHours * 3_600_000);
    const ofName = { tenantId, applicationId: application.id, use: 'verify', name } as const;
    const live = await tx.webhookSecret.count({ where: { ...ofName, expiresAt: { gt: new Date() } } });
    if (live >= MAX_LIVE)
      throw wrongField('overlapHours', 'Too many secrets of this name are still accepted. Wait for some to end.');
    const { count } = await tx.webhookSecret.updateMany({
      where: { ...ofName, expiresAt: null },
      data: { expiresAt: endsAt },
    });
    const { name: _own, ...ofApplication } = ofName;
    const names = count > 0 ? 0 : await tx.webhookSecret.count({ where: { ...ofApplication, expiresAt: null } });
    if (names >= MAX_NAMES) throw wrongField('name', `At most ${MAX_NAMES} secrets. Remove some.`);
    const made = input.secret === undefined ? newWebhookSecret() : null;
    const text = input.secret ?? (made as string);
    const dataKey = await tenantDataKey(tx, context.settings.masterKey, tenantId);
    await tx.webhookSecret.create({
      data: {
        ...ofName,
        id: newId(),
        sealed: seal(dataKey, text, WEBHOOK_SECRET),
        masked: maskSecret(text),
        createdById: context.userId,
      },
    });
    await audit({
      subject: { kind: 'application', id: application.id, label: application.slug },
      detail: { name, overlapHours, given: made === null },
    });
    await announce('snapshot.application', { tenantId, applicationId: application.id });
    return { name, secret: made, overlapEndsAt: count === 0 ? null : endsAt.toISOString() };
  },
});
