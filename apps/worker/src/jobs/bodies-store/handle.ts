import { bodiesPurpose, type KeptBodies, type TakenBodies } from '@parley/contracts/call-bodies';
import { JOBS } from '@parley/contracts/jobs';
import { type DataKey, open, openDataKey, sealBuffer } from '@parley/kernel/seal';
import { defineJob } from '../../job.ts';
import type { Ports } from '../../ports.ts';
import { keptBody, Redactor } from './redact.ts';

const HOUR_MS = 3_600_000;

const STORE = `INSERT INTO call_bodies (tenant_id, id, sealed, keep_until) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING`;
const KEY = 'SELECT sealed FROM tenant_keys WHERE tenant_id = $1 ORDER BY created_at DESC LIMIT 1';

async function keyOf(ports: Ports, tenantId: string): Promise<DataKey> {
  const { rows } = await ports.pool.query<{ sealed: string }>(KEY, [tenantId]);
  const [row] = rows;
  if (row === undefined) throw new Error('the tenant has no data key');
  return openDataKey(ports.providers.masterKey, row.sealed, tenantId);
}

/**
 * Stores what a policy keeps of a call: what it strikes out goes first, then what is too long, and what is left is sealed
 * for each tenant that may read it. What could not be searched is not kept.
 */
export const bodiesStore = defineJob({
  name: 'bodies.store',
  schema: JOBS['bodies.store'].schema,
  // Dead letters would keep bodies for longer than their policy says.
  tenantOf: () => null,
  async handle({ payload, ports, log }) {
    const { requestId, tenantId, consumerTenantId, keepForHours, consumerSees, atMs } = payload;
    const keepUntilMs = atMs + keepForHours * HOUR_MS;
    if (keepUntilMs <= ports.clock.nowMs()) return;
    const kept = keep(payload, await keyOf(ports, tenantId));
    if (kept === null) return log.warn('bodies of a call could not be searched for what is to be struck out');
    const readers = consumerSees && consumerTenantId !== tenantId ? [tenantId, consumerTenantId] : [tenantId];
    for (const reader of readers) {
      const sealed = sealBuffer(
        await keyOf(ports, reader),
        Buffer.from(JSON.stringify(kept)),
        bodiesPurpose(requestId),
      );
      await ports.pool.query(STORE, [reader, requestId, sealed, new Date(keepUntilMs).toISOString()]);
    }
  },
});

function keep({ requestId, redact, maxBytes, request, response }: TakenBodies, key: DataKey): KeptBodies | null {
  const redactor = new Redactor(redact);
  const opened = (body: TakenBodies['request']) =>
    body && keptBody({ ...body, text: open(key, body.sealed, bodiesPurpose(requestId)) }, redactor, maxBytes);
  const kept = { request: opened(request), response: opened(response), redacted: redactor.count };
  return redactor.failed ? null : { ...kept, redacted: redactor.count };
}
