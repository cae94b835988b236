import { JOBS } from '@parley/contracts/jobs';
import { defineJob } from '../../job.ts';
import { storeEvent } from './store-event.ts';

/** Stores a call that the gateway has accepted, once by its id, with a delivery for each destination. */
export const eventAccept = defineJob({
  name: 'event.accept',
  schema: JOBS['event.accept'].schema,
  tenantOf: ({ tenantId }) => tenantId,
  async handle({ payload, ports, log }) {
    const stored = await storeEvent(ports.pool, payload);
    if (!stored) log.debug('an event was accepted before', { eventId: payload.id });
  },
});
