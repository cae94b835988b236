import { type AcceptedCallback, type AcceptedEvent, bodyPurpose } from '@parley/contracts/deliveries';
import { JOBS } from '@parley/contracts/jobs';
import { STANDARD_PAUSES } from '@parley/contracts/policies/deliver';
import { type DataKey, openDataKey, sealBuffer } from '@parley/kernel/seal';
import type { Pool } from 'pg';
import { defineJob } from '../../job.ts';
import { storeEvent } from '../event-accept/store-event.ts';

const RULES = { retryAfterSeconds: [...STANDARD_PAUSES], timeoutSeconds: 15, concurrency: 10 };
const KEEP_DAYS = 7;

/** Stores what tells a caller how its job ended, once by the job's id; from then on it is delivered like any event. */
export const callbackAccept = defineJob({
  name: 'callback.accept',
  schema: JOBS['callback.accept'].schema,
  tenantOf: ({ tenantId }) => tenantId,
  async handle({ payload, ports, log }) {
    const dataKey = await dataKeyOf(ports.pool, ports.providers.masterKey, payload.tenantId);
    const stored = dataKey !== null && (await storeEvent(ports.pool, eventOf(payload, dataKey), payload.url));
    if (!stored) log.debug('a callback was accepted before, or its tenant is gone', { jobId: payload.id });
  },
});

async function dataKeyOf(pool: Pool, master: DataKey, tenantId: string): Promise<DataKey | null> {
  const { rows } = await pool.query<{ sealed: string }>(
    'SELECT sealed FROM tenant_keys WHERE tenant_id = $1 ORDER BY created_at DESC LIMIT 1',
    [tenantId],
  );
  return rows[0] ? openDataKey(master, rows[0].sealed, tenantId) : null;
}

function eventOf(callback: AcceptedCallback, dataKey: DataKey): AcceptedEvent {
  const { id, tenantId, applicationId, apiId, apiVersionId, url, atMs } = callback;
  const { pathname, search } = new URL(url);
  const body = Buffer.from(callback.body);
  return {
    id,
    tenantId,
    apiId,
    apiVersionId,
    routeId: null,
    consumerTenantId: tenantId,
    applicationId,
    requestId: id,
    method: 'POST',
    path: pathname + search,
    headers: [['content-type', 'application/json']],
    body: sealBuffer(dataKey, body, bodyPurpose(id)).toString('base64'),
    bodyBytes: body.length,
    destinations: [{ id: applicationId, slug: 'callback' }],
    rules: RULES,
    keepDays: KEEP_DAYS,
    acceptedAtMs: atMs,
  };
}
