import { must } from '@parley/kernel/assert';
import { Fault } from '@parley/kernel/fault';
import { z } from 'zod';
import { findUpstream } from '../upstreams/upstream-shape.ts';
import { defineVerb } from '../verb.ts';
import { destinationShape, readDestinations } from './destination-shape.ts';

/** Switches a destination on again that had answered 410 Gone. What failed meanwhile is sent again only when asked. */
export const enableWebhookDestination = defineVerb({
  name: 'webhookDestinations.enable',
  summary: 'Deliver to an upstream again that had said it wants no more events.',
  kind: 'write',
  access: 'upstreams.write',
  rest: { method: 'POST', path: '/upstreams/{upstream}/webhook-destination/enable' },
  input: z.object({ upstream: z.string() }),
  output: destinationShape,
  async run({ tx, input, tenantId, audit }) {
    const { id, slug } = await findUpstream(tx, tenantId, input.upstream);
    const { count } = await tx.webhookDestination.updateMany({
      where: { tenantId, upstreamId: id, disabledAt: { not: null } },
      data: { disabledAt: null, disabledReason: null },
    });
    if (count === 0) throw new Fault('invalid_state', 'This destination is switched on already.');
    await audit({ subject: { kind: 'upstream', id, label: slug } });
    const [view] = await readDestinations(tx, tenantId, [slug]);
    return must(view, 'the destination just switched on');
  },
});
